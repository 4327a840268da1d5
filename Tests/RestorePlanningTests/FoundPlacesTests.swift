import ClusterInventory
import Foundation
import RemoteHost
import RestorePlanning
import TestSupport
import Testing

/// The look at a host, run by a real shell on places that are made for it.
@Suite("Where etcd is found that no usual unit runs")
struct FoundPlacesTests {
    /// A host's places below a directory of its own.
    private final class Places {
        let root: String

        init(_ script: String) throws {
            // etcdctl of this machine is not in the PATH
            let made = try ShellProcess(
                """
                d=$(mktemp -d) && cd $d && mkdir manifests proc bin path || exit 1
                for t in sh awk grep sed sort head base64 tr cut readlink dirname cat; do
                  ln -s "$(command -v $t)" path/$t
                done
                { \(script)
                } && printf %s "$d"
                """
            )
            .finish()
            try #require(made.status == 0, "\(made.errorText)")
            root = made.outputText
        }

        deinit { try? FileManager.default.removeItem(atPath: root) }

        func write(_ script: String, to name: String) throws {
            try ProgramFolder(at: "\(root)/\(MemberPaths.parent(of: name))", tools: [])
                .write(script, as: name.split(separator: "/").last.map(String.init) ?? name)
        }

        func look(shell: String = "/bin/sh") throws -> EtcdPlaces {
            let command = EtcdPlaces.command(
                manifests: "\(root)/manifests",
                kubelet: "\(root)/kubelet.yaml",
                processes: "\(root)/proc"
            )
            let result = try ShellProcess(
                command.shellLine(become: .none),
                shell: shell,
                environment: ["PATH=\(root)/path"]
            )
            .finish()
            #expect(result.errorOutput.isEmpty, "\(result.errorText)")
            return try #require(EtcdPlaces(result.outputText), "\(result.outputText)")
        }
    }

    static let shells = ["/bin/sh", "/bin/dash", "/bin/bash"]
        .filter(FileManager.default.isExecutableFile(atPath:))

    static let manifests = [
        (
            "flow style",
            "{apiVersion: v1, kind: Pod, spec: {containers: [{name: etcd, command: [/bin/etcd, --name=a]}]}}"
        ),
        (
            "JSON with tabs",
            "{\n\t\"kind\": \"Pod\",\n\t\"spec\": {\n\t\t\"containers\": [\n\t\t\t{\"name\": \"etcd\", "
                + "\"command\": [\"etcd\", \"--name=a\"]}\n\t\t]\n\t}\n}"
        ),
        (
            "quoted words",
            "spec:\n  containers:\n  - name: x\n    command: [\"/usr/local/bin/etcd\",\n      \"--name=a\"]"
        ),
    ]

    @Test("a static pod's manifest may be YAML in either style, or JSON", arguments: manifests)
    func manifest(style: String, text: String) throws {
        let places = try Places(
            "cat >manifests/db.json <<'EOF'\n\(text)\nEOF\n"
                + "echo 'spec: {containers: [{name: api, command: [x, --etcd-servers=y]}]}' "
                + ">manifests/api.yaml"
        )
        for shell in Self.shells {
            #expect(try places.look(shell: shell).manifests == ["\(places.root)/manifests/db.json"])
        }
    }

    @Test("manifests are looked for where the kubelet's configuration has them, too")
    func kubelet() throws {
        let places = try Places(
            "mkdir pods; echo \"staticPodPath: $PWD/pods/\" >kubelet.yaml\n"
                + "echo '{spec: {containers: [{name: etcd}]}}' >pods/etcd.manifest"
        )
        #expect(try places.look().manifests == ["\(places.root)/pods/etcd.manifest"])
    }

    @Test("a process that nothing starts is told with its words, and whether it is in a container")
    func process() throws {
        let places = try Places(
            """
            for p in 1 41 42 43; do mkdir -p proc/$p/ns; done
            ln -s mnt:1 proc/1/ns/mnt; ln -s mnt:1 proc/41/ns/mnt; ln -s mnt:2 proc/42/ns/mnt
            for p in 1 41 42 43; do echo etcd >proc/$p/comm; done
            echo systemd >proc/1/comm
            printf 'x\\0' >proc/1/cmdline
            printf 'etcd\\0--name\\0a\\033[2Jb\\0' >proc/41/cmdline
            printf '/usr/local/bin/etcd\\0' >proc/42/cmdline
            : >proc/43/cmdline
            """
        )
        for shell in Self.shells {
            let found = try places.look(shell: shell).processes
            #expect(found.map(\.id) == ["41", "42"])
            #expect(found.map(\.isInContainer) == [false, true])
            #expect(found.map(\.words) == ["etcd --name a?[2Jb", "/usr/local/bin/etcd"])
        }
    }

    /// A host with Debian's etcd.service and a manifest; `state` is what systemd says of the unit.
    private func kubeadmHost(_ state: String, process: String?) throws -> Places {
        let places = try Places(
            """
            printf 'spec: {containers: [{name: etcd, command: [etcd, --data-dir=/var/lib/etcd, --name=a]}]}' \
              >manifests/etcd.yaml
            """
                + (process.map {
                    "\nmkdir -p proc/7; echo etcd >proc/7/comm; printf '\($0)' >proc/7/cmdline"
                } ?? "")
        )
        try places.write(
            """
            case $1 in
            list-units) echo etcd.service loaded ;;
            show) printf 'ExecStart={ path=/usr/bin/etcd ; argv[]=x ; }\\nId=etcd.service\\n\(state)' ;;
            esac
            """,
            to: "path/systemctl"
        )
        return places
    }

    @Test(
        "of a unit and a manifest on one host the one that runs is taken, else the one that a boot would start",
        arguments: [
            (
                "ActiveState=inactive\\nUnitFileState=disabled\\n",
                "etcd\\0--data-dir=/var/lib/etcd\\0--name=a\\0", true
            ),
            ("ActiveState=inactive\\nUnitFileState=disabled\\n", nil, true),
            ("ActiveState=inactive\\nUnitFileState=enabled\\n", nil, nil),
            ("ActiveState=active\\nUnitFileState=enabled\\n", nil, false),
            // a process of another pod is not the manifest's
            ("ActiveState=active\\nUnitFileState=enabled\\n", "etcd\\0--data-dir=/other\\0", false),
            (
                "ActiveState=active\\nUnitFileState=enabled\\n",
                "etcd\\0--data-dir=/var/lib/etcd\\0--name=a\\0", nil
            ),
        ]
            as [(String, String?, Bool?)]
    )
    func likeliest(_ state: String, _ process: String?, _ isPod: Bool?) throws {
        let places = try kubeadmHost(state, process: process)
        let found = try places.look()
        #expect(found.services.count == 2)
        let chosen = found.likeliest(of: found.services)
        #expect(chosen.count == (isPod == nil ? 2 : 1))
        if let isPod { #expect((chosen.first?.kind == .staticPod) == isPod) }
    }

    @Test("programs beside etcd are found where its unit, a link of it, or its process leads")
    func programs() throws {
        let linked = try Places("mkdir real; : >real/etcd; ln -s ../real/etcd bin/etcd")
        try linked.write("", to: "real/etcdctl")
        try linked.write(
            """
            case $1 in
            list-units) echo kv.service loaded ;;
            show) echo "ExecStart={ path=\(linked.root)/bin/etcd ; argv[]=x ; }"; echo Id=kv.service ;;
            esac
            """,
            to: "path/systemctl"
        )
        let found = try linked.look()
        #expect(found.units == ["kv.service"])
        #expect(found.binDir(of: ServiceSettings(unit: "kv.service")) == "\(linked.root)/real")

        let process = try Places(
            "mkdir -p proc/7; echo etcd >proc/7/comm\n"
                + "printf etcd >proc/7/cmdline; : >bin/etcd; cp /usr/bin/true bin/etcdctl\n"
                + "ln -s \"$PWD/bin/etcd\" proc/7/exe"
        )
        #expect(
            try process.look().binDir(of: ServiceSettings(unit: "any.service"))
                == "\(process.root)/bin"
        )
    }
}
