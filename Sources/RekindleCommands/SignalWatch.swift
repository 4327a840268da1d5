import Dispatch
import Glibc

/// Calls back once when the process is asked to stop, instead of letting it die in the middle.
final class SignalWatch {
    private let sources: [any DispatchSourceSignal]

    init(_ stop: @escaping @Sendable () -> Void) {
        let signals = [SIGINT, SIGTERM, SIGHUP]
        sources = signals.map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            // a handler that inherited an actor would trap on Dispatch's own queue
            source.setEventHandler { @Sendable in stop() }
            source.resume()
            return source
        }
    }

    func stop() {
        for source in sources { source.cancel() }
    }
}
