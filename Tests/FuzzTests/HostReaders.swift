import EtcdModel
import Foundation
import RemoteHost
import RestorePlanning

extension FuzzReader {
    /// What etcd's tools print.
    static let toolOutput: [FuzzReader] = [
        tool("endpoint status", "endpoint-status") { EndpointStatus.single($0) },
        tool("endpoint hashkv", "endpoint-hashkv") { EndpointHashKV.single($0) },
        FuzzReader(
            "alarm list",
            dictionary: ["{}", "{\"header\":", "\"alarm\":1"],
            samples: {
                try FuzzSamples.toolOutput("alarm-list.json")
                    + FuzzSamples.toolOutput("alarm-list-nospace.json")
            }
        ) { bytes in
            guard let names = AlarmList.names(bytes) else { return .refused }
            try require(names == Set(names).sorted(), "not sorted, or one twice")
            return .accepted
        },
        FuzzReader(
            "key count",
            dictionary: ["\"Count\" : ", "\"Count\" : 1\n"],
            samples: { try FuzzSamples.toolOutput("get-count.txt") }
        ) { bytes in
            guard let count = KeyCount(String(decoding: bytes, as: UTF8.self)) else {
                return .refused
            }
            try require(count.count >= 0, "a negative number of keys")
            return .accepted
        },
        FuzzReader(
            "WAL head",
            cases: 1000,
            samples: {
                try FuzzSamples.files(in: "Tests/EtcdModelTests/Fixtures/wal", prefix: "restored")
            }
        ) { bytes in
            guard let identity = WALIdentity(head: bytes) else { return .refused }
            // no IDs without the checksum that the original has
            let original = try FuzzSamples.files(
                in: "Tests/EtcdModelTests/Fixtures/wal",
                prefix: "restored"
            ).compactMap(WALIdentity.init(head:))
            try require(original.contains(identity), "an identity that nobody wrote")
            return .accepted
        },
    ]

    /// One endpoint's answer; the fixtures have three endpoints in one list.
    private static func tool(
        _ name: String,
        _ file: String,
        read: @escaping @Sendable ([UInt8]) -> AnyHashable?
    ) -> FuzzReader {
        FuzzReader(
            name,
            dictionary: ["\"header\":", "\"Status\":", "\"HashKV\":", "[{", "}]", "\"errors\":[]"],
            samples: {
                try FuzzSamples.toolOutput("\(file).json").compactMap { bytes in
                    let list = try JSONSerialization.jsonObject(with: Data(bytes)) as? [Any]
                    guard let first = list?.first else { return nil }
                    return Array(try JSONSerialization.data(withJSONObject: [first]))
                }
            }
        ) { bytes in
            let answer = read(bytes)
            try require(read(bytes) == answer, "two answers from the same bytes")
            return answer == nil ? .refused : .accepted
        }
    }

    /// What our scripts print on a host.
    static let hostOutput: [FuzzReader] = [
        facts("system facts", "system-") {
            SystemFacts($0, manager: Systemd(unit: "etcd.service"))
        },
        facts("directories", "directories") { DirectoriesFacts($0) },
        facts("observation", "look-") { text -> AnyHashable? in
            guard let run = RunID(rawValue: "20261122T164512Z-3fa9c1") else { return nil }
            let script = ObservationScript(
                paths: MemberPaths(dataDir: "/var/lib/etcd", walDir: nil, run: run),
                user: "etcd",
                group: "etcd",
                manager: Systemd(unit: "etcd.service")
            )
            return script.read(text)
        },
        FuzzReader(
            "proof answers",
            dictionary: ["hashkv=", "hashkv.status=0\n", "end=yes\n", "eyJ9", "===="],
            samples: {
                let hash = try FuzzSamples.toolOutput("endpoint-hashkv.json")[0]
                let text =
                    "hashkv=\(Data(hash).base64EncodedString())\nhashkv.status=0\nend=yes\n"
                return [Array(text.utf8)]
            }
        ) { bytes in
            guard let answers = ProofAnswers(String(decoding: bytes, as: UTF8.self)) else {
                return .refused
            }
            for name in ["hashkv", "count", "alarms", "write"] {
                if let answer = answers[name] { _ = EndpointHashKV.single(answer.bytes) }
            }
            return .accepted
        },
        FuzzReader(
            "etcd configuration",
            cases: 200,
            mayRefuse: false,
            dictionary: [
                "ETCD_CONFIG_FILE=/x\n", "${ETCD_NAME}", "$ETCD_NAME", "--config-file=/x", "\u{1}",
                "ETCD_NAME=${ETCD_NAME}${ETCD_NAME}\n", "--data-dir", "'", "\"\"", "=", "name: ",
            ],
            samples: {
                [
                    "ETCD_NAME=a\nETCD_DATA_DIR=\"/x\"\u{1}--name ${ETCD_NAME} --wal-dir=/w\u{1}",
                    "ETCD_CONFIG_FILE=/c\u{1}--x\u{1}name: a\ndata-dir: /d\n",
                ].map { Array($0.utf8) }
            }
        ) { bytes in
            let parts = String(decoding: bytes, as: UTF8.self)
                .split(separator: "\u{1}", omittingEmptySubsequences: false).map(String.init)
            func decide() -> EtcdConfiguration {
                .decide(
                    environment: Dictionary(
                        parts[0].split(separator: "\n").map { line in
                            let pair = line.split(separator: "=", maxSplits: 1).map(String.init)
                            return (pair.first ?? "", pair.dropFirst().first ?? "")
                        }
                    ) { $1 },
                    arguments: parts.dropFirst().first?.split(separator: " ").map(String.init)
                        ?? [],
                    file: parts.dropFirst(2).first
                )
            }
            let configuration = decide()
            try require(decide() == configuration, "two settings from the same bytes")
            let size = configuration.values.values.reduce(0) { $0 + $1.utf8.count }
            try require(size <= 64 * (bytes.count + 1) * (bytes.count + 1), "\(size) bytes of it")
            return .accepted
        },
    ]

    private static func facts(
        _ name: String,
        _ prefix: String,
        read: @escaping @Sendable (String) -> AnyHashable?
    ) -> FuzzReader {
        FuzzReader(
            name,
            cases: 150,
            dictionary: [
                "end=yes\n", "=", "lock=yes\n", "data.walhead=", "tool.etcd=", "data.free=",
            ],
            samples: {
                try FuzzSamples.files(
                    in: "Tests/RestorePlanningTests/Fixtures/facts",
                    prefix: prefix,
                    suffix: ".txt"
                )
            }
        ) { bytes in
            let text = String(decoding: bytes, as: UTF8.self)
            let answer = read(text)
            try require(read(text) == answer, "two answers from the same bytes")
            return answer == nil ? .refused : .accepted
        }
    }
}
