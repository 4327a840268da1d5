import Foundation
import RemoteHost
import RestorePlanning
import TestSupport
import Testing

/// The look at databases that lie on a host, run by a real shell on recorded files.
@Suite("Revisions in databases at rest")
struct StoredRevisionsTests {
    private static let fixtures = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "EtcdModelTests/Fixtures/snapshots").path

    private func look(
        _ files: [(path: String, fixture: String)],
        change: String = ""
    ) throws
        -> [(revision: Int64, path: String)]
    {
        let made = try ShellProcess("mktemp -d").finish()
        let folder = String(made.outputText.dropLast())
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let copies = files.map { path, fixture in
            """
            mkdir -p "$(dirname -- '\(folder)/\(path)')"
            cp '\(Self.fixtures)/\(fixture).db' '\(folder)/\(path)'
            """
        }
        let command = StoredRevisions.command(dataDir: folder)
        let result = try ShellProcess(
            (["set -e"] + copies + ["cd '\(folder)'", change, ":"]).joined(separator: "\n")
                + "\n" + command.shellLine(become: .none)
        )
        .finish()
        #expect(result.status == 0, "\(result.errorText)")
        #expect(result.errorText.isEmpty, "\(result.errorText)")
        return StoredRevisions.read(result.outputText).map {
            ($0.revision, String($0.path.dropFirst(folder.count + 1)))
        }
    }

    @Test(
        "are those of the newest record, whatever the database's shape",
        arguments: [
            ("plain-3.4.23", 17), ("plain-3.5.16", 17), ("busy-3.4.23", 335), ("busy-3.5.16", 335),
            ("tombstone-3.5.16", 13), ("deleted-3.5.16", 9), ("bumped-3.5.16", 1_000_018),
            ("raw-3.4.23", 17), ("raw-3.5.16", 17),
        ]
    )
    func newest(_ fixture: String, _ revision: Int64) throws {
        let found = try look([("member/snap/db", fixture)])
        #expect(found.map(\.revision) == [revision])
    }

    @Test("are found in what runs set aside and discarded as well")
    func setAside() throws {
        let found = try look([
            ("member/snap/db", "plain-3.5.16"), (".rekindle/R/aside/member/snap/db", "busy-3.5.16"),
            (".rekindle/S/discarded/member/snap/db", "bumped-3.5.16"),
            (".rekindle/S/staging/member/snap/db", "bumped-3.5.16"),
        ])
        #expect(
            found.map(\.path) == [
                "member/snap/db", ".rekindle/R/aside/member/snap/db",
                ".rekindle/S/discarded/member/snap/db",
            ]
        )
        #expect(found.map(\.revision).max() == 1_000_018)
    }

    @Test(
        "are not made up from a file that is no database, a torn one, or none",
        arguments: [
            ": >member/snap/db", "rm member/snap/db", "head -c 4096 /dev/zero >member/snap/db",
            "truncate -s 5000 member/snap/db", "head -c 16384 /dev/urandom >member/snap/db",
            "truncate -s 20 member/snap/db",
        ]
    )
    func damaged(_ change: String) throws {
        #expect(try look([("member/snap/db", "busy-3.5.16")], change: change).isEmpty)
    }

    @Test("are none in a database that was never written to")
    func empty() throws {
        #expect(try look([("member/snap/db", "empty-3.5.16")]).isEmpty)
    }

    @Test("are read from lines that say so, and from no others")
    func lines() {
        let text = "hello\nrevision=x /a\nrevision=-4 /a\nrevision=12\nrevision=13 /a b\n"
        let read = StoredRevisions.read(text)
        #expect(read.map(\.revision) == [13])
        #expect(read.map(\.path) == ["/a b"])
    }
}
