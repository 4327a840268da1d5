import Foundation
import Testing

/// A lab in which every secret is marked, so that it is known wherever it turns up.
struct SecretBench {
    let lab: Lab
    let scratch: Scratch
    /// Of this run of the tests alone.
    let passphrase: String
    let wrongPassphrase: String
    let value: String
    /// A part of the operator's private key as it is in its file.
    let identity: String
    /// A part of the hosts' client key.
    let clientKey: String
    let inventory: String

    var marks: [String] { [passphrase, wrongPassphrase, value, identity, clientKey] }
    var snapshot: String { scratch.file("snapshot.db") }
    var stateDirectory: String { scratch.file("state") }

    init(_ lab: Lab) throws {
        self.lab = lab
        scratch = try Scratch()
        passphrase = Self.mark("phrase")
        wrongPassphrase = Self.mark("wrong")
        value = Self.mark("value")
        try lab.reset()
        // on standard input: the lab's own commands must not show what they are given
        try lab.write(puts: ["/registry/secrets/default/token": value, "/a": "1"])
        try lab.script("snapshot", [scratch.file("snapshot.db")])

        let key = scratch.file("id_ed25519")
        try FileManager.default.copyItem(atPath: try lab.value("LAB_SSH_KEY"), toPath: key)
        try Program.require(
            "/usr/bin/ssh-keygen",
            ["-q", "-p", "-a", "2", "-P", "", "-N", passphrase, "-f", key]
        )
        let lines = try String(contentsOfFile: key, encoding: .utf8).split(separator: "\n")
        // the last ones are of the private part
        identity = String(try #require(lines.dropLast(2).last).prefix(40))
        let client = try lab.exec(1, "cat /etc/etcd/pki/client.key").outputText
        clientKey = String(try #require(client.split(separator: "\n").dropFirst().first).prefix(40))

        inventory = scratch.file("inventory.yaml")
        let text = try String(contentsOfFile: try lab.inventory, encoding: .utf8)
            .swapping(try lab.value("LAB_SSH_KEY"), key)
        try text.write(toFile: inventory, atomically: true, encoding: .utf8)
    }

    static func mark(_ word: String) -> String {
        "rk-\(word)-\(UInt64.random(in: .min ... .max))\(UInt64.random(in: .min ... .max))"
    }

    /// At a terminal, verbose; the passphrase is typed when it is asked for.
    func rekindle(_ words: [String], typing: String? = nil) throws -> TerminalProgram {
        try TerminalProgram.run(
            [
                "\(Lab.root)/lab/run", "--lab", lab.name, "env", "-u", "SSH_AUTH_SOCK",
                Rekindle.path,
            ] + words + ["-v", "-i", inventory, "--state-dir", stateDirectory],
            passphrase: typing ?? passphrase,
            environment: ["LC_ALL": "C.UTF-8"]
        )
    }

    // MARK: where a mark must not be

    /// Files on a host that have a mark, but those that have it from the beginning.
    func filesOnHost(_ member: Int, marks: [String], sparing: [String]) throws -> [String] {
        let spared = ["/etc/etcd/pki/*"] + sparing
        let prune = spared.map { "-path '\($0)'" }.joined(separator: " -o ")
        let script = """
            cat >/dev/shm/marks
            find /boot /dev/shm /etc /home /mnt /opt /root /run /srv /tmp /usr/local /var -xdev \
            \\( \(prune) -o -path /dev/shm/marks \\) -prune -o -type f -print0 \
            | xargs -0 -r grep -laF -f /dev/shm/marks --
            rm -f /dev/shm/marks
            exit 0
            """
        return try onHost(member, script, marks)
    }

    /// Lines of a host's journal, sudo's and sshd's among them, that have a mark.
    func journalOfHost(_ member: Int, marks: [String]) throws -> [String] {
        let script = """
            cat >/dev/shm/marks
            journalctl --no-pager --all -o short-full | grep -aF -f /dev/shm/marks
            rm -f /dev/shm/marks
            exit 0
            """
        return try onHost(member, script, marks)
    }

    /// The marks go by standard input: an argument would be a leak of the test's own.
    private func onHost(_ member: Int, _ script: String, _ marks: [String]) throws -> [String] {
        let words = ["--lab", lab.name, "etcd-\(member)", "sh", "-c", script]
        let result = try Program.run(
            "\(Lab.root)/lab/exec",
            words,
            input: marks.joined(separator: "\n") + "\n"
        )
        guard result.status == 0 else { throw Program.Failed(command: words, result: result) }
        return result.outputText.split(separator: "\n").map(String.init)
    }

    /// Every file of the state directory with the marks that it has, and its mode.
    func stateFiles() throws -> [(path: String, mode: Int, isFolder: Bool, hasMark: Bool)] {
        let names = try FileManager.default.subpathsOfDirectory(atPath: stateDirectory)
        return try ([""] + names).map { name in
            let path = "\(stateDirectory)/\(name)"
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            let bytes = FileManager.default.contents(atPath: path) ?? Data()
            return (
                path,
                (attributes[.posixPermissions] as? NSNumber)?.intValue ?? -1,
                attributes[.type] as? FileAttributeType == .typeDirectory,
                marks.contains { bytes.range(of: Data($0.utf8)) != nil }
            )
        }
    }
}
