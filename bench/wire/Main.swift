import Glibc
import RemoteHost
import SSHTransport
import SnapshotSource

/// Rekindle's upload alone, for `bench/upload`: the same packing, connection and receiving command
/// as a restore's, without the cluster around them.
@main
struct UploadBench {
    static func main() async {
        var words = CommandLine.arguments.dropFirst()
        let unpackers: Set<WireForm> =
            switch words.first {
            case "--gzip": [.gzip]
            case "--plain": []
            default: [.zstd, .gzip]
            }
        if words.first?.hasPrefix("--") == true { words.removeFirst() }
        guard words.count >= 5 else {
            say(
                "usage: upload-bench [--plain|--gzip] FILE USER KEY KNOWN_HOSTS HOST:PORT=DESTINATION..."
            )
            exit(64)
        }
        let fixed = Array(words.prefix(4))
        var status = stat()
        guard stat(fixed[0], &status) == 0 else {
            say("upload-bench: no file \(fixed[0])")
            exit(1)
        }
        let source = PackedSnapshot(bytes: UInt64(status.st_size)) {
            try FileByteStream(path: fixed[0], from: $0)
        }
        do {
            try await withThrowingTaskGroup { group in
                for word in words.dropFirst(4) {
                    let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
                    let address = parts[0].split(separator: ":").map(String.init)
                    guard parts.count == 2, address.count == 2, let port = UInt16(address[1]) else {
                        throw Wrong(description: "'\(word)' is not HOST:PORT=DESTINATION")
                    }
                    let endpoint = HostEndpoint(
                        host: address[0],
                        port: port,
                        user: fixed[1],
                        identityFiles: [fixed[2]],
                        knownHostsFiles: [fixed[3]]
                    )
                    group.addTask { @concurrent in
                        try await upload(
                            source,
                            to: endpoint,
                            parts[1],
                            among: unpackers
                        )
                    }
                }
                try await group.waitForAll()
            }
        } catch {
            say("upload-bench: \(error)")
            exit(1)
        }
    }

    private static func upload(
        _ source: PackedSnapshot,
        to endpoint: HostEndpoint,
        _ destination: String,
        among unpackers: Set<WireForm>
    ) async throws {
        let connection = try await SSHConnector().connect(to: endpoint)
        // a restore has asked the host a few things by then, and knows the round trip from it
        _ = try await connection.run(RemoteCommand(["true"]))
        let form = try source.form(among: unpackers)
        let receive = "REKINDLE_PACKED=\(form.rawValue); \(WireForm.unpacking) >\"$1\""
        let result = try await connection.run(
            .script(receive, [destination]),
            input: .stream(source.stream(from: 0, as: form)),
            limits: CommandLimits(deadline: .seconds(3600))
        )
        await connection.close()
        guard result.isSuccess else { throw Wrong(description: result.lastLines()) }
    }

    private struct Wrong: Error, CustomStringConvertible {
        let description: String
    }

    private static func say(_ text: String) {
        let line = text + "\n"
        write(STDERR_FILENO, line, line.utf8.count)
    }
}
