import ArgumentParser
import ClusterInventory
import Foundation
import Glibc
import RestorePlanning
import RestoreRun
import Testing

@testable import RekindleCommands

@Suite("The aftermath of a drill")
struct DrillAftermathTests {
    private let folder = FileManager.default.temporaryDirectory
        .appending(path: "rekindle-aftermath-\(UUID().uuidString)").path

    init() throws {
        signal(SIGPIPE, SIG_IGN)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    @Test("writes a file for the cluster, readable by all, that keeps the last success")
    func metrics() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let aftermath = try aftermath(nil)
        await aftermath.tell(Self.figures(.passed, endedAt: 1000))
        await aftermath.tell(Self.figures(.failed, endedAt: 2000))
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder) == ["rekindle-prod.prom"]
        )
        let path = "\(folder)/rekindle-prod.prom"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        #expect(text.contains("last_success_timestamp_seconds{cluster=\"prod\"} 1000\n"))
        #expect(text.contains("last_run_timestamp_seconds{cluster=\"prod\"} 2000\n"))
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
        #expect(mode as? Int == 0o644)
    }

    @Test("goes on to the webhook where the metrics cannot be written")
    func noFolder() async throws {
        try FileManager.default.removeItem(atPath: folder)
        let server = try WebhookServer(.status(200))
        defer { server.stop() }
        let aftermath = try aftermath(NotifySettings(url: server.url))
        await aftermath.tell(Self.figures(.failed))
        #expect(server.requests.count == 1)
    }

    @Test(
        "tells the webhook when it is to be told",
        arguments: DrillFigures.Outcome.allCases,
        NotifySettings.Occasion.allCases
    )
    func occasion(_ outcome: DrillFigures.Outcome, _ when: NotifySettings.Occasion) async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let server = try WebhookServer(.status(200))
        defer { server.stop() }
        let aftermath = try aftermath(NotifySettings(url: server.url, when: when))
        await aftermath.tell(Self.figures(outcome))
        let bodies = server.requests.map(\.body)
        #expect(bodies.count == (outcome == .passed && when == .failure ? 0 : 1))
        for body in bodies {
            let read = try JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any]
            #expect(read?["outcome"] as? String == outcome.rawValue)
        }
    }

    @Test("tells the webhook of a drill that was cancelled, and tries once")
    func cancelled() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let server = try WebhookServer(.status(503))
        defer { server.stop() }
        let aftermath = try aftermath(NotifySettings(url: server.url, retries: 20))
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            await aftermath.tell(Self.figures(.failed))
        }
        await task.value
        #expect(server.requests.count == 1)
    }

    private func aftermath(_ notify: NotifySettings?) throws -> DrillAftermath {
        DrillAftermath(
            CommandContext(try GlobalOptions.parse(["--quiet"])),
            try AftermathOptions.parse(["--metrics-dir", folder]),
            notify: notify
        )
    }

    private static func figures(
        _ outcome: DrillFigures.Outcome,
        endedAt: Double = 1000
    ) -> DrillFigures {
        DrillFigures(
            run: .nobody,
            cluster: "prod",
            outcome: outcome,
            beganAt: endedAt - 10,
            endedAt: endedAt,
            snapshotBytes: 1,
            snapshotRevision: 1,
            snapshotKeys: 1
        )
    }
}
