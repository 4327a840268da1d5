/// How one kind of service manager tells what a service does.
package protocol ServiceObserver: Sendable {
    /// A POSIX shell fragment that prints the lines which `state(from:)` reads.
    var observation: String { get }
    func state(from lines: [String: String]) -> ServiceState
}

/// How one kind of service manager stops, holds and starts etcd.
///
/// A conformer only builds commands and reads their output; it never runs anything.
package protocol ServiceManager: ServiceObserver {
    /// Makes every start of the service fail, by whomever and across a reboot, until `release`.
    ///
    /// Safe to run again.
    func hold(run: String) -> [RemoteCommand]
    /// The file on the host whose presence is the hold.
    var holdPath: String { get }
    /// Stops the service and waits until it is gone.
    func stop() -> [RemoteCommand]
    /// Takes the hold away and asks for a start, without waiting for it.
    func releaseAndStart() -> [RemoteCommand]
    /// Takes the hold away and leaves the service as it is.
    func release() -> [RemoteCommand]
    /// Leaves nothing of ours behind, once the hold is gone.
    func tidy() -> [RemoteCommand]
    /// A shell condition that holds while the service does not run, for whoever works by hand.
    var isStoppedTest: String { get }
}

/// How one kind of manager runs a program beside the services of a host, for a while.
package protocol ScratchManager: ServiceObserver {
    /// Starts the program, as words, and does not wait until it serves.
    func start(_ words: [String]) -> [RemoteCommand]
    /// Ends it, waits until it is gone, and leaves nothing of it behind; safe where it does not run.
    func stop() -> [RemoteCommand]
}

/// What a service manager says of a service.
package struct ServiceState: Sendable, Hashable, Codable {
    package enum Activity: String, Sendable, Hashable, Codable, CaseIterable {
        /// Not running and not about to: stopped, or failed for good.
        case stopped
        /// Running, starting, stopping, or waiting for its next automatic start.
        case active
        /// The manager does not know the service, or did not answer.
        case unknown
    }

    package var activity: Activity
    /// The manager's own words, `active (running)`.
    package var detail: String
    /// The run that holds the service, nil without a hold.
    package var heldBy: String?
    /// Whether the manager has read the hold; before, it would start the service all the same.
    package var isHoldLoaded: Bool

    package init(
        activity: Activity,
        detail: String,
        heldBy: String? = nil,
        isHoldLoaded: Bool = true
    ) {
        self.activity = activity
        self.detail = detail
        self.heldBy = heldBy
        self.isHoldLoaded = isHoldLoaded
    }

    /// Whether no one can start the service before this run lets them.
    package func isHeld(by run: String) -> Bool { heldBy == run && isHoldLoaded }
}
