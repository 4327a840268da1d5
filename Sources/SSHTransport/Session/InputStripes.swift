/// Several channels of one connection that carry one command's input in turns.
///
/// sshd lets 2 MiB be under way on a channel, so that a long round trip, not the link, is the
/// limit of one. What goes where is decided block by block, and told to the host after each.
final class InputStripes {
    /// A channel cannot be copied, so it cannot be in an array itself.
    private final class Lane {
        let channel: Channel

        init(_ channel: consuming Channel) {
            self.channel = channel
        }
    }

    private let session: Session
    private let keeper: Lane
    private let lanes: [Lane]
    private let directory: String
    private var current = 0
    private var inBlock = 0
    private var orders: [UInt8] = []
    private var scrap = [UInt8](repeating: 0, count: 4096)

    /// A quarter of a window: large enough for the host to make a process for each, small enough
    /// for all windows to be filled.
    private static let blockBytes = 512 << 10
    /// More than one order waits only where the host reads none.
    private static let mostOrders = 4096

    /// Opens what the server allows, beside the command's own channel, which must be open already.
    ///
    /// - Returns: nil where that is less than two lanes, or where the host cannot make FIFOs; the
    ///   input then takes the one channel.
    static func open(
        lanes count: Int,
        on session: Session,
        _ deadline: Deadline
    ) throws(SSHError) -> InputStripes? {
        guard let keeper = try lane(session, deadline) else { return nil }
        var lanes: [Lane] = []
        while lanes.count < count, let lane = try lane(session, deadline) { lanes.append(lane) }
        let stripes: InputStripes?
        if lanes.count >= 2,
            let directory = try directory(keeper, lanes.count, session, deadline)
        {
            let lines = lanes.indices.map { StripeScripts.lane($0, in: directory) }
            var waiting = Array(zip(lanes, lines))
            // all at once: each would take a round trip
            try repeating("starting the input's channels", session, deadline) {
                () throws(SSHError) in
                var rest: [(Lane, String)] = []
                for (lane, line) in waiting where try !lane.channel.tryExecute(line) {
                    rest.append((lane, line))
                }
                waiting = rest
                return rest.isEmpty
            }
            stripes = InputStripes(session, keeper, lanes, directory)
        } else {
            stripes = nil
            try close([keeper] + lanes, session, deadline)
        }
        return stripes
    }

    private init(_ session: Session, _ keeper: Lane, _ lanes: [Lane], _ directory: String) {
        self.session = session
        self.keeper = keeper
        self.lanes = lanes
        self.directory = directory
    }

    private static func lane(
        _ session: Session,
        _ deadline: Deadline
    ) throws(SSHError) -> Lane? {
        do throws(SSHError) {
            return Lane(try Channel(session, deadline, isPatient: false))
        } catch .channelRefused {
            return nil
        }
    }

    /// Where the FIFOs are; nil where the host says anything else.
    private static func directory(
        _ keeper: Lane,
        _ count: Int,
        _ session: Session,
        _ deadline: Deadline
    ) throws(SSHError) -> String? {
        var mark = OutputMark()
        let line = mark.line(around: StripeScripts.keeper(lanes: count))
        try keeper.channel.execute(line, deadline)
        session.beginWaiting()
        var text: [UInt8] = []
        var errors = [UInt8](repeating: 0, count: 4096)
        var buffer = errors
        while true {
            try session.look("preparing the input", deadline)
            while let read = try keeper.channel.read(.output, into: &buffer), read > 0 {
                text += mark.hear(buffer[..<read])
            }
            while let read = try keeper.channel.read(.error, into: &errors), read > 0 {}
            if let end = text.firstIndex(of: UInt8(ascii: "\n")) {
                return String(decoding: text[..<end], as: UTF8.self)
            }
            if try keeper.channel.isClosedByHost() || text.count > 1 << 20 { return nil }
            try session.wait("preparing the input", deadline)
        }
    }

    /// The line that runs a command with this input.
    func line(around shellLine: String) -> String {
        StripeScripts.command(shellLine, lanes: lanes.count, in: directory)
    }

    /// Gives the lane whose turn it is what it takes now.
    /// - Returns: how many bytes were taken; nil where none are now.
    func write(
        _ bytes: ArraySlice<UInt8>,
        ordering channel: borrowing Channel
    ) throws(SSHError) -> Int? {
        try sendOrders(channel)
        guard orders.count < Self.mostOrders else { return nil }
        let room = bytes.prefix(Self.blockBytes - inBlock)
        guard let taken = try lanes[current].channel.write(room) else { return nil }
        inBlock += taken
        if inBlock == Self.blockBytes { try endBlock(channel) }
        return taken
    }

    /// - Returns: false where it has to be called again.
    func sendEnd(_ channel: borrowing Channel) throws(SSHError) -> Bool {
        if inBlock > 0 { try endBlock(channel) }
        try sendOrders(channel)
        guard orders.isEmpty else { return false }
        return try channel.sendEnd()
    }

    private func endBlock(_ channel: borrowing Channel) throws(SSHError) {
        orders += Array("\(current) \(inBlock)\n".utf8)
        inBlock = 0
        current = (current + 1) % lanes.count
        try sendOrders(channel)
    }

    private func sendOrders(_ channel: borrowing Channel) throws(SSHError) {
        while !orders.isEmpty, let taken = try channel.write(orders[...]), taken > 0 {
            orders.removeFirst(taken)
        }
    }

    /// Whether a lane has ended before the input did: what it was given last is lost.
    func hasLostLane() throws(SSHError) -> Bool {
        for lane in lanes {
            // text of the login shell or of a `cat` that failed; the end shows only behind it
            for stream in [Channel.Stream.output, .error] {
                while let count = try lane.channel.read(stream, into: &scrap), count > 0 {}
            }
            if try lane.channel.isClosedByHost() { return true }
        }
        return false
    }

    /// Closes the lanes, and waits for the host to have done so; the directory goes with them.
    ///
    /// - Returns: what killed a lane, whose last bytes then never reached the command; nil where all
    ///   ended well, or because the command wanted no more.
    func close(_ deadline: Deadline) throws(SSHError) -> String? {
        try Self.close([keeper] + lanes, session, deadline)
        return lanes.lazy.compactMap { $0.channel.exitSignal }.first { $0 != "PIPE" }
    }

    private static func close(
        _ lanes: [Lane],
        _ session: Session,
        _ deadline: Deadline
    ) throws(SSHError) {
        var open = lanes
        try repeating("closing the input's channels", session, deadline) { () throws(SSHError) in
            var rest: [Lane] = []
            for lane in open where try !lane.channel.tryClose() { rest.append(lane) }
            open = rest
            return rest.isEmpty
        }
    }

    /// Calls something on several channels until none has to wait for the host.
    private static func repeating(
        _ operation: String,
        _ session: Session,
        _ deadline: Deadline,
        _ isDone: () throws(SSHError) -> Bool
    ) throws(SSHError) {
        session.beginWaiting()
        while try !isDone() { try session.wait(operation, deadline) }
        session.wire.flush()
    }
}
