import Foundation

extension BadInput {
    /// The way to a host: every one blocks, and the host is named.
    static let connections: [BadInput] = [
        connection("a host name that nobody knows") { bench in
            let path = try bench.inventory(
                "host: \(bench.addresses[1])",
                "host: etcd-2.rekindle.invalid"
            )
            return (path, ["etcd-2", "cannot resolve etcd-2.rekindle.invalid", "/etc/hosts"])
        },
        connection("a port on which nothing listens") { bench in
            let path = try bench.inventory(member: 2, adding: "ssh: {port: 2299}")
            return (
                path,
                [
                    "cannot connect to \(bench.addresses[1]):2299: connection refused",
                    "is sshd running",
                ]
            )
        },
        connection("a port that is not sshd's") { bench in
            let path = try bench.inventory(member: 2, adding: "ssh: {port: 2379}")
            return (path, ["\(bench.addresses[1]):2379", "did not answer with an SSH banner"])
        },
        connection("a host that is down", fault: .link(2)) { bench in
            (
                try bench.lab.inventory,
                [
                    "etcd-2", "cannot connect to \(bench.addresses[1]):22: no answer within 10 s",
                    "check the address",
                ]
            )
        },
        connection("known_hosts that is not there") { bench in
            let path = try bench.inventory(bench.knownHosts, bench.path("known_hosts"))
            let shown = try bench.fingerprint(of: 2)
            return (
                path,
                [
                    "host key of \(bench.addresses[1]) is not known", shown,
                    "compare with the host's console", "ssh-keyscan",
                ]
            )
        },
        connection("a host key that is another host's") { bench in
            let keys = try bench.hostKeys()
            let known = try bench.write(
                "\(bench.addresses[0]) \(keys[0])\n\(bench.addresses[1]) \(keys[0])\n"
                    + "\(bench.addresses[2]) \(keys[2])\n",
                "known_hosts"
            )
            return (
                try bench.inventory(bench.knownHosts, known),
                [
                    "host key of \(bench.addresses[1]) has CHANGED",
                    try bench.fingerprint(of: 2), try bench.fingerprint(of: 1), "\(known):2",
                    "ssh-keygen -R",
                ]
            )
        },
        connection("a host key that was revoked") { bench in
            let key = try bench.hostKeys()[1]
            let lines = try String(contentsOfFile: bench.knownHosts, encoding: .utf8)
            let known = try bench.write(
                "\(lines)@revoked \(bench.addresses[1]) \(key)\n",
                "known_hosts"
            )
            return (
                try bench.inventory(bench.knownHosts, known),
                ["host key of \(bench.addresses[1]) is REVOKED by \(known):4", "do not use"]
            )
        },
        key("a key that no host accepts") { bench in
            let key = try bench.newKey()
            return (key, ["no key was accepted for ops@\(bench.addresses[1]):22", key])
        },
        key("a key file that is not there") { bench in
            let key = bench.path("id_none")
            return (key, ["\(key): cannot be read: no such file", "correct identity-files"])
        },
        key("a key that others may read") { bench in
            let key = try bench.copyOfKey()
            try Program.require("/bin/chmod", ["644", key])
            return (key, ["\(key): others may read it (mode 0644)", "chmod 600 \(key)"])
        },
        key("a key with a passphrase, and no terminal to ask at") { bench in
            let key = try bench.copyOfKey()
            try Program.require(
                "/usr/bin/ssh-keygen",
                ["-q", "-p", "-N", "open sesame", "-f", key]
            )
            return (key, ["\(key): needs a passphrase", "at a terminal", "ssh-add \(key)"])
        },
        key("a file as the key that is none") { bench in
            let key = try bench.write("not a key\n", "id_text")
            return (key, ["\(key): is not a private key", "correct identity-files"])
        },
        connection("a user that the host does not have") { bench in
            let path = try bench.inventory(member: 2, adding: "ssh: {user: nobody-here}")
            return (path, ["nobody-here@\(bench.addresses[1]):22", "authorized_keys"])
        },
    ]

    private static func connection(
        _ name: String,
        fault: Fault? = nil,
        _ make: @escaping @Sendable (Bench) throws -> (path: String, says: [String])
    ) -> BadInput {
        BadInput(name, status: 3, by: .checks, fault: fault) { bench in
            let (path, says) = try make(bench)
            return Attempt(
                arguments: ["-i", path, "--snapshot", bench.snapshot],
                says: ["reachable"] + says
            )
        }
    }

    /// An inventory with another identity file.
    private static func key(
        _ name: String,
        _ make: @escaping @Sendable (Bench) throws -> (key: String, says: [String])
    ) -> BadInput {
        connection(name) { bench in
            let (key, says) = try make(bench)
            return (try bench.inventory(try bench.lab.value("LAB_SSH_KEY"), key), says)
        }
    }
}

extension BadInput.Fault {
    /// A cable that is pulled.
    static func link(_ member: Int) -> BadInput.Fault {
        BadInput.Fault(
            make: { try $0.lab.script("link", ["down", String(member)]) },
            undo: { try $0.lab.script("link", ["up", String(member)]) }
        )
    }
}

extension Bench {
    /// `ssh-ed25519 AAAA…` of each host.
    fileprivate func hostKeys() throws -> [String] {
        try String(contentsOfFile: knownHosts, encoding: .utf8).split(separator: "\n")
            .map { $0.split(separator: " ").dropFirst().joined(separator: " ") }
    }

    /// As ssh-keygen prints it.
    fileprivate func fingerprint(of member: Int) throws -> String {
        let key = try write("\(try hostKeys()[member - 1])\n", "host.pub")
        let words = try Program.require("/usr/bin/ssh-keygen", ["-lf", key]).outputText
            .split(separator: " ")
        return words.count > 1 ? String(words[1]) : "no fingerprint"
    }

    fileprivate func newKey() throws -> String {
        let path = path("id")
        try Program.require("/usr/bin/ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", path])
        return path
    }

    /// The key that all hosts accept, with its public half beside it.
    fileprivate func copyOfKey() throws -> String {
        let path = path("id")
        let key = try lab.value("LAB_SSH_KEY")
        try Program.require("/bin/cp", [key, path])
        try Program.require("/bin/cp", ["\(key).pub", "\(path).pub"])
        return path
    }
}
