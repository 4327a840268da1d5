import Foundation
import Testing

/// What lies on the hosts' disks, seen without SSH and without the program under test.
extension Lab {
    var members: [Int] { get throws { Array(1...(Int(try value("LAB_COUNT")) ?? 0)) } }
    var dataDirectory: String { get throws { try value("LAB_DATA_DIR") } }
    /// Empty where the WAL is in the data directory.
    var walDirectory: String { get throws { try value("LAB_WAL_DIR") } }

    /// The SHA-256 of every file below a directory, one a line; empty where there is none.
    func digests(_ member: Int, _ directory: String) throws -> String {
        try exec(
            member,
            "cd \(directory) 2>/dev/null || exit 0; find . -type f -exec sha256sum {} + | sort -k2"
        ).outputText
    }

    /// Copies a file of a host to this machine.
    func copy(_ path: String, of member: Int, to file: String) throws {
        try Data(exec(member, "cat \(path)").output).write(to: URL(filePath: file))
    }

    /// A restored member belongs to etcd alone, and nothing of the run is left but what it set aside.
    func requireTidy(after run: String, location: SourceLocation = #_sourceLocation) throws {
        let data = try dataDirectory
        let wal = try walDirectory
        for member in try members {
            let strangers = try exec(
                member,
                """
                find \(data)/member \(wal) ! -user etcd -o ! -group etcd \
                -o -type d ! -perm 700 -o -type f ! -perm 600
                stat -c 'data %U:%G %a' \(data)
                """
            ).outputText
            #expect(strangers == "data etcd:etcd 700\n", "etcd-\(member)", sourceLocation: location)
            let ours = try exec(
                member,
                """
                cd \(data)/.rekindle
                find . ! -path '*/aside*' ! -path '*/discarded*' ! -name safety.db ! -name by | sort
                find /var/lib -path '*/.rekindle-*' ! -path '*/aside*' ! -path '*/discarded*' \
                -mindepth 2
                find /etc/systemd/system/etcd.service.d /run/systemd 2>/dev/null | grep rekindle
                find /tmp /root /home/ops -newer /etc/default/etcd -name '*rekindle*'
                stat -c '%U %a' . \(run)
                exit 0
                """
            ).outputText
            let expected = [".", "./\(run)", "./\(run)/restored", "root 700", "root 700"]
            let left = ours.split(separator: "\n").map(String.init)
                .filter { !$0.hasSuffix("/.rekindle-\(run)") }
            #expect(left == expected, "etcd-\(member)", sourceLocation: location)
        }
    }
}
