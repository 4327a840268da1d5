import Foundation
import RemoteHost
import RestorePlanning
import TestSupport
import Testing

/// A look while a command whose connection was lost is still at work: found by the search of all
/// states, where a rollback judged by such a look left the old data set aside.
@Suite("A look at a busy host", .enabled(if: LocalHost.isRoot, LocalHost.reason))
struct BusyLookTests {
    /// A host that is locked, and a command of the run at work there.
    private func busyHost(_ work: String) throws -> (LocalHost, ShellProcess) {
        let host = try LocalHost()
        try host.mustPerform(host.builder.takeLock(createDataDir: false))
        let busy = ShellQuoting.quoted(host.paths.busy)
        let command = try host.start(.script("exec 9>>\(busy); flock 9; touch held; \(work)"))
        while !host.exists(host.root.path + "/held") { usleep(20_000) }
        return (host, command)
    }

    private static let untilTold = "while [ ! -e go ]; do sleep 0.1; done"

    @Test("waits for the command, and sees what it did")
    func waits() throws {
        let (host, command) = try busyHost(
            "sleep 1; for d in disk/data/.rekindle/*/; do touch \"$d/restored\"; done"
        )
        #expect(try host.look().isRestoreMarked)
        _ = try command.finish()
    }

    @Test("that waited for long says why it ends")
    func givesUp() throws {
        let (host, command) = try busyHost(Self.untilTold)
        let result = try host.run(ObservationScript(target: host.target).command)
        #expect(result.status == PlannedEffect.busyStatus)
        #expect(result.errorText.contains("an earlier command of this run is still at work"))
        try host.write([], to: host.root.path + "/go")
        _ = try command.finish()
        #expect(try host.look().lock != nil)
    }

    @Test("of another run does not wait: it will be refused the lock")
    func otherRun() throws {
        let (host, command) = try busyHost(Self.untilTold)
        let script = ObservationScript(target: host.target(of: Sample.otherRun))
        let look = try #require(script.read(host.run(script.command).outputText))
        #expect(look.lock?.run == host.paths.run)
        try host.write([], to: host.root.path + "/go")
        _ = try command.finish()
    }
}
