import RemoteHost

/// Runs one command on a session from its start to its exit status.
struct CommandExecution: ~Copyable {
    private let session: Session
    private let channel: Channel
    private var deadline: Deadline
    private var mark: OutputMark
    /// nil where there is nothing to be said before the command.
    private var dialogue: SudoDialogue?
    /// Asks for the password; what that takes is added to the deadline.
    private let password: (_ deadline: inout Deadline) throws(SSHError) -> String
    /// What is still to be said.
    private var reply: [UInt8] = []
    private var input: CommandInputFeed
    /// nil where the command's own channel carries its input.
    private let stripes: InputStripes?
    private var lostLane: Deadline?
    private var inputIsOpen = true
    private let holdsInputOpen: Bool
    private var output: CollectedOutput
    private var errorOutput: CollectedOutput
    private var buffer = [UInt8](repeating: 0, count: 64 << 10)

    /// Runs a line as sshd hands it to the login shell, or as sudo does once it has the password.
    static func result(
        of line: String,
        through dialogue: SudoDialogue?,
        password: @escaping (_ deadline: inout Deadline) throws(SSHError) -> String,
        holdsInputOpen: Bool,
        input: CommandInput,
        output: CommandOutput,
        limits: CommandLimits,
        stripesFrom longRoundTrip: Duration,
        on session: Session
    ) throws(SSHError) -> CommandResult {
        let deadline = Deadline(after: limits.deadline)
        var feed = CommandInputFeed(input)
        let channel = try Channel(session, deadline)
        let stripes = try stripes(for: &feed, from: longRoundTrip, on: session, deadline)
        let mark = OutputMark()
        var execution = CommandExecution(
            session: session,
            channel: channel,
            deadline: deadline,
            mark: mark,
            dialogue: dialogue,
            password: password,
            input: feed,
            stripes: stripes,
            holdsInputOpen: holdsInputOpen,
            output: CollectedOutput(output, limit: limits.keptOutput),
            errorOutput: CollectedOutput(.kept, limit: limits.keptOutput)
        )
        let fed = stripes?.line(around: line) ?? line
        let whole = dialogue?.line(around: fed) ?? fed
        try execution.channel.execute(mark.line(around: whole), deadline)
        return try execution.finish()
    }

    /// To open lanes takes twelve round trips and more, in each of which one channel carries 2 MiB.
    private static let bytesWorthLanes: UInt64 = 64 << 20

    /// Lanes for an input that is worth them.
    private static func stripes(
        for feed: inout CommandInputFeed,
        from longRoundTrip: Duration,
        on session: Session,
        _ deadline: Deadline
    ) throws(SSHError) -> InputStripes? {
        guard let roundTrip = session.roundTrip, roundTrip >= longRoundTrip,
            try feed.hasAtLeast(
                bytesWorthLanes,
                { () throws(SSHError) in
                    try session.look("reading the input", deadline)
                }
            )
        else { return nil }
        // sshd allows ten sessions on a connection: these, the keeper's and the command's own
        return try InputStripes.open(
            lanes: roundTrip > .milliseconds(30) ? 6 : 4,
            on: session,
            deadline
        )
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
            if !fed && !hasOutput && !hasErrorOutput { try waitForHost() }
        }
        if let signal = try stripes?.close(deadline.atMost(.seconds(10))) {
            throw .disconnected(
                "a process that carried the input was killed by SIG\(signal)",
                during: "running the command"
            )
        }
        try channel.close(deadline.atMost(.seconds(10)))
        if let dialogue { try errorOutput.append(dialogue.rest[...]) }
        let ending: CommandResult.Ending =
            if let signal = channel.exitSignal { .signalled(signal) } else {
                .exited(channel.exitStatus)
            }
        if !mark.hasBegun {
            // a success of something else, such as a ForceCommand, is not the command's
            if ending == .exited(0) { throw .notBegun(KeyboardDialogue.visible(told)) }
            try output.append(mark.held[...])
        }
        return CommandResult(ending: ending, output: output.bytes, errorOutput: errorOutput.bytes)
    }

    /// What came instead of the command.
    private var told: String {
        String(decoding: mark.held + errorOutput.bytes, as: UTF8.self)
    }

    private mutating func waitForHost() throws(SSHError) {
        if lostLane == nil, inputIsOpen, let stripes, try stripes.hasLostLane() {
            // a command that has ended takes its lanes with it: its own end is on the way then
            lostLane = deadline.atMost(.seconds(5))
        }
        if let lostLane {
            try session.wait("sending input that a process on the host refused", lostLane)
        } else {
            try session.wait("running the command", deadline)
        }
    }

    /// Sends at most one block.
    ///
    /// - Returns: whether anything was sent.
    private mutating func feed() throws(SSHError) -> Bool {
        if dialogue != nil { return try sendReply() }
        guard inputIsOpen, lostLane == nil, !session.wire.isFull else { return false }
        try input.fill()
        if input.hasEnded {
            if holdsInputOpen { return false }
            guard try sendEnd() else { return false }
            inputIsOpen = false
            return true
        }
        var hasSent = false
        while !input.ready.isEmpty, !session.wire.isFull,
            let taken = try write(input.ready),
            taken > 0
        {
            input.advance(by: taken)
            hasSent = true
        }
        return hasSent
    }

    private mutating func sendReply() throws(SSHError) -> Bool {
        guard !reply.isEmpty, let taken = try channel.write(reply[...]), taken > 0 else {
            return false
        }
        reply.removeFirst(taken)
        return true
    }

    /// Until the command has begun, what comes on standard error is sudo's.
    private mutating func hear(_ bytes: ArraySlice<UInt8>) throws(SSHError) {
        switch dialogue?.hear(bytes) {
        case nil: try errorOutput.append(bytes)
        case .listen: break
        case .answer:
            reply = Array("\(try password(&deadline))\n".utf8)
            session.beginWaiting()
        case .begin(let own):
            dialogue = nil
            try errorOutput.append(own[...])
        case .refused(let said): throw .becomeRefused(said)
        }
    }

    private func sendEnd() throws(SSHError) -> Bool {
        guard let stripes else { return try channel.sendEnd() }
        return try stripes.sendEnd(channel)
    }

    private func write(_ bytes: ArraySlice<UInt8>) throws(SSHError) -> Int? {
        guard let stripes else { return try channel.write(bytes) }
        return try stripes.write(bytes, ordering: channel)
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
            case .output: try output.append(mark.hear(buffer[..<count]))
            case .error: try hear(buffer[..<count])
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
