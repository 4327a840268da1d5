import Foundation
import RemoteHost
import TestSupport
import Testing

@testable import RestorePlanning

/// The hooks of `restore-kubernetes`, run by real shells on a host's places that are made for it, among real processes
/// with the control plane's names.
@Suite("The control plane's hooks", .serialized)
struct ControlPlaneTests {
    /// A host's directories, its PATH, and the processes that a test starts there.
    private final class Host {
        let root: String
        private var processes: [Process] = []
        let tools: ProgramFolder

        init() throws {
            let made = try ShellProcess("mktemp -d").finish()
            root = String(made.outputText.dropLast())
            tools = try ProgramFolder(at: "\(root)/bin")
            try FileManager.default.createDirectory(
                atPath: "\(root)/kubernetes/manifests",
                withIntermediateDirectories: true
            )
        }

        deinit {
            for process in processes where process.isRunning {
                kill(process.processIdentifier, SIGKILL)
            }
            try? FileManager.default.removeItem(atPath: root)
        }

        func write(_ pod: String, _ words: [String], style: String = "    - ") throws {
            let lines = ([pod] + words).map { style + $0 }.joined(separator: "\n")
            try "spec:\n  containers:\n  - command:\n\(lines)\n    image: x\n    name: \(pod)\n"
                .write(
                    toFile: "\(root)/kubernetes/manifests/\(pod).yaml",
                    atomically: true,
                    encoding: .utf8
                )
        }

        /// A process that is called as the pod, with these words; it ends on SIGTERM, or on the second one.
        @discardableResult
        func start(_ pod: String, _ words: [String], terms: Int = 1) throws -> Process {
            let body =
                "t=0; trap 't=$((t + 1)); [ $t -lt \(terms) ] || exit 0' TERM\n"
                + "while :; do sleep 0.05; done"
            try tools.write(body, as: pod)
            let process = Process()
            process.executableURL = URL(filePath: "\(root)/bin/\(pod)")
            process.arguments = words
            process.environment = ["PATH": "\(root)/bin"]
            try process.run()
            processes.append(process)
            // the shell has its trap within moments
            usleep(200_000)
            return process
        }

        func run(_ act: String, shell: String = "/bin/sh") throws -> ShellProcess.Result {
            let script = ControlPlane.script
                .replacing("/etc/kubernetes", with: "\(root)/kubernetes")
                .replacing("/var/log/pods", with: "\(root)/pods")
            return try ShellProcess(
                RemoteCommand(["sh", "-c", script, act]).shellLine(become: .none),
                shell: shell,
                environment: ["PATH=\(root)/bin"]
            )
            .finish()
        }

        var left: [String] {
            (try? FileManager.default.contentsOfDirectory(atPath: "\(root)/kubernetes/manifests"))?
                .sorted() ?? []
        }
    }

    private static let words = ["--secure-port=6443", "--etcd-servers=https://127.0.0.1:2379"]

    @Test(
        "end what a kubelet leaves running, by the manifest's words, and a second time where that is needed"
    )
    func left() throws {
        let host = try Host()
        try host.write("kube-apiserver", Self.words)
        try host.write("kube-controller-manager", ["--leader-elect=true"])
        let server = try host.start("kube-apiserver", Self.words, terms: 2)
        let manager = try host.start("kube-controller-manager", ["--leader-elect=true"])
        let result = try host.run("stop")
        #expect(result.status == 0, "\(result.errorText)")
        #expect(!server.isRunning && !manager.isRunning)
        #expect(host.left.isEmpty)
    }

    @Test(
        "leave another cluster's alone, which has their name",
        arguments: [
            ["--secure-port=7443", "--etcd-servers=https://127.0.0.1:2379"], [],
            ["--etcd-servers=https://127.0.0.1:2379"], words + ["--more"],
        ]
    )
    func decoy(_ other: [String]) throws {
        let host = try Host()
        try host.write("kube-apiserver", Self.words)
        let decoy = try host.start("kube-apiserver", other)
        let result = try host.run("stop")
        #expect(result.status == 0, "\(result.errorText)")
        #expect(decoy.isRunning)
    }

    @Test(
        "know a pod by quoted words, and by its control group where its manifest was changed since"
    )
    func known() throws {
        let host = try Host()
        try host.write("kube-scheduler", ["\"--bind-address=127.0.0.1\""])
        try host.write("kube-apiserver", ["--changed=since"])
        let scheduler = try host.start("kube-scheduler", ["--bind-address=127.0.0.1"])
        #expect(try host.run("stop").status == 0)
        #expect(!scheduler.isRunning)
    }

    @Test(
        "refuse a host without an API server's manifest, and two of one pod, and move nothing over another"
    )
    func refused() throws {
        let host = try Host()
        try host.write("kube-scheduler", ["--a"])
        let none = try host.run("stop")
        #expect(none.status == 1)
        #expect(
            none.errorText.contains(
                "there is no \(host.root)/kubernetes/manifests/kube-apiserver.yaml"
            )
        )
        try host.write("kube-apiserver", ["--a"])
        try host.write("kube-scheduler", ["--b"])
        let twice = try host.run("stop")
        #expect(twice.status == 1)
        #expect(twice.errorText.contains("kube-scheduler.yaml is in"))
        #expect(host.left == ["kube-apiserver.yaml", "kube-scheduler.yaml"])
    }

    @Test(
        "are the same twice, and bring back what was there, once it is ready",
        arguments: ["/bin/sh", "/bin/bash"]
    )
    func again(shell: String) throws {
        let host = try Host()
        try host.tools.write("echo \"$@\" >>\"\(host.root)/asked\"; printf 200", as: "curl")
        try host.write("kube-apiserver", Self.words)
        try host.write("kube-scheduler", ["--a"])
        for _ in 1...2 { #expect(try host.run("stop", shell: shell).status == 0) }
        try host.start("kube-apiserver", Self.words)
        try host.start("kube-scheduler", ["--a"])
        for _ in 1...2 {
            let result = try host.run("start", shell: shell)
            #expect(result.status == 0, "\(result.errorText)")
        }
        #expect(host.left == ["kube-apiserver.yaml", "kube-scheduler.yaml"])
        #expect(
            !FileManager.default.fileExists(
                atPath: "\(host.root)/kubernetes/rekindle-control-plane"
            )
        )
        let asked = try String(contentsOfFile: "\(host.root)/asked", encoding: .utf8)
        #expect(asked.contains("https://127.0.0.1:6443/readyz"))
    }

    @Test("wait for /readyz, not for a process")
    func ready() throws {
        let host = try Host()
        // not ready three times
        try host.tools.write(
            "n=$(cat \(host.root)/n 2>/dev/null); n=$((n + 1)); echo $n >\(host.root)/n\n"
                + "[ $n -gt 3 ] && printf 200 || printf 500",
            as: "curl"
        )
        try host.write("kube-apiserver", Self.words)
        try host.start("kube-apiserver", Self.words)
        let result = try host.run("start")
        #expect(result.status == 0, "\(result.errorText)")
        let asked = try String(contentsOfFile: "\(host.root)/n", encoding: .utf8)
        #expect(asked == "4\n")
    }

    @Test("restart the kubelet where a pod does not come, which ends its back-off")
    func backOff() throws {
        let host = try Host()
        try host.tools.write("printf 200", as: "curl")
        // the kubelet's restart is what starts it
        try host.write("kube-apiserver", Self.words)
        try host.tools.write("while :; do sleep 0.05; done", as: "kube-apiserver")
        let words = Self.words.joined(separator: " ")
        try host.tools.write(
            """
            case $1 in
            restart) kube-apiserver \(words) </dev/null >/dev/null 2>&1 & echo $! >\(host.root)/pid ;;
            esac
            """,
            as: "systemctl"
        )
        let result = try host.run("start")
        let pid = try String(contentsOfFile: "\(host.root)/pid", encoding: .utf8)
        if let pid = pid_t(pid.dropLast()) { kill(pid, SIGKILL) }
        #expect(result.status == 0, "\(result.errorText)")
        #expect(result.errorText.contains("no kube-apiserver after 8 s, perhaps in back-off"))
    }
}
