import Foundation
import Testing

@testable import SSHTransport

@Suite("known_hosts")
struct KnownHostsTests {
    /// A line set in which `A`, `B` and `E` stand for keys; what is asked; what is the answer.
    struct Case: Sendable, CustomTestStringConvertible {
        let title: String
        let text: String
        var host = "etcd-1"
        var port: UInt16 = 22
        var key = TestKey.a
        let answer: Answer

        var testDescription: String { title }
    }

    enum Answer: Equatable, Sendable {
        case known
        case unknown(hasCertAuthority: Bool = false, hasOnlyRSA: Bool = false)
        case changed(lines: [Int])
        case revoked(line: Int)
    }

    static let cases: [Case] = [
        Case(title: "empty", text: "", answer: .unknown()),
        Case(title: "exact name", text: "etcd-1 A", answer: .known),
        Case(title: "another name", text: "etcd-2 A", answer: .unknown()),
        Case(title: "a name that only begins so", text: "etcd-11 A", answer: .unknown()),
        Case(title: "another key", text: "etcd-1 B", answer: .changed(lines: [1])),
        Case(title: "a key of another type only", text: "etcd-1 E", answer: .changed(lines: [1])),
        Case(title: "the right key after a wrong one", text: "etcd-1 B\netcd-1 A", answer: .known),
        Case(title: "the right key before a wrong one", text: "etcd-1 A\netcd-1 B", answer: .known),
        Case(title: "a comment after the key", text: "etcd-1 A root@etcd-1", answer: .known),
        Case(title: "tabs and blanks", text: "  etcd-1\tA\t", answer: .known),
        Case(title: "CRLF", text: "etcd-2 B\r\netcd-1 A\r\n", answer: .known),
        Case(title: "no newline at the end", text: "# note\n\netcd-1 A", answer: .known),
        Case(title: "a line that is commented out", text: "# etcd-1 A", answer: .unknown()),
        Case(title: "upper case in the file", text: "ETCD-1 A", answer: .known),
        Case(title: "upper case in the question", text: "etcd-1 A", host: "Etcd-1", answer: .known),
        Case(title: "a comma list", text: "10.0.0.1,etcd-1,etcd-1.local A", answer: .known),
        Case(title: "a star", text: "etcd-* A", answer: .known),
        Case(title: "a star that stands for nothing", text: "etcd-1* A", answer: .known),
        Case(title: "stars in the middle", text: "e*c*1 A", answer: .known),
        Case(title: "a star alone", text: "* A", answer: .known),
        Case(title: "a question mark", text: "etcd-? A", answer: .known),
        Case(title: "a question mark is one character", text: "etcd-1? A", answer: .unknown()),
        Case(title: "negated, before", text: "!etcd-1,etcd-* A", answer: .unknown()),
        Case(title: "negated, after", text: "etcd-*,!etcd-1 A", answer: .unknown()),
        Case(title: "negated, another", text: "etcd-*,!etcd-2 A", answer: .known),
        Case(title: "only negated", text: "!etcd-2 A", answer: .unknown()),
        Case(title: "hashed", text: "\(TestKey.hashed("etcd-1")) A", answer: .known),
        Case(title: "hashed, another", text: "\(TestKey.hashed("etcd-2")) A", answer: .unknown()),
        Case(
            title: "hashed, another key",
            text: "\(TestKey.hashed("etcd-1")) B",
            answer: .changed(lines: [1])
        ),
        Case(title: "another port", text: "[etcd-1]:2222 A", port: 2222, answer: .known),
        Case(title: "the wrong port", text: "[etcd-1]:2222 A", port: 2223, answer: .unknown()),
        Case(title: "a port where none is asked", text: "[etcd-1]:2222 A", answer: .unknown()),
        Case(title: "known without its port", text: "etcd-1 A", port: 2222, answer: .known),
        Case(
            title: "another key without its port says nothing",
            text: "etcd-1 B",
            port: 2222,
            answer: .unknown()
        ),
        Case(
            title: "another key with its port, the right one without",
            text: "etcd-1 A\n[etcd-1]:2222 B",
            port: 2222,
            answer: .changed(lines: [2])
        ),
        Case(title: "IPv6", text: "fe80::1 A", host: "fe80::1", answer: .known),
        Case(title: "IPv6 and port", text: "[::1]:2222 A", host: "::1", port: 2222, answer: .known),
        Case(
            title: "hashed with its port",
            text: "\(TestKey.hashed("[etcd-1]:2222")) A",
            port: 2222,
            answer: .known
        ),
        Case(title: "revoked", text: "@revoked etcd-1 A", answer: .revoked(line: 1)),
        Case(
            title: "revoked everywhere",
            text: "etcd-1 A\n@revoked * A",
            answer: .revoked(line: 2)
        ),
        Case(title: "another one revoked", text: "@revoked * B\netcd-1 A", answer: .known),
        Case(title: "revoked elsewhere", text: "@revoked etcd-2 A\netcd-1 A", answer: .known),
        Case(
            title: "revoked without its port",
            text: "@revoked etcd-1 A",
            port: 2222,
            answer: .revoked(line: 1)
        ),
        Case(
            title: "an authority only",
            text: "@cert-authority * B",
            answer: .unknown(hasCertAuthority: true)
        ),
        Case(
            title: "an authority with the very key",
            text: "@cert-authority * A\netcd-1 A",
            answer: .known
        ),
        Case(title: "a marker that nobody knows", text: "@trusted etcd-1 A", answer: .unknown()),
        Case(
            title: "RSA only, which says nothing about another type",
            text: "etcd-1 R",
            answer: .unknown(hasOnlyRSA: true)
        ),
        Case(
            title: "bad lines around",
            text: "etcd-1\nfoo bar baz\netcd-1 A\n|1|x|y A",
            answer: .known
        ),
        Case(title: "a type that is not the key's", text: "etcd-1 ssh-rsa A1", answer: .unknown()),
    ]

    @Test("a line set and a key give a verdict", arguments: cases)
    func verdict(_ example: Case) {
        let file = KnownHosts(TestKey.expand(example.text))
        let verdict = file.verdict(on: example.key, of: example.host, port: example.port)
        let answer: Answer =
            switch verdict {
            case .known: .known
            case .unknown(let reason):
                .unknown(hasCertAuthority: reason.hasCertAuthority, hasOnlyRSA: reason.hasOnlyRSA)
            case .changed(let entries): .changed(lines: entries.map(\.place.line))
            case .revoked(let place): .revoked(line: place.line)
            }
        #expect(answer == example.answer)
    }

    @Test("several files are read as one, and each line keeps its place")
    func severalFiles() {
        var files = KnownHosts()
        files.read(TestKey.expand("etcd-1 B\n"), file: "first")
        files.read(TestKey.expand("# note\netcd-1 E\n"), file: "second")
        let verdict = files.verdict(on: TestKey.a, of: "etcd-1", port: 22)
        guard case .changed(let entries) = verdict else {
            Issue.record("\(verdict)")
            return
        }
        #expect(entries.map(\.place.description) == ["first:1", "second:2"])
    }

    @Test("bad lines are counted with their places, comments and empty lines are not")
    func badLines() {
        let text =
            "# note\n\netcd-1\n@what etcd-1 A\n|1|short|hash A\netcd-1 ssh-ed25519 !!!\netcd-1 A"
        let file = KnownHosts(TestKey.expand(text))
        #expect(file.badLines.map(\.line) == [3, 4, 5, 6])
        #expect(file.entries.map(\.place.line) == [7])
    }

    @Test("host key algorithms begin with the types that are known")
    func algorithms() {
        let types = KnownHosts(TestKey.expand("etcd-1 E\nother A")).keyTypes(of: "etcd-1", port: 22)
        #expect(types == ["ecdsa-sha2-nistp256"])
        let all = AlgorithmPreferences(withSHA1: true)
        let order = all.hostKeys(knownTypes: types)
        #expect(order.prefix(2) == ["ecdsa-sha2-nistp256", "ssh-ed25519"])
        let rsa = all.hostKeys(knownTypes: ["ssh-rsa"])
        #expect(rsa.prefix(3) == ["rsa-sha2-512", "rsa-sha2-256", "ssh-rsa"])
        #expect(Set(order) == Set(rsa))
        let modern = AlgorithmPreferences().hostKeys(knownTypes: ["ssh-rsa"])
        #expect(
            modern.prefix(2) == ["rsa-sha2-512", "rsa-sha2-256"] && !modern.contains("ssh-rsa")
        )
    }

    @Test(
        "the same names match as for ssh-keygen -F",
        .enabled(if: LocalSSHD.isAvailable, "needs OpenSSH"),
        arguments: [
            "etcd-1 A", "etcd-* A", "!etcd-1,etcd-* A", "etcd-*,!etcd-2 A", "ETCD-1 A", "e?cd-1 A",
            "etcd-1,other A", "\(TestKey.hashed("etcd-1")) A", "\(TestKey.hashed("etcd-2")) A",
            "[etcd-1]:22 A", "etcd-11 A", "*1 A", "etcd-1\tA", "etcd-1 A\r", "# etcd-1 A",
        ]
    )
    func likeOpenSSH(_ line: String) throws {
        try TemporaryDirectory.with { directory in
            let text = TestKey.expand(line)
            let path = directory.appending(path: "known_hosts").path
            try (text + "\n").write(toFile: path, atomically: true, encoding: .utf8)
            let found = try Tool.run(
                "/usr/bin/ssh-keygen",
                ["-F", "etcd-1", "-f", path],
                acceptsFailure: true
            )
            #expect(KnownHosts(text).keyTypes(of: "etcd-1", port: 22).isEmpty == found.isEmpty)
        }
    }
}

extension KnownHosts {
    fileprivate init(_ text: String) {
        self.init()
        read(text, file: "known_hosts")
    }
}
