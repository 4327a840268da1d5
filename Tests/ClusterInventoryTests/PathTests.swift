import ClusterInventory
import TestSupport
import Testing

@Suite("Inventory: paths on a host")
struct PathTests {
    @Test("says what is wrong with a path, and where", arguments: cases)
    func path(_ inventory: MarkedInventory) {
        #expect(inventory.findings() == inventory.wanted)
    }

    static let cases: [MarkedInventory] = [
        .top(
            "relative paths",
            "etcd: {data-dir: 1️⃣etcd, cacert: 2️⃣ca.crt, bin-dir: 3️⃣~/bin}",
            Expected("1️⃣", "error: data-dir \"etcd\" is not absolute\nHINT: begin it with \"/\""),
            Expected("2️⃣", "error: cacert \"ca.crt\" is not absolute\nHINT: begin it with \"/\""),
            Expected("3️⃣", "error: bin-dir \"~/bin\" is not absolute\nHINT: begin it with \"/\"")
        ),
        .top(
            "a path that climbs",
            "etcd: {data-dir: 1️⃣/var/lib/../etcd}",
            Expected("1️⃣", "error: data-dir \"/var/lib/../etcd\" has \"..\" in it")
        ),
        .top("a path with a trailing slash", "etcd: {data-dir: /var/lib/etcd/}"),
        .top(
            "a system's directory in a roundabout way",
            "etcd: {data-dir: 1️⃣//var/./lib/}",
            Expected(
                "1️⃣",
                "error: data-dir \"//var/./lib/\" is a directory of the system\n"
                    + "HINT: a restore renames it aside; give the directory that is etcd's alone"
            )
        ),
        .top(
            "a line end in a path",
            "etcd: {data-dir: 1️⃣\"/var/lib/etcd\\n\"}",
            Expected(
                "1️⃣",
                "error: data-dir \"/var/lib/etcd\\u{a}\" has a control character in it"
            )
        ),
        .top(
            "an account that chown would split",
            "etcd: {user: 1️⃣\"etcd:root\", group: 2️⃣-R}",
            Expected("1️⃣", "error: user \"etcd:root\" is not the name of an account"),
            Expected("2️⃣", "error: group \"-R\" is not the name of an account")
        ),
        .top(
            "a user of etcd without its password's file",
            "etcd: {auth-user: 1️⃣root}",
            Expected(
                "1️⃣",
                "error: \"auth-user\" is given without \"auth-password-file\" in etcd\n"
                    + "HINT: give both, or neither"
            )
        ),
        .top(
            "a password's file without its user",
            "etcd: {auth-password-file: 1️⃣pw}",
            Expected(
                "1️⃣",
                "error: \"auth-password-file\" is given without \"auth-user\" in etcd\n"
                    + "HINT: give both, or neither"
            )
        ),
        .top(
            "a password's file of somebody else's home",
            "etcd: {auth-user: root, auth-password-file: 1️⃣~eve/pw}",
            Expected(
                "1️⃣",
                "error: \"auth-password-file\" in etcd is not a path that can be used\n"
                    + "HINT: it is a file on this machine with the password in it: begin it with \"/\" "
                    + "or \"~/\", or write it relative to the inventory"
            )
        ),
        .top(
            "a certificate without its key",
            "etcd: {cert: 1️⃣/c}",
            Expected(
                "1️⃣",
                "error: \"cert\" is given without \"key\" in etcd\nHINT: give both, or neither"
            )
        ),
        .top(
            "a key without its certificate",
            "etcd: {key: 1️⃣/k}",
            Expected(
                "1️⃣",
                "error: \"key\" is given without \"cert\" in etcd\nHINT: give both, or neither"
            )
        ),
        .top(
            "a WAL in the data directory",
            "etcd: {data-dir: /d/etcd, wal-dir: 1️⃣/d/etcd/log}",
            Expected(
                "1️⃣",
                "error: wal-dir \"/d/etcd/log\" lies in the data-dir \"/d/etcd\"\n"
                    + "HINT: leave wal-dir out for etcd's own place in it, "
                    + "or give it one elsewhere"
            )
        ),
        .top(
            "a WAL that is the data directory",
            "etcd: {data-dir: /d/etcd, wal-dir: 1️⃣/d/etcd}",
            Expected(
                "1️⃣",
                "error: wal-dir \"/d/etcd\" is the data-dir\n"
                    + "HINT: leave wal-dir out: etcd then keeps its log in the data-dir"
            )
        ),
        .member(
            "a WAL around the data directory of one member",
            "etcd: {data-dir: /d/etcd/data, wal-dir: 1️⃣/d/etcd}",
            Expected(
                "1️⃣",
                "error: wal-dir \"/d/etcd\" holds the data-dir \"/d/etcd/data\"\n"
                    + "HINT: give them directories of their own"
            )
        ),
    ]

    @Test(
        "refuses to rename a directory of the system aside",
        arguments: ["/", "/var", "/var/lib", "/home", "/srv", "/usr/local", "/dev/shm"],
        ["data-dir", "wal-dir"]
    )
    func systemDirectory(_ path: String, key: String) {
        let inventory = MarkedInventory.top(
            path,
            "etcd: {\(key): 1️⃣\(path)}",
            Expected(
                "1️⃣",
                "error: \(key) \"\(path)\" is a directory of the system\n"
                    + "HINT: a restore renames it aside; give the directory that is etcd's alone"
            )
        )
        #expect(inventory.findings() == inventory.wanted)
    }

    @Test("accepts a directory of its own", arguments: ["/etcd", "/var/lib/etcd", "/dev/shm/e 1"])
    func ownDirectory(_ path: String) {
        #expect(MarkedInventory.top(path, "etcd: {data-dir: \(path)}").findings() == [])
    }
}
