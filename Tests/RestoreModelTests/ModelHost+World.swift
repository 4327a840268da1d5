import RestorePlanning

@testable import TestSupport

/// What happens to a host without Rekindle.
extension ModelHost {
    var isHeldFast: Bool { hold != nil && isDropInLoaded }

    /// Somebody, or the boot, asks for a start.
    mutating func start() {
        // without anything in place the unit is broken as the plan found it
        if !isHeldFast, !data.isEmpty { isActive = true }
    }

    /// What is on disk stays; systemd reads all drop-ins, then starts what may start.
    mutating func cutPowerAndBoot() {
        isActive = false
        isDropInLoaded = hold != nil
        start()
    }

    /// Another run, of a coordinator that knows nothing of this one, restores the cluster and ends.
    var restoredByOthers: ModelHost {
        var host = self
        host.othersAside = data
        host.data = Place(member: .others, wal: hasWALDir ? .others : nil)
        host.isActive = true
        return host
    }

    var isRestoredInPlace: Bool {
        data.member == .restored && data.wal == (hasWALDir ? .restored : nil)
    }

    var isOldInPlace: Bool {
        let old: Content? = target.hasOldData ? .old : nil
        return data.member == old && data.wal == (hasWALDir ? old : nil)
    }

    /// Whether something of the run is left that a run which ended must have removed.
    var isUntidy: Bool {
        isLockedByRun || hold == target.paths.run || !staged.isEmpty || hasSnapshot
    }

    /// The host once another run has given its lock back.
    var withoutOthersLock: ModelHost {
        guard lock != nil, !isLockedByRun else { return self }
        var host = self
        host.lock = nil
        return host
    }

    /// Whether an operation that failed would not have failed with etcd stopped and held: a real
    /// rename does not ask for that.
    func wouldAllow(_ operation: Operation) -> Bool {
        var still = self
        still.isActive = false
        still.hold = target.paths.run
        still.isDropInLoaded = true
        return (try? operation(&still)) != nil
    }
}
