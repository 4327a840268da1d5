import ClusterInventory
import EtcdModel
import Foundation
import RemoteHost
import RestorePlanning
import TestSupport
import Testing

/// A directory tree of this machine as one member's host, where the effects really run.
final class LocalHost {
    static let isRoot = getuid() == 0
    static let reason: Comment = "needs root: the effects change owners"

    let root: URL
    private(set) var target: MemberTarget
    let topology: ClusterTopology
    let restored: WALIdentity

    /// Makes the tree; the name is the data directory's own, and may be an odd one.
    init(_ name: String = "data", walDir: Bool = false, run: RunID = Sample.run) throws {
        root = FileManager.default.temporaryDirectory
            .appending(path: "rekindle-\(UUID().uuidString)")
        let plan = Sample.plan(members: 1)
        topology = plan.topology
        target = plan.targets[0]
        restored = WALIdentity(memberID: target.memberID, clusterID: plan.clusterID)
        target.paths = MemberPaths(
            dataDir: root.path + "/disk/" + name,
            walDir: walDir ? root.path + "/wal disk/" + name + " wal" : nil,
            run: run
        )
        target.user = "nobody"
        target.group = "nogroup"
        target.service.unit = "rekindle-no-such-unit.service"
        target.tools = MemberTools(
            restore: root.path + "/tool's dir/etcdutl",
            etcdctl: root.path + "/bin/etcdctl",
            digest: .sha256sum
        )
        try makeDirectory(root.path)
        try makeDirectory(target.paths.dataDir)
        _ = try ProgramFolder(at: root.path + "/bin")
        try writeProgram("exit 0", to: root.path + "/bin/systemctl")
        try writeProgram(Self.fakeRestore(restored), to: target.tools.restore)
    }

    deinit {
        do {
            try FileManager.default.removeItem(at: root)
        } catch {
            Issue.record("cannot remove \(root.path): \(error)")
        }
    }

    /// The same host, as another run sees it.
    func target(of run: RunID) -> MemberTarget {
        var other = target
        other.paths.run = run.rawValue
        return other
    }

    var paths: MemberPaths { target.paths }
    var builder: EffectBuilder { EffectBuilder(target) }

    // MARK: files

    func makeDirectory(_ path: String) throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        // ours are nobody else's, or nothing is done in them
        let parts = path.split(separator: "/")
        for (index, part) in parts.enumerated() where part.hasPrefix(MemberPaths.rootName) {
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o700],
                ofItemAtPath: "/" + parts[...index].joined(separator: "/")
            )
        }
    }

    func write(_ bytes: [UInt8], to path: String) throws {
        try makeDirectory(MemberPaths.parent(of: path))
        try Data(bytes).write(to: URL(filePath: path))
    }

    func writeProgram(_ script: String, to path: String) throws {
        try ProgramFolder.write("#!/bin/sh\n\(script)\n", to: path)
    }

    func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    func text(_ path: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
    }

    /// Octal, with the owner: `700 root`.
    func mode(_ path: String) throws -> String {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        let mode = attributes[.posixPermissions] as? NSNumber
        let owner = attributes[.ownerAccountName] as? String
        return String(mode?.intValue ?? 0, radix: 8) + " " + (owner ?? "?")
    }

    /// Every path below the root's `disk` and `wal disk`, sorted.
    func listing() throws -> [String] {
        try ["disk", "wal disk"].flatMap { top -> [String] in
            guard exists("\(root.path)/\(top)") else { return [] }
            return try FileManager.default.subpathsOfDirectory(atPath: "\(root.path)/\(top)")
                .map { "\(top)/\($0)" }
        }
        .sorted()
    }

    /// Puts a member's data in place, its WAL with the given identity.
    func makeData(_ content: String, _ identity: WALIdentity) throws {
        try write(Array(content.utf8), to: paths.member + "/snap/db")
        try write(WALHead.bytes(identity), to: paths.effectiveWAL + "/0000000000000000-0.wal")
    }

    // MARK: commands

    @discardableResult
    func perform(
        _ effect: PlannedEffect?,
        as target: MemberTarget? = nil,
        input: [UInt8] = [],
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> ShellProcess.Result {
        let effect = try #require(effect, sourceLocation: sourceLocation)
        return try run(
            effect.invocation(on: target ?? self.target, operator: Sample.operator1),
            input: input
        )
    }

    /// Performs an effect that must succeed.
    func mustPerform(
        _ effect: PlannedEffect?,
        input: [UInt8] = [],
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let result = try perform(effect, input: input, sourceLocation: sourceLocation)
        #expect(result.status == 0, "\(result.errorText)", sourceLocation: sourceLocation)
    }

    func run(_ command: RemoteCommand, input: [UInt8] = []) throws -> ShellProcess.Result {
        try start(command, input: input).finish()
    }

    /// As sshd starts it: the line to a login shell, here dash.
    func start(_ command: RemoteCommand, input: [UInt8] = []) throws -> ShellProcess {
        var command = command
        // the watchdog has tests of its own; here standard input is a file and at its end at once
        command.endsWithConnection = false
        return try ShellProcess(
            command.shellLine(become: .none),
            input: .bytes(input),
            environment: [
                "PATH=\(root.path)/bin", "HOME=/nowhere",
                "ETCDCTL_ENDPOINTS=http://somebody.else:2379",
            ],
            workingDirectory: root.path
        )
    }

    func look(user: String? = nil) throws -> MemberObservation {
        var target = target
        if let user { target.user = user }
        let script = ObservationScript(target: target)
        let result = try run(script.command)
        #expect(result.status == 0, "\(result.errorText)")
        return try #require(
            script.read(result.outputText),
            "\(result.outputText)\(result.errorText)"
        )
    }

    /// Makes what a restore makes, from the arguments that a restore gets.
    private static func fakeRestore(_ identity: WALIdentity) -> String {
        let head = WALHead.bytes(identity).map { byte in
            let octal = String(byte, radix: 8)
            return "\\" + String(repeating: "0", count: 3 - octal.count) + octal
        }
        .joined()
        return """
            [ -z "$ETCDCTL_ENDPOINTS" ] || { echo "ETCDCTL_ENDPOINTS is set" >&2; exit 3; }
            [ "$1 $2" = "snapshot restore" ] || exit 4
            from=$3
            for a in "$@"; do case "$a" in
            --data-dir=*) data=${a#--data-dir=} ;;
            --wal-dir=*) wal=${a#--wal-dir=} ;;
            esac; done
            [ ! -e "$data" ] || { echo "Error: data-dir exists" >&2; exit 1; }
            wal=${wal:-$data/member/wal}
            mkdir -p "$data/member/snap" && cp -- "$from" "$data/member/snap/db" || exit 1
            [ ! -e "$data/../fail" ] || { echo "Error: expected sha256 [1], got [2]" >&2; exit 1; }
            mkdir -p "$wal" && printf '\(head)' >"$wal/0000000000000000-0000000000000000.wal"
            """
    }
}
