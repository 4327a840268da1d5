import RemoteHost

/// Runs one command on a session from its start to its exit status.
struct CommandExecution: ~Copyable {
    private let session: Session
    private let channel: Channel
    private let deadline: Deadline
    private var input: CommandInputFeed
    private var inputIsOpen = true
    private let holdsInputOpen: Bool
    private var output: CollectedOutput
    private var errorOutput: CollectedOutput
    private var buffer = [UInt8](repeating: 0, count: 64 << 10)

    /// Runs a line as sshd hands it to the login shell.
    static func result(
        of line: String,
        holdsInputOpen: Bool,
        input: CommandInput,
        output: CommandOutput,
        limits: CommandLimits,
        on session: Session
    ) throws(SSHError) -> CommandResult {
        let deadline = Deadline(after: limits.deadline)
        var execution = CommandExecution(
            session: session,
            channel: try Channel(session, deadline),
            deadline: deadline,
            input: CommandInputFeed(input),
            holdsInputOpen: holdsInputOpen,
            output: CollectedOutput(output, limit: limits.keptOutput),
            errorOutput: CollectedOutput(.kept, limit: limits.keptOutput)
        )
        try execution.channel.execute(line, deadline)
        return try execution.finish()
    }

    private mutating func finish() throws(SSHError) -> CommandResult {
        session.beginWaiting()
        while true {
            let fed = try feed()
            try session.look("running the command", deadline)
            // Both streams, always: they share a window, and the end shows only when both are read.
            let hasOutput = try drain(.output)
            let hasErrorOutput = try drain(.error)
            session.wire.flush()
            if try channel.isClosedByHost() { break }
            if !fed && !hasOutput && !hasErrorOutput {
                try session.wait("running the command", deadline)
            }
        }
        try channel.close(deadline.atMost(.seconds(10)))
        let ending: CommandResult.Ending =
            if let signal = channel.exitSignal { .signalled(signal) } else {
                .exited(channel.exitStatus)
            }
        return CommandResult(ending: ending, output: output.bytes, errorOutput: errorOutput.bytes)
    }

    /// Sends at most one block.
    ///
    /// - Returns: whether anything was sent.
    private mutating func feed() throws(SSHError) -> Bool {
        guard inputIsOpen, !session.wire.isFull else { return false }
        try input.fill()
        if input.hasEnded {
            if holdsInputOpen { return false }
            guard try channel.sendEnd() else { return false }
            inputIsOpen = false
            return true
        }
        var hasSent = false
        while !input.ready.isEmpty, !session.wire.isFull,
            let taken = try channel.write(input.ready),
            taken > 0
        {
            input.advance(by: taken)
            hasSent = true
        }
        return hasSent
    }

    private mutating func drain(_ stream: Channel.Stream) throws(SSHError) -> Bool {
        var hasRead = false
        // Bounded, so that a host which never stops is still interrupted.
        for _ in 0..<32 {
            guard let count = try channel.read(stream, into: &buffer), count > 0 else {
                return hasRead
            }
            hasRead = true
            switch stream {
            case .output: try output.append(buffer[..<count])
            case .error: try errorOutput.append(buffer[..<count])
            }
        }
        return hasRead
    }
}

/// A stream that goes to its sink; without one, its first bytes, and the rest is dropped.
private struct CollectedOutput {
    private let sink: (any ByteSink)?
    private let limit: Int
    private(set) var bytes: [UInt8] = []

    init(_ output: CommandOutput, limit: Int) {
        self.limit = limit
        switch output {
        case .kept: sink = nil
        case .sink(let given): sink = given
        }
    }

    mutating func append(_ more: ArraySlice<UInt8>) throws(SSHError) {
        guard let sink else {
            bytes += more.prefix(max(0, limit - bytes.count))
            return
        }
        do {
            try unsafe more.withUnsafeBytes { try unsafe sink.write($0) }
        } catch {
            throw .localOutput("\(error)")
        }
    }
}
