import RestorePlanning
import Testing

@Suite("What a unit tells etcd")
struct EtcdConfigurationTests {
    @Test("environment, flags and file, as etcd weighs them", arguments: cases)
    func decide(given: Case) {
        let decided = EtcdConfiguration.decide(
            environment: given.environment,
            arguments: given.arguments,
            file: given.file
        )
        #expect(decided.values == given.wanted)
        #expect(decided.unreadableFile == given.unreadable)
    }

    @Test("an empty value is none")
    func empty() {
        let decided = EtcdConfiguration.decide(
            environment: ["ETCD_WAL_DIR": "", "ETCD_DATA_DIR": ""],
            arguments: [],
            file: nil
        )
        #expect(decided["wal-dir"] == nil)
        #expect(decided["data-dir"] == nil)
        #expect(decided["name"] == nil)
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var title: String
        var environment: [String: String] = [:]
        var arguments: [String] = []
        var file: String?
        var wanted: [String: String] = [:]
        var unreadable: String?

        var testDescription: String { title }
    }

    static let cases: [Case] = [
        Case(title: "nothing"),
        Case(
            title: "an environment, with what is not etcd's",
            environment: [
                "ETCD_NAME": "a", "ETCD_DATA_DIR": "/a b/", "ETCD_WAL_DIR": "/w", "HOME": "/x",
                "ETCD_INITIAL_CLUSTER": "a=http://a:2380,b=http://b:2380",
            ],
            wanted: [
                "name": "a", "data-dir": "/a b", "wal-dir": "/w",
                "initial-cluster": "a=http://a:2380,b=http://b:2380",
            ]
        ),
        Case(
            title: "the WAL's own place written out, which is no other directory",
            environment: ["ETCD_DATA_DIR": "/d//", "ETCD_WAL_DIR": "/d/./member/wal"],
            wanted: ["data-dir": "/d"]
        ),
        Case(
            title: "flags of every form",
            arguments: [
                "--name=a", "-data-dir", "/d", "--wal-dir", "/w", "--client-cert-auth",
                "--listen-client-urls=http://x:1,http://y:2", "--enable-pprof", "--quota=a=b",
            ],
            wanted: [
                "name": "a", "data-dir": "/d", "wal-dir": "/w", "client-cert-auth": "true",
                "listen-client-urls": "http://x:1,http://y:2", "enable-pprof": "true",
                "quota": "a=b",
            ]
        ),
        Case(
            title: "a flag over a variable",
            environment: ["ETCD_NAME": "variable", "ETCD_WAL_DIR": "/w"],
            arguments: ["--name=flag"],
            wanted: ["name": "flag", "wal-dir": "/w"]
        ),
        Case(
            title: "a configuration file, which is then all that counts",
            environment: ["ETCD_NAME": "variable", "ETCD_DATA_DIR": "/d"],
            arguments: ["--config-file=/etc/etcd.yaml", "--wal-dir=/w"],
            file: "name: file\nquota-backend-bytes: 8589934592\nforce-new-cluster: false\n"
                + "wal-dir:\nclient-transport-security: {cert-file: /x}\n",
            wanted: [
                "name": "file", "quota-backend-bytes": "8589934592", "force-new-cluster": "false",
                "cert-file": "/x",
            ]
        ),
        Case(
            title: "a configuration file by its variable",
            environment: ["ETCD_CONFIG_FILE": "/c"],
            file: "name: file",
            wanted: ["name": "file"]
        ),
        Case(
            title: "a configuration file that is not there",
            environment: ["ETCD_CONFIG_FILE": "/c", "ETCD_NAME": "a"],
            unreadable: "/c"
        ),
        Case(
            title: "a configuration file that is no YAML",
            arguments: ["--config-file", "/c"],
            file: "name: [",
            unreadable: "/c"
        ),
        Case(
            title: "a configuration file that is a list",
            arguments: ["--config-file", "/c"],
            file: "- name",
            unreadable: "/c"
        ),
        Case(
            title: "no configuration file named: none is read",
            environment: ["ETCD_CONFIG_FILE": "", "ETCD_NAME": "a"],
            file: "name: file",
            wanted: ["config-file": "", "name": "a"]
        ),
    ]
}
