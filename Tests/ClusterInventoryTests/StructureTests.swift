import ClusterInventory
import TestSupport
import Testing

@Suite("Inventory: shape of the file")
struct StructureTests {
    @Test("says what is wrong with the shape, and where", arguments: cases)
    func shape(_ inventory: MarkedInventory) {
        #expect(inventory.findings() == inventory.wanted)
    }

    static let cases: [MarkedInventory] = [
        MarkedInventory(
            "nothing",
            "",
            Expected(
                nil,
                "error: there is nothing in the file\nHINT: begin with a copy of inventory.example"
            )
        ),
        MarkedInventory(
            "only comments",
            "# to be written\n",
            Expected(
                nil,
                "error: there is nothing in the file\nHINT: begin with a copy of inventory.example"
            )
        ),
        MarkedInventory(
            "a list",
            "1️⃣- cluster",
            Expected("1️⃣", "error: the inventory must be a mapping, not a list")
        ),
        MarkedInventory(
            "a word",
            "1️⃣cluster",
            Expected("1️⃣", "error: the inventory must be a mapping, not a single value")
        ),
        MarkedInventory(
            "two documents",
            "a: b\n1️⃣---\nc: d\n",
            Expected(
                "1️⃣",
                "error: not valid YAML: but found another document expected a single document in "
                    + "the stream (line 1)\n"
                    + "HINT: look at this line and the one before it; inventory.example shows the form"
            )
        ),
        MarkedInventory(
            "a bracket that stays open",
            "cluster: {name: prod\nmembers1️⃣: []\n",
            Expected(
                "1️⃣",
                "error: not valid YAML: did not find expected ',' or '}' while parsing a flow "
                    + "mapping (line 1)\n"
                    + "HINT: look at this line and the one before it; inventory.example shows the form"
            )
        ),
        MarkedInventory(
            "a tab as indentation",
            "cluster:\n1️⃣\tname: prod\n",
            Expected("1️⃣", "error: a tab cannot be used here\nHINT: indent with spaces")
        ),
        MarkedInventory(
            "an alias without its anchor",
            "cluster: 1️⃣*other\n",
            Expected(
                "1️⃣",
                "error: not valid YAML: found undefined alias\n"
                    + "HINT: look at this line and the one before it; inventory.example shows the form"
            )
        ),
        MarkedInventory(
            "control characters",
            "cluster: {name: p1️⃣\u{7}rod}\nssh: {user: 2️⃣\u{1B}[31m}\n",
            Expected(
                "1️⃣",
                "error: control character U+0007\n"
                    + "HINT: remove it; YAML allows none but tab and line ends"
            ),
            Expected(
                "2️⃣",
                "error: control character U+001B\n"
                    + "HINT: remove it; YAML allows none but tab and line ends"
            )
        ),
        MarkedInventory(
            "a mapping with nothing that must be there",
            "1️⃣ssh: {}\n",
            Expected("1️⃣", "error: \"cluster\" is missing in the inventory"),
            Expected("1️⃣", "error: \"members\" is missing in the inventory")
        ),
        MarkedInventory(
            "keys that must have a value",
            "cluster: 1️⃣~\nmembers:2️⃣\n",
            Expected("1️⃣", "error: \"cluster\" is empty in the inventory"),
            Expected("2️⃣", "error: \"members\" is empty in the inventory")
        ),
        .top(
            "a last line that breaks off",
            "notify:\n  url: https://h\n  time1️⃣",
            Expected(
                "1️⃣",
                "error: not valid YAML: could not find expected ':' while scanning a simple key "
                    + "(line 6)\n"
                    + "HINT: look at this line and the one before it; inventory.example shows the form"
            )
        ),
        .top(
            "a misspelt section",
            "1️⃣objectvies: {rto: 1m}",
            Expected(
                "1️⃣",
                "error: unknown key \"objectvies\" in the inventory\n"
                    + "HINT: did you mean \"objectives\"?"
            )
        ),
        .top(
            "a key of a section at the top",
            "1️⃣data-dir: /var/lib/etcd\n2️⃣initial-cluster-token: auto",
            Expected(
                "1️⃣",
                "error: unknown key \"data-dir\" in the inventory\n"
                    + "HINT: \"data-dir\" belongs under \"etcd\""
            ),
            Expected(
                "2️⃣",
                "error: unknown key \"initial-cluster-token\" in the inventory\n"
                    + "HINT: \"initial-cluster-token\" belongs under \"cluster\""
            )
        ),
        .top(
            "a key that is like none",
            "service: {1️⃣timeout: 3}",
            Expected(
                "1️⃣",
                "error: unknown key \"timeout\" in service\nHINT: it can have: kind, unit, "
                    + "manifest, start, stop, status, hold, release"
            )
        ),
        .top(
            "a merge key",
            "ssh:\n  1️⃣<<: {port: 22}",
            Expected(
                "1️⃣",
                "error: unknown key \"<<\" in ssh\n"
                    + "HINT: it can have: user, port, identity-files, password, password-file, "
                    + "known-hosts, jump, jump-password, jump-password-file, config, become, "
                    + "become-password, become-password-file, legacy"
            )
        ),
        .top(
            "underscores and a shortened key",
            "etcd: {1️⃣data_dir: /d}",
            Expected(
                "1️⃣",
                "error: unknown key \"data_dir\" in etcd\nHINT: did you mean \"data-dir\"?"
            )
        ),
        .member(
            "a shortened key, and one that belongs deeper",
            "1️⃣client-urls: [], 2️⃣port: 23",
            Expected(
                "1️⃣",
                "error: unknown key \"client-urls\" in member \"a\"\n"
                    + "HINT: did you mean \"advertise-client-urls\"?"
            ),
            Expected(
                "2️⃣",
                "error: unknown key \"port\" in member \"a\"\nHINT: \"port\" belongs under \"ssh\""
            )
        ),
        .top(
            "a key twice, in four places",
            """
            ssh: {user: a, 1️⃣user: b, 2️⃣"user": c}
            groups:
              g: [x]
              3️⃣g: [y]
            4️⃣ssh: {}
            """,
            Expected(
                "1️⃣",
                "error: key \"user\" is given twice in ssh\n"
                    + "HINT: it is first given on line 4; keep one of them"
            ),
            Expected(
                "2️⃣",
                "error: key \"user\" is given twice in ssh\n"
                    + "HINT: it is first given on line 4; keep one of them"
            ),
            Expected(
                "3️⃣",
                "error: key \"g\" is given twice in groups\n"
                    + "HINT: it is first given on line 6; keep one of them"
            ),
            Expected(
                "4️⃣",
                "error: key \"ssh\" is given twice in the inventory\n"
                    + "HINT: it is first given on line 4; keep one of them"
            )
        ),
        .top(
            "a list as a key",
            "ssh: {1️⃣[a]: b}",
            Expected("1️⃣", "error: a key must be a single word")
        ),
        MarkedInventory(
            "members as a mapping",
            "cluster: {name: prod}\nmembers:\n  1️⃣a: {host: b}\n",
            Expected(
                "1️⃣",
                "error: \"members\" must be a list, not a mapping\n"
                    + "HINT: begin each member with \"- \""
            )
        ),
        MarkedInventory(
            "no members",
            "cluster: {name: prod}\nmembers: 1️⃣[]\n",
            Expected(
                "1️⃣",
                "error: there are no members\n"
                    + "HINT: list them as - {name: …, host: …, initial-advertise-peer-urls: […]}"
            )
        ),
        MarkedInventory(
            "members that say nothing",
            "cluster: {name: prod}\nmembers: [1️⃣~, 2️⃣word, 3️⃣{host: h}]\n",
            Expected("1️⃣", "error: \"name\" is missing in member 1"),
            Expected("1️⃣", "error: \"host\" is missing in member 1"),
            Expected("1️⃣", "error: \"initial-advertise-peer-urls\" is missing in member 1"),
            Expected("2️⃣", "error: member 2 must be a mapping, not a single value"),
            Expected("3️⃣", "error: \"name\" is missing in member 3"),
            Expected("3️⃣", "error: \"initial-advertise-peer-urls\" is missing in member 3")
        ),
        MarkedInventory(
            "a cluster without a name, and one that is no mapping",
            "cluster: 1️⃣{}\nmembers: 2️⃣[]\nssh: 3️⃣[a]\n",
            Expected("1️⃣", "error: \"name\" is missing in cluster"),
            Expected(
                "2️⃣",
                "error: there are no members\n"
                    + "HINT: list them as - {name: …, host: …, initial-advertise-peer-urls: […]}"
            ),
            Expected("3️⃣", "error: ssh must be a mapping, not a list")
        ),
    ]

    @Test(
        "refuses bytes that are not UTF-8 without a mark, at the first of them",
        arguments: [
            (
                [0xEF, 0xBB, 0xBF, 0x61],
                "1:1: error: the file begins with a byte order mark (UTF-8)"
            ),
            (
                [0xFF, 0xFE, 0x61, 0x00],
                "1:1: error: the file begins with a byte order mark (UTF-16, little endian)"
            ),
            (
                [0xFE, 0xFF, 0x00, 0x61],
                "1:1: error: the file begins with a byte order mark (UTF-16, big endian)"
            ),
            ([0x61, 0x0A, 0xC3, 0xA4, 0x62, 0xE4, 0x0A], "2:3: error: the file is not UTF-8"),
            ([0x61, 0xC3], "1:2: error: the file is not UTF-8"),
        ] as [([UInt8], String)]
    )
    func encoding(_ bytes: [UInt8], message: String) {
        let (inventory, diagnostics) = InventoryReader.read(
            bytes,
            file: "f",
            surroundings: .test
        )
        #expect(inventory == nil)
        #expect(diagnostics.map { $0.description.split(separator: "\n")[0] } == ["f:\(message)"])
    }

    @Test("refuses a file that is far too large before it parses it")
    func size() {
        let (_, diagnostics) = InventoryReader.read(
            [UInt8](repeating: 0x61, count: 1 << 20 + 1),
            file: "f",
            surroundings: .test
        )
        #expect(
            diagnostics.map(\.message) == [
                "the file has 1048577 bytes; 1048576 is the most that is read"
            ]
        )
    }

    @Test("ends in good time on aliases that stand for too many values")
    func aliasBomb() {
        // one anchor is not too many; what is made of it is too many values
        let uses = (1...200).map { "a\($0): *a\n" }.joined()
        let text = "a: &a [\(String(repeating: "x,", count: 1000))]\n" + uses
        let (_, diagnostics) = InventoryReader.read(
            Array(text.utf8),
            file: "f",
            surroundings: .test
        )
        #expect(diagnostics.map(\.message) == ["more than 100000 values in one file"])
    }

    @Test("refuses aliases that stand for billions of keys before anything is made of them")
    func aliasesAsKeys() {
        let levels = (1...30).map { level in
            "a\(level): &a\(level) {? [*a\(level - 1), *a\(level - 1)] : 1, ? *a\(level - 1) : 2}"
        }
        let text = "a0: &a0 x\n" + levels.joined(separator: "\n")
        let (_, diagnostics) = InventoryReader.read(
            Array(text.utf8),
            file: "f",
            surroundings: .test
        )
        #expect(
            diagnostics.map(\.message) == [
                "its aliases (`*name`) could stand for millions of values"
            ]
        )
        #expect(diagnostics.first?.line == 2)
    }

    @Test("refuses nesting that would exhaust the stack")
    func nesting() {
        let (_, diagnostics) = InventoryReader.read(
            Array(String(repeating: "[", count: 200_000).utf8),
            file: "f",
            surroundings: .test
        )
        #expect(diagnostics.count == 1)
    }

    @Test("tells at most so many repeated keys, and still says that there are more")
    func manyRepeatedKeys() {
        let text = "ssh: {" + repeatElement("user: a", count: 100).joined(separator: ", ") + "}"
        let (inventory, diagnostics) = InventoryReader.read(
            Array(text.utf8),
            file: "f",
            surroundings: .test
        )
        #expect(inventory == nil)
        #expect(diagnostics.map(\.message) == ["key \"user\" is given twice"])
    }
}
