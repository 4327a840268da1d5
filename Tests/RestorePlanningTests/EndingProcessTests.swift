import Foundation
import Glibc
import RemoteHost
import RestorePlanning
import TestSupport
import Testing

/// A look at a host whose etcd ends just then: a busy machine met it, and refused a restore.
@Suite("A look at a host where etcd ends", .enabled(if: LocalHost.isRoot, LocalHost.reason))
struct EndingProcessTests {
    /// A host, and a process that has its database open as etcd has it, until the words after it are over.
    private func host(_ work: String) throws -> (LocalHost, ShellProcess) {
        let host = try LocalHost()
        try host.write([], to: host.paths.member + "/snap/db")
        let process = try host.start(
            .script("exec 9<\"$1\"; flock 9; touch held; \(work)", [host.paths.member + "/snap/db"])
        )
        while !host.exists(host.root.path + "/held") { usleep(20_000) }
        return (host, process)
    }

    @Test("tells of an open database as long as its process lives")
    func lives() throws {
        let (host, process) = try host("while [ ! -e go ]; do sleep 0.1; done")
        #expect(try host.look().isDatabaseOpen == true)
        try host.write([], to: host.root.path + "/go")
        _ = try process.finish()
        #expect(try host.look().isDatabaseOpen == false)
    }

    @Test("sees the database after the service, never before")
    func order() throws {
        let (host, process) = try host("while [ ! -e go ]; do sleep 0.1; done; touch over")
        try host.writeProgram(
            "cd '\(host.root.path)'; touch go; while [ ! -e over ]; do sleep 0.1; done; sleep 0.1; exit 0",
            to: host.root.path + "/bin/systemctl"
        )
        #expect(try host.look().isDatabaseOpen == false)
        _ = try process.finish()
    }

    /// The first thread ends alone: to the kernel the process has no memory any more, but its files.
    private static let firstThreadEnds = """
        import ctypes, fcntl, os, platform, sys, threading, time
        database = open(sys.argv[1])
        fcntl.flock(database, fcntl.LOCK_EX)
        def rest():
            while not os.path.exists("go"): time.sleep(0.05)
            time.sleep(0.5)
            os._exit(0)
        threading.Thread(target=rest).start()
        open("held", "w").write(str(os.getpid()))
        ctypes.CDLL(None).syscall({"x86_64": 60, "aarch64": 93}[platform.machine()], 0)
        """

    @Test(
        "waits for a process whose memory is gone and whose files are still open",
        .enabled(
            if: FileManager.default.isExecutableFile(atPath: "/usr/bin/python3"),
            "needs python3"
        )
    )
    func ends() throws {
        let host = try LocalHost()
        let database = host.paths.member + "/snap/db"
        try host.write([], to: database)
        let process = try host.start(
            .script("exec /usr/bin/python3 -c \"$1\" \"$2\"", [Self.firstThreadEnds, database])
        )
        let ending = "[ -s held ] && [ -z \"$(tr -d '\\0' </proc/$(cat held)/cmdline)\" ]"
        let isEnding = try eventually { try host.run(.script(ending, [])).status == 0 }
        #expect(isEnding)
        #expect(try host.run(.script("! flock -n \"$1\" true", [database])).status == 0)
        try host.write([], to: host.root.path + "/go")
        #expect(try host.look().isDatabaseOpen == false)
        _ = try process.finish()
    }

    private func eventually(_ isSo: () throws -> Bool) rethrows -> Bool {
        for _ in 0..<1000 {
            if try isSo() { return true }
            usleep(20_000)
        }
        return false
    }
}
