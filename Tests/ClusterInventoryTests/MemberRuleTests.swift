import ClusterInventory
import TestSupport
import Testing

@Suite("Inventory: between members")
struct MemberRuleTests {
    @Test("says which members clash, and where", arguments: cases)
    func clash(_ inventory: MarkedInventory) {
        #expect(inventory.findings() == inventory.wanted)
    }

    static let cases: [MarkedInventory] = [
        members(
            "an even number",
            "{name: a, host: ha, initial-advertise-peer-urls: [http://ha:1]}",
            "1️⃣{name: b, host: hb, initial-advertise-peer-urls: [http://hb:1]}",
            expected: [
                Expected(
                    "1️⃣",
                    "warning: an even number of members: 2\n"
                        + "HINT: 2 tolerate the loss of 0, as 1 would; 3 tolerate 1"
                )
            ]
        ),
        members(
            "one name twice",
            "{name: a, host: ha, initial-advertise-peer-urls: [http://ha:1]}",
            "{name: A, host: hb, initial-advertise-peer-urls: [http://hb:1]}",
            "{name: 1️⃣a, host: hc, initial-advertise-peer-urls: [http://hc:1]}",
            expected: [
                Expected(
                    "1️⃣",
                    "error: member name \"a\" is given twice\nHINT: it is first given on line 3"
                )
            ]
        ),
        members(
            "one URL twice, once in capitals, and one for peers and clients",
            "{name: a, host: ha, initial-advertise-peer-urls: [http://ha:1]}",
            "{name: b, host: hb, initial-advertise-peer-urls: [1️⃣http://ha:1, http://hb:1]}",
            """
            {name: c, host: hc, initial-advertise-peer-urls: [2️⃣http://HB:1], \
            advertise-client-urls: [3️⃣http://hb:1]}
            """,
            expected: [
                Expected(
                    "1️⃣",
                    "error: URL \"http://ha:1\" is given twice\nHINT: it is first given on line 3"
                ),
                Expected(
                    "2️⃣",
                    "error: URL \"http://HB:1\" leads to the same place as \"http://hb:1\"\n"
                        + "HINT: that is on line 4"
                ),
                Expected(
                    "3️⃣",
                    "error: URL \"http://hb:1\" is given twice\nHINT: it is first given on line 4"
                ),
            ]
        ),
        members(
            "one data directory and one unit for two members of a host",
            "{name: a, host: h, initial-advertise-peer-urls: [http://h:1], etcd: {data-dir: /d/e}}",
            """
            1️⃣{name: b, host: h, initial-advertise-peer-urls: [http://h:2], \
            etcd: {data-dir: /d/e/b}}
            """,
            """
            {name: c, host: h, initial-advertise-peer-urls: [http://h:3], \
            etcd: {data-dir: /d/e}, ssh: {port: 2222}}
            """,
            expected: [
                Expected(
                    "1️⃣",
                    "error: member \"b\" and member \"a\" share a directory on h: "
                        + "data-dir \"/d/e/b\" and data-dir \"/d/e\"\n"
                        + "HINT: give each its own, in the member's own etcd section"
                ),
                Expected(
                    "1️⃣",
                    "error: member \"b\" and member \"a\" are one service on h: etcd.service\n"
                        + "HINT: give each its own unit, in the member's own service section"
                ),
            ]
        ),
        members(
            "directories side by side on one host, the name of one beginning that of the other",
            "{name: a, host: h, initial-advertise-peer-urls: [http://h:1], etcd: {data-dir: /d/e}}",
            """
            {name: b, host: h, initial-advertise-peer-urls: [http://h:2], \
            etcd: {data-dir: /d/e2}, service: {unit: b.service}}
            """,
            """
            {name: c, host: h, initial-advertise-peer-urls: [http://h:3], \
            etcd: {data-dir: /d/e3, wal-dir: /d/e3-wal}, service: {unit: c.service}}
            """,
            expected: []
        ),
        members(
            "http here and https there",
            "{name: a, host: ha, initial-advertise-peer-urls: [https://ha:1]}",
            "{name: b, host: hb, initial-advertise-peer-urls: [1️⃣http://hb:1]}",
            "{name: c, host: hc, initial-advertise-peer-urls: [http://hc:1]}",
            expected: [
                Expected(
                    "1️⃣",
                    "warning: peer URLs are http here and https there\n"
                        + "HINT: the first, on line 3, is https"
                )
            ]
        ),
        members(
            "addresses that lead nowhere or back",
            "{name: a, host: ha, initial-advertise-peer-urls: [1️⃣http://0.0.0.0:1]}",
            "{name: b, host: hb, initial-advertise-peer-urls: [2️⃣http://127.0.0.1:1]}",
            "{name: c, host: hc, initial-advertise-peer-urls: [3️⃣\"http://[::]:1\"]}",
            expected: [
                Expected(
                    "1️⃣",
                    "error: URL \"http://0.0.0.0:1\" advertises the address that means all\n"
                        + "HINT: advertise the address at which the others reach this member"
                ),
                Expected(
                    "2️⃣",
                    "warning: URL \"http://127.0.0.1:1\" is reachable from its own host only\n"
                        + "HINT: advertise the address at which the others reach this member"
                ),
                Expected(
                    "3️⃣",
                    "error: URL \"http://[::]:1\" advertises the address that means all\n"
                        + "HINT: advertise the address at which the others reach this member"
                ),
            ]
        ),
    ]

    private static func members(
        _ title: String,
        _ members: String...,
        expected: [Expected]
    ) -> MarkedInventory {
        var inventory = MarkedInventory(
            title,
            "cluster: {name: prod}\nmembers:\n"
                + members.map { "  - \($0)\n" }.joined()
        )
        inventory.expected = expected
        return inventory
    }

    @Test("says what is wrong with a default once, however many members have it")
    func defaultsOnce() {
        let inventory = Self.members(
            "defaults",
            "{name: a, host: ha, initial-advertise-peer-urls: [http://ha:1]}",
            "{name: b, host: hb, initial-advertise-peer-urls: [http://hb:1], ssh: {user: x}}",
            """
            {name: c, host: hc, initial-advertise-peer-urls: [http://hc:1]}
            etcd: {data-dir: 1️⃣relative}
            ssh: {port: 2️⃣no}
            """,
            expected: [
                Expected(
                    "1️⃣",
                    "error: data-dir \"relative\" is not absolute\nHINT: begin it with \"/\""
                ),
                Expected(
                    "2️⃣",
                    "error: \"port\" in ssh must be a number from 1 to 65535, not \"no\""
                ),
            ]
        )
        #expect(inventory.findings() == inventory.wanted)
    }

    @Test("tells the errors of every part of a file at once, in the order of the file")
    func everythingAtOnce() {
        let inventory = MarkedInventory(
            "everything",
            """
            cluster: {name: 1️⃣my prod}
            etcd: {data-dir: 2️⃣/var}
            ssh: {3️⃣prot: 22, become: 4️⃣root}
            members:
              - {name: 5️⃣a b, host: h, initial-advertise-peer-urls: [6️⃣h:2380]}
              - 7️⃣{name: b, host: i}
            groups: {g: 8️⃣one}
            objectives: {rto: 9️⃣soon}
            """,
            Expected(
                "1️⃣",
                "error: cluster name \"my prod\" is not usable in file names\n"
                    + "HINT: use at most 64 letters, digits, \".\", \"_\" and \"-\", "
                    + "a letter or digit first"
            ),
            Expected(
                "2️⃣",
                "error: data-dir \"/var\" is a directory of the system\n"
                    + "HINT: a restore renames it aside; give the directory that is etcd's alone"
            ),
            Expected("3️⃣", "error: unknown key \"prot\" in ssh\nHINT: did you mean \"port\"?"),
            Expected(
                "4️⃣",
                "error: unknown \"become\" in ssh: \"root\"\nHINT: known: none, sudo, doas"
            ),
            Expected("5️⃣", "error: member name \"a b\" has a blank or control character in it"),
            Expected(
                "6️⃣",
                "error: peer URL \"h:2380\" has no scheme\n"
                    + "HINT: write http:// or https:// before it"
            ),
            Expected("7️⃣", "error: \"initial-advertise-peer-urls\" is missing in member \"b\""),
            Expected(
                "7️⃣",
                "warning: an even number of members: 2\n"
                    + "HINT: 2 tolerate the loss of 0, as 1 would; 3 tolerate 1"
            ),
            Expected(
                "8️⃣",
                "error: \"g\" in groups must be a list, not a single value\n"
                    + "HINT: write [one, two], or one per line after \"- \""
            ),
            Expected(
                "9️⃣",
                "error: \"rto\" in objectives is not a time: \"soon\"\n"
                    + "HINT: write it as 45s, 15m, 6h, 1h30m or 2d"
            )
        )
        #expect(inventory.findings() == inventory.wanted)
    }
}
