import RemoteHost

/// Gives every command on its connections the secret that it asks for.
///
/// The one place where a secret and a connection meet: neither a command nor a plan ever holds it.
struct SecretConnector: HostConnector {
    let base: any HostConnector
    let secrets: SecretFiles

    func connect(to endpoint: HostEndpoint) async throws -> any HostConnection {
        SecretConnection(
            base: try await base.connect(to: endpoint),
            host: endpoint.host,
            secrets: secrets
        )
    }
}

private struct SecretConnection: HostConnection {
    let base: any HostConnection
    let host: String
    let secrets: SecretFiles

    func run(
        _ command: RemoteCommand,
        input: CommandInput,
        output: CommandOutput,
        limits: CommandLimits
    ) async throws -> CommandResult {
        guard let secret = command.secret else {
            return try await base.run(command, input: input, output: output, limits: limits)
        }
        let password: [UInt8]
        do throws(SecretFile.Problem) {
            password = try secrets.read(secret.file)
        } catch {
            throw HostFailure(.localInput, host: host, error.fact, hint: error.hint)
        }
        var result = try await base.run(
            command,
            input: input.prefixed(by: SecretVariable.line(password)),
            output: output,
            limits: limits
        )
        // a user's own check may print its environment
        result.output = Self.masked(result.output, password)
        result.errorOutput = Self.masked(result.errorOutput, password)
        return result
    }

    func close() async { await base.close() }

    /// Short ones only behind `=` or `:`, as an environment or `user:password` has them: elsewhere they would be
    /// found in what has nothing to do with them.
    private static func masked(_ bytes: [UInt8], _ password: [UInt8]) -> [UInt8] {
        guard !password.isEmpty, bytes.count >= password.count else { return bytes }
        let isShort = password.count < 8
        var masked: [UInt8] = []
        var rest = bytes[...]
        while let found = rest.firstRange(of: password) {
            masked += rest[..<found.lowerBound]
            let isMeant = !isShort || masked.last.map { "=:".utf8.contains($0) } == true
            masked += isMeant ? Array("***".utf8) : password
            rest = rest[found.upperBound...]
        }
        return masked + rest
    }
}

extension CommandInput {
    fileprivate func prefixed(by line: [UInt8]) -> CommandInput {
        switch self {
        case .none: .bytes(line)
        case .bytes(let bytes): .bytes(line + bytes)
        case .stream(let stream): .stream(PrefixedStream(line, stream))
        }
    }
}

/// Some bytes, and then a stream; read from one thread at a time, as every stream is.
private final class PrefixedStream: ByteStream, @unchecked Sendable {
    private var prefix: ArraySlice<UInt8>
    private let stream: any ByteStream

    init(_ prefix: [UInt8], _ stream: any ByteStream) {
        self.prefix = prefix[...]
        self.stream = stream
    }

    var expectedBytes: UInt64? { stream.expectedBytes }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        guard !prefix.isEmpty else { return try stream.read(into: buffer) }
        let count = min(prefix.count, buffer.count)
        buffer.copyBytes(from: prefix.prefix(count))
        prefix = prefix.dropFirst(count)
        return count
    }
}
