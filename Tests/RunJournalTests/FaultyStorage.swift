import RunJournal
import Synchronization

/// A disk that fails at one operation, and forgets what was not synced when the power goes.
final class FaultyStorage: JournalStorage, Sendable {
    enum Fault: Sendable, CaseIterable {
        /// The operation does nothing and says so.
        case fails
        /// A write takes some bytes; the next operation fails. A sync fails after it did its work.
        case tears
    }

    private struct Disk {
        var durable: [UInt8] = []
        var written: [UInt8] = []
        var operations = 0
        var callsAfterFailure = 0
    }
    private let disk = Mutex(Disk())
    private let faultyOperation: Int?
    private let fault: Fault
    /// How many bytes one write takes at most.
    private let pieces: Int

    init(failingAt operation: Int?, _ fault: Fault = .fails, pieces: Int = 150) {
        faultyOperation = operation
        self.fault = fault
        self.pieces = pieces
    }

    static let failure = SystemFailure("write", "faulty storage", code: 28)

    var operations: Int { disk.withLock { $0.operations } }
    var callsAfterFailure: Int { disk.withLock { $0.callsAfterFailure } }

    /// Everything that the disk can hold once the power is back.
    var survivors: [[UInt8]] {
        disk.withLock { disk in
            (disk.durable.count...disk.written.count).map { Array(disk.written[..<$0]) }
        }
    }

    func write(_ bytes: ArraySlice<UInt8>) throws(SystemFailure) -> Int {
        switch begin() {
        case nil:
            return take(bytes.prefix(pieces))
        case .tears:
            return take(bytes.prefix(max(1, min(bytes.count, pieces) / 2)))
        case .fails:
            throw Self.failure
        }
    }

    func sync() throws(SystemFailure) {
        let fault = begin()
        if fault != .fails { disk.withLock { $0.durable = $0.written } }
        if fault != nil { throw Self.failure }
    }

    private func take(_ bytes: ArraySlice<UInt8>) -> Int {
        disk.withLock { $0.written += bytes }
        return bytes.count
    }

    /// What this operation does; from the faulty one on, everything fails.
    private func begin() -> Fault? {
        disk.withLock { disk in
            defer { disk.operations += 1 }
            guard let faultyOperation, disk.operations >= faultyOperation else { return nil }
            if disk.operations == faultyOperation { return fault }
            disk.callsAfterFailure += 1
            return .fails
        }
    }
}
