import Glibc

/// The one place that sleeps: a poll(2) of one descriptor and an interrupt, with an end.
struct Readiness {
    var isReadable = false
    var isWritable = false
    var isInterrupted = false

    /// Waits until the descriptor is ready, the interrupt is raised or the instant has come.
    ///
    /// Without a descriptor it waits for the interrupt alone, without an instant not at all.
    static func of(
        _ descriptor: Int32?,
        orWritable: Bool = false,
        orReadable: Bool = true,
        interrupt: Interrupt,
        until: ContinuousClock.Instant?
    ) -> Readiness {
        let events = (orReadable ? Int16(POLLIN) : 0) | (orWritable ? Int16(POLLOUT) : 0)
        var polled = [pollfd(fd: interrupt.descriptor, events: Int16(POLLIN), revents: 0)]
        if let descriptor { polled.append(pollfd(fd: descriptor, events: events, revents: 0)) }
        while true {
            let count = unsafe poll(&polled, nfds_t(polled.count), milliseconds(until: until))
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return Readiness() }
            // An error or a hang-up counts as readable: the read then says which.
            let events = polled.count > 1 ? polled[1].revents : 0
            return Readiness(
                isReadable: events & ~Int16(POLLOUT) != 0,
                isWritable: events & Int16(POLLOUT) != 0,
                isInterrupted: polled[0].revents != 0
            )
        }
    }

    /// Waits until either of two descriptors is ready, or so long; says what the first is.
    static func of(
        _ descriptor: Int32,
        orWritable: Bool,
        beside other: Int32,
        orWritable otherOrWritable: Bool,
        orReadable otherOrReadable: Bool,
        atMost limit: Duration
    ) -> Readiness {
        let otherEvents =
            (otherOrReadable ? Int16(POLLIN) : 0) | (otherOrWritable ? Int16(POLLOUT) : 0)
        var polled = [
            pollfd(
                fd: descriptor,
                events: Int16(POLLIN) | (orWritable ? Int16(POLLOUT) : 0),
                revents: 0
            ),
            // a hang-up is told whether it is asked for or not, and would be told for ever
            pollfd(fd: otherEvents == 0 ? -1 : other, events: otherEvents, revents: 0),
        ]
        let until = ContinuousClock.now.advanced(by: limit)
        while unsafe poll(&polled, nfds_t(polled.count), milliseconds(until: until)) < 0,
            errno == EINTR
        {}
        return Readiness(
            isReadable: polled[0].revents & ~Int16(POLLOUT) != 0,
            isWritable: polled[0].revents & Int16(POLLOUT) != 0
        )
    }

    /// Rounded up, so that a wait never ends just before its instant and spins.
    private static func milliseconds(until instant: ContinuousClock.Instant?) -> Int32 {
        guard let instant else { return 0 }
        let left = instant - .now
        guard left > .zero else { return 0 }
        return left > .seconds(3600) ? 3_600_000 : Int32((left / .milliseconds(1)).rounded(.up))
    }
}
