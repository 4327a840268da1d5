import ClusterInventory
import RestorePlanning
import RunReport

extension FuzzReader {
    static let yaml: [FuzzReader] = [
        FuzzReader(
            "inventory",
            cases: 150,
            dictionary: words,
            samples: { [try FuzzSamples.file("inventory.example"), Array(small.utf8)] }
        ) { bytes in
            let (inventory, diagnostics) = InventoryReader.read(
                bytes,
                file: "f",
                surroundings: Surroundings(user: "ops", home: "/home/ops", folder: "/etc")
            )
            try judge(diagnostics, bytes)
            guard let inventory else {
                try require(diagnostics.contains { $0.severity == .error }, "refused in silence")
                return .refused
            }
            let listing = InventoryListing(inventory)
            _ = InventoryText.render(listing, style: .plain)
            _ = try InventoryText.json(listing)
            return .accepted
        },
        FuzzReader(
            "playbook",
            cases: 150,
            dictionary: words,
            samples: { [try FuzzSamples.file("playbooks/restore-cluster.yaml")] }
        ) { bytes in
            let (playbook, diagnostics) = PlaybookReader.read(bytes, file: "f")
            try judge(diagnostics, bytes)
            try require(playbook != nil || !diagnostics.isEmpty, "refused in silence")
            return playbook == nil ? .refused : .accepted
        },
    ]

    private static let words = [
        "members:", "cluster:", "etcd:", "service:", "ssh:", "groups:", "objectives:", "steps:",
        "name: ", "host: ", "port: ", "identity-files: ", "data-dir: ", "15m", "99999999999d",
        "initial-advertise-peer-urls: ", "https://[::1]:2380", "https://a:99999", "retries: ",
        "timeout: ", "- stop-members\n", "- verify-cluster\n", "&a [*a, *a]", "\n  ", "? ",
    ]

    private static let small = """
        cluster: {name: prod}
        members:
          - {name: a, host: h, initial-advertise-peer-urls: ["http://h:2380"], advertise-client-urls: ["http://h:2379"]}

        """

    /// Every finding says what, and where in the file.
    private static func judge(_ diagnostics: [Diagnostic], _ bytes: [UInt8]) throws {
        let text = String(decoding: bytes, as: UTF8.self)
        // libyaml has five line ends; "\r\n" is counted twice here, which only widens the bound
        let lines =
            1
            + text.unicodeScalars.count { "\n\r\u{85}\u{2028}\u{2029}".unicodeScalars.contains($0) }
        for diagnostic in diagnostics {
            try require(!diagnostic.message.isEmpty, "an empty message")
            try require(diagnostic.file == "f", "no file: \(diagnostic)")
            if let line = diagnostic.line {
                try require(
                    (1...(lines + 1)).contains(line),
                    "line \(line) of \(lines): \(diagnostic)"
                )
                try require((diagnostic.column ?? 1) >= 1, "column: \(diagnostic)")
            } else {
                let isAboutTheWhole = ["there is nothing in the file", "the file has "]
                    .contains { diagnostic.message.hasPrefix($0) }
                try require(isAboutTheWhole, "no place: \(diagnostic)")
            }
        }
        try require(diagnostics.count <= 10_000, "\(diagnostics.count) findings")
    }
}
