import Foundation
import RunJournal
import Testing

/// Journals of the first format, made by another program; they must be readable for ever.
enum Fixture {
    static let run = "20261122T164510Z-prod-7f3a"

    /// What `good.jsonl` has.
    static let events: [(at: String, event: TestEvent)] = [
        ("2026-11-22T16:45:12.123Z", .begun(cluster: "prod")),
        ("2026-11-22T16:45:12.480Z", .intent(step: "stop-members", host: "etcd-1")),
        ("2026-11-22T16:45:14.002Z", .outcome(step: "stop-members", host: "etcd-1", ok: true)),
        (
            "2026-11-22T16:45:14.002Z",
            .note("a \"quoted\" path /var/lib/etcd\nand an ümlaut 🔥")
        ),
    ]

    static func bytes(_ name: String) throws -> [UInt8] {
        let url = try #require(
            Bundle.module.url(forResource: "Fixtures/v1/\(name)", withExtension: "jsonl")
        )
        return Array(try Data(contentsOf: url))
    }

    static var good: [UInt8] {
        get throws { try bytes("good") }
    }
}
