import Foundation
import RemoteHost
import Testing

@Suite("A service that the operator's own commands run")
struct CommandServiceTests {
    private let shell: LocalShell
    private let service: CommandService
    private let flag: String

    /// It runs as long as a file is there; its stop takes a moment.
    init() throws {
        shell = try LocalShell()
        flag = shell.directory + "/runs"
        let forbidden = shell.directory + "/forbidden"
        service = CommandService(
            name: "etcd-1",
            start: ["sh", "-c", "[ ! -e '\(forbidden)' ] && touch '\(flag)'"],
            stop: ["sh", "-c", "(sleep 0.3; rm -f '\(flag)') >/dev/null 2>&1 &"],
            status: ["sh", "-c", "[ -e '\(flag)' ] || exit 3"],
            hold: ["touch", forbidden],
            release: ["rm", "-f", forbidden],
            directory: shell.directory + "/etc"
        )
    }

    @Test("is waited for when it stops, and held by the file and their command")
    func stops() throws {
        try shell.run(service.releaseAndStart())
        #expect(try shell.state(of: service).activity == .active)
        try shell.run(service.hold(run: "R"))
        #expect(try shell.state(of: service).isHeld(by: "R"))
        try shell.run(service.stop())
        #expect(try shell.state(of: service).activity == .stopped)
        #expect(shell.holds(service.isStoppedTest))
        #expect(!shell.holds("[ ! -e '\(shell.directory)/forbidden' ] && touch '\(flag)'"))

        try shell.run(service.releaseAndStart())
        try shell.run(service.tidy())
        let state = try shell.state(of: service)
        #expect(state.activity == .active)
        #expect(state.heldBy == nil)
        #expect(!FileManager.default.fileExists(atPath: shell.directory + "/etc"))
    }

    @Test("does not hold the host's lock, whatever its commands leave running")
    func lock() throws {
        let service = CommandService(
            name: "etcd-1",
            start: ["sh", "-c", "sleep 60 >/dev/null 2>&1 & echo $! >'\(flag)'"],
            stop: ["true"],
            status: ["true"],
            directory: shell.directory + "/etc"
        )
        let lines = service.releaseAndStart().map { $0.shellLine(become: .none) }
        try shell.text(
            "exec 9>>'\(shell.directory)/busy'; flock 9\n\(lines.joined(separator: "\n"))"
        )
        defer { _ = try? shell.text("kill $(cat '\(flag)')") }
        #expect(shell.holds("kill -0 $(cat '\(flag)') && flock -n '\(shell.directory)/busy' true"))
    }

    @Test("is not known where its status command says something else", arguments: [4, 127])
    func unknown(status: Int) {
        let state = service.state(from: ["service.status": "\(status)"])
        #expect(state.activity == .unknown)
        #expect(state.detail.contains("\(status)"))
        #expect(service.state(from: [:]).activity == .unknown)
    }
}
