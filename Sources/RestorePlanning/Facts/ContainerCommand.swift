/// What `podman run …` or `docker run …` in a unit tells of etcd.
///
/// A unit that starts a container by another way (`podman start`, a script) tells nothing of it.
struct ContainerCommand: Sendable, Hashable {
    /// What follows the image: etcd's words, with its program unless the image's entrypoint is etcd.
    private let command: [String]
    /// `ETCD_DATA_DIR=…` of `--env`.
    private let environment: [String]
    /// What `--env-file` names, on the host.
    private let environmentFiles: [String]
    private let mounts: ContainerMounts

    /// The program and its arguments, as the unit has them; nil where they run no container.
    init?(_ words: [String]) {
        guard let program = words.first?.split(separator: "/").last,
            ["podman", "docker", "nerdctl"].contains(program),
            let run = words.dropFirst().firstIndex(where: { !$0.hasPrefix("-") }),
            words[run] == "run"
        else { return nil }
        var rest = words[(run + 1)...]
        var environment: [String] = []
        var environmentFiles: [String] = []
        var mounts: [ContainerMounts.Mount] = []
        while let word = rest.first, word.hasPrefix("-") {
            rest.removeFirst()
            if word == "--" { break }
            let (name, given) = Self.split(word)
            if given == nil, Self.isSwitch(name) { continue }
            guard let value = given ?? rest.popFirst() else { return nil }
            switch name {
            case "-e", "--env": environment.append(value)
            case "--env-file": environmentFiles.append(value)
            case "-v", "--volume": mounts += Self.volume(value)
            case "--mount": mounts += Self.mount(value)
            default: break
            }
        }
        // the image
        guard rest.popFirst() != nil else { return nil }
        command = Array(rest)
        self.environment = environment
        self.environmentFiles = environmentFiles
        self.mounts = ContainerMounts(mounts)
    }

    /// The files of the host that the settings come from.
    var wantedFiles: [String] {
        environmentFiles + [configuration([:]).unreadableFile].compactMap { $0 }
    }

    /// etcd's settings, with its directories as they are on the host.
    ///
    /// - Parameter files: the texts of `wantedFiles`, by path.
    /// - Returns: none if the `config-file` is not among them.
    func configuration(_ files: [String: String]) -> EtcdConfiguration {
        var variables: [String: String] = [:]
        for line in environmentFiles.flatMap({ Self.lines(files[$0] ?? "") }) + environment {
            guard let equals = line.firstIndex(of: "=") else { continue }
            variables[String(line[..<equals])] = String(line[line.index(after: equals)...])
        }
        let isProgram = command.first.map { !$0.hasPrefix("-") } ?? false
        func decide(_ file: String?) -> EtcdConfiguration {
            mounts.outside(
                EtcdConfiguration.decide(
                    environment: variables,
                    arguments: Array(command.dropFirst(isProgram ? 1 : 0)),
                    file: file
                )
            )
        }
        let first = decide(nil)
        return first.unreadableFile.flatMap { files[$0] }.map { decide($0) } ?? first
    }

    /// Docker takes a line as it is: no quotes, and a comment only where the line begins
    /// (`parseKeyValueFile`, opts/file.go of docker/cli 28).
    private static func lines(_ text: String) -> [String] {
        text.split(whereSeparator: \.isNewline).map { $0.drop { $0 == " " || $0 == "\t" } }
            .filter { !$0.hasPrefix("#") }.map(String.init)
    }

    /// `--name=value` and `-evalue` in two.
    private static func split(_ word: String) -> (name: String, value: String?) {
        if word.hasPrefix("--") {
            guard let equals = word.firstIndex(of: "=") else { return (word, nil) }
            return (String(word[..<equals]), String(word[word.index(after: equals)...]))
        }
        // `-it` are two switches, `-v/a:/b` is one option with its value, `-dv/a:/b` both
        let option = word.dropFirst().drop(while: switchLetters.contains)
        guard let letter = option.first else { return (word, nil) }
        let value = option.dropFirst()
        guard !value.isEmpty else { return ("-\(letter)", nil) }
        return ("-\(letter)", String(value.first == "=" ? value.dropFirst() : value))
    }

    private static func isSwitch(_ name: String) -> Bool {
        name.hasPrefix("--")
            ? switches.contains(name) : name.dropFirst().allSatisfy(switchLetters.contains)
    }

    private static let switchLetters: Set<Character> = ["d", "i", "t", "q", "P"]

    /// What takes no word after it (docker 20.10 cli/command/container/opts.go, run.go; podman 4.3
    /// cmd/podman/common/create.go, cmd/podman/containers/run.go).
    private static let switches: Set<String> = [
        "--detach", "--disable-content-trust", "--env-host", "--help", "--http-proxy", "--init",
        "--interactive", "--no-healthcheck", "--no-hosts", "--oom-kill-disable", "--passwd",
        "--privileged", "--publish-all", "--quiet", "--read-only", "--read-only-tmpfs",
        "--replace", "--rm", "--rmi", "--rootfs", "--sig-proxy", "--tls-verify", "--tty",
    ]

    /// `/on/the/host:/in/the/container[:options]`; a volume with a name of its own is no such place.
    private static func volume(_ text: String) -> [ContainerMounts.Mount] {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count >= 2, parts[0].hasPrefix("/") else { return [] }
        return [ContainerMounts.Mount(inside: parts[1], outside: parts[0])]
    }

    /// `type=bind,source=/on/the/host,target=/in/the/container`.
    private static func mount(_ text: String) -> [ContainerMounts.Mount] {
        var values: [String: String] = [:]
        for part in text.split(separator: ",") {
            let pair = part.split(separator: "=", maxSplits: 1).map(String.init)
            if pair.count == 2 { values[pair[0]] = pair[1] }
        }
        guard values["type"] == "bind", let outside = values["source"] ?? values["src"],
            let inside = values["target"] ?? values["destination"] ?? values["dst"]
        else { return [] }
        return [ContainerMounts.Mount(inside: inside, outside: outside)]
    }
}
