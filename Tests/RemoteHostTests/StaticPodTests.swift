import Foundation
import RemoteHost
import TestSupport
import Testing

@Suite("A static pod")
struct StaticPodTests {
    private let shell: LocalShell
    private let pod: StaticPod
    /// Nobody else's: a test must not see another's process.
    private let dataDir: String

    init() throws {
        shell = try LocalShell()
        dataDir = shell.directory + "/data"
        pod = StaticPod(manifest: shell.directory + "/manifests/etcd.yaml")
        try shell.text("mkdir '\(shell.directory)/manifests'")
        try write()
    }

    private func write() throws {
        try "spec:\n  containers:\n  - command:\n    - etcd\n    - --data-dir=\(dataDir)\n"
            .write(toFile: pod.manifest, atomically: true, encoding: .utf8)
    }

    private var isThere: Bool { FileManager.default.fileExists(atPath: pod.manifest) }

    @Test("is active as long as its manifest is there, or a process of it runs")
    func active() throws {
        #expect(try shell.state(of: pod).activity == .active)
        try shell.run(pod.hold(run: "R"))
        #expect(!isThere)
        let stopped = try shell.state(of: pod)
        #expect(stopped.activity == .stopped)
        #expect(stopped.isHeld(by: "R"))
        #expect(shell.holds(pod.isStoppedTest))

        let process = try shell.start(["--data-dir=\(dataDir)"])
        // bash becomes etcd within moments
        for _ in 0..<100 {
            if try shell.state(of: pod).activity == .active { break }
            usleep(20_000)
        }
        let running = try shell.state(of: pod)
        #expect(running.activity == .active)
        #expect(running.detail.contains("\(process.processIdentifier)"))
        #expect(!shell.holds(pod.isStoppedTest))
        // it inherits the signals that the test's thread blocks, SIGTERM perhaps among them
        kill(process.processIdentifier, SIGKILL)
        try shell.run(pod.stop())
        #expect(try shell.state(of: pod).activity == .stopped)
    }

    @Test("is not another etcd with a directory of its own")
    func another() throws {
        try shell.run(pod.hold(run: "R"))
        let other = try shell.start(["--data-dir=\(dataDir)-2"])
        usleep(200_000)
        #expect(try shell.state(of: pod).activity == .stopped)
        kill(other.processIdentifier, SIGKILL)
    }

    @Test("that its kubelet does not stop is asked to end, and nobody else's etcd is")
    func leftRunning() throws {
        try
            "spec:\n  containers:\n  - command:\n    - etcd\n    - --name=a\n    - --data-dir=\(dataDir)\n"
            .write(toFile: pod.manifest, atomically: true, encoding: .utf8)
        let own = try shell.start(["--name=a", "--data-dir=\(dataDir)"])
        // another cluster's, whose container has its data at the same place; one by its name alone; one by a part
        let others = try [
            ["--name=b", "--data-dir=\(dataDir)"], ["--name=a"],
            ["--name=a", "--data-dir=\(dataDir)/x"],
        ]
        .map { try shell.start($0) }
        usleep(300_000)
        try shell.run(pod.hold(run: "R"))
        #expect(try shell.state(of: pod).detail == "running (process \(own.processIdentifier))")
        try shell.run(pod.stop())
        #expect(!own.isRunning)
        #expect(others.filter { !$0.isRunning }.isEmpty)
        #expect(try shell.state(of: pod).activity == .stopped)
        for other in others { kill(other.processIdentifier, SIGKILL) }
    }

    @Test(
        "that is not running though its manifest is there may be in back-off, and its state says so"
    )
    func backOff() throws {
        let state = try shell.state(of: pod)
        #expect(state.activity == .active)
        #expect(state.detail.contains("back-off (5 minutes at most)"))
    }

    @Test("is held twice as once, and released to where it was with nothing left")
    func released() throws {
        let before = try String(contentsOfFile: pod.manifest, encoding: .utf8)
        try shell.run(pod.hold(run: "R"))
        try shell.run(pod.hold(run: "R"))
        #expect(try shell.state(of: pod).isHeld(by: "R"))
        #expect(try !shell.state(of: pod).isHeld(by: "S"))
        try shell.run(pod.releaseAndStart())
        try shell.run(pod.releaseAndStart())
        try shell.run(pod.tidy())
        #expect(try String(contentsOfFile: pod.manifest, encoding: .utf8) == before)
        #expect(try shell.state(of: pod).heldBy == nil)
        #expect(try shell.text("ls -A '\(shell.directory)'") == "manifests\n")
    }

    @Test("that somebody made again meanwhile is neither taken for held nor overwritten")
    func madeAgain() throws {
        try shell.run(pod.hold(run: "R"))
        try write()
        let state = try shell.state(of: pod)
        #expect(!state.isHeld(by: "R"))
        #expect(state.activity == .active)
        for commands in [pod.hold(run: "R"), pod.releaseAndStart()] {
            let failure = #expect(throws: LocalShell.Failure.self) { try shell.run(commands) }
            #expect(failure?.description.contains("there is") == true)
        }
        #expect(isThere)
    }

    @Test("without a manifest is not known")
    func unknown() throws {
        try FileManager.default.removeItem(atPath: pod.manifest)
        let state = try shell.state(of: pod)
        #expect(state.activity == .unknown)
        #expect(state.detail.contains(pod.manifest))
    }

    @Test("is held beside its directory, which the kubelet reads as a whole")
    func place() {
        let pod = StaticPod(manifest: "/etc/kubernetes/manifests/etcd.yaml")
        #expect(pod.holdPath == "/etc/kubernetes/rekindle-held/etcd.yaml.hold")
    }

    @Test("is held in an order that a power cut keeps: bytes, names, then every directory above")
    func durable() throws {
        let calls = shell.directory + "/calls"
        let folder = try ProgramFolder(at: shell.directory + "/bin")
        // what is there at each call: a power cut may leave nothing but that
        for tool in ["sync", "mv"] {
            let real = try #require(ProgramFolder.find(tool))
            try? FileManager.default.removeItem(atPath: "\(folder.path)/\(tool)")
            try folder.write(
                "echo \(tool) \"$@\" >>'\(calls)'; exec \(real) \"$@\"",
                as: tool
            )
        }
        for command in pod.hold(run: "R") {
            let line = command.shellLine(become: .none)
            try shell.text("PATH='\(folder.path)'; export PATH; \(line)")
        }
        let held = shell.directory + "/rekindle-held"
        var above: [String] = []
        var directory = held
        while !directory.isEmpty {
            above.append("sync -- \(directory)")
            directory = String(directory[..<(directory.lastIndex(of: "/") ?? directory.startIndex)])
        }
        let lines = try String(contentsOfFile: calls, encoding: .utf8)
            .split(separator: "\n").map(String.init)
        #expect(
            lines == [
                "sync -- \(pod.holdPath).tmp", "mv -T -- \(pod.holdPath).tmp \(pod.holdPath)",
            ] + above + [
                "mv -T -n -- \(pod.manifest) \(held)/etcd.yaml",
                "sync -- \(shell.directory)/manifests \(held)",
            ]
        )
    }
}
