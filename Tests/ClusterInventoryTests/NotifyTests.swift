import ClusterInventory
import FoundationEssentials
import Testing

@Suite("Inventory: whom a drill tells")
struct NotifyTests {
    @Test("takes an address alone, and fills in the rest")
    func minimal() throws {
        let notify = try #require(Self.read("{url: \"https://h/x\"}"))
        #expect(notify == NotifySettings(url: "https://h/x"))
        #expect(notify.when == .failure)
        #expect(notify.timeout == .seconds(10))
        #expect(notify.retries == 5)
    }

    @Test("takes every key")
    func full() throws {
        let text =
            "{url: \"http://[::1]:80?a=b\", when: always, secret-env: A_1, timeout: 1m, retries: 0}"
        #expect(
            Self.read(text)
                == NotifySettings(
                    url: "http://[::1]:80?a=b",
                    when: .always,
                    secret: .environment("A_1"),
                    timeout: .seconds(60),
                    retries: 0
                )
        )
    }

    @Test("finds the secret beside the inventory, or at home")
    func paths() {
        #expect(Self.read("{url: \"https://h\", secret-file: s}")?.secret == .file("/ops/s"))
        #expect(Self.read("{url: \"https://h\", secret-file: ~/s}")?.secret == .file("/home/me/s"))
    }

    @Test("shows where the secret is, and nothing of an address behind its host")
    func listing() throws {
        let inventory = try #require(
            Self.inventory("{url: \"https://h:8443/services/KEY\", secret-file: /s}")
        )
        let listing = InventoryListing(inventory)
        let row = try #require(listing.rows.first { $0.label == "notify" })
        #expect(
            row.value
                == "https://h:8443/…, when: failure, secret in /s, timeout 10s, retries 5"
        )
        let json = String(decoding: try JSONEncoder().encode(listing), as: UTF8.self)
        #expect(!json.contains("KEY"))
        #expect(try JSONDecoder().decode(InventoryListing.self, from: Data(json.utf8)) == listing)
        for (url, shown) in [("https://h", "https://h"), ("https://h?KEY", "https://h/…")] {
            #expect(NotifySettings(url: url).shownURL == shown)
        }
    }

    @Test("says what is wrong, and never repeats what may be secret", arguments: faults)
    func wrong(_ inventory: MarkedInventory) {
        let findings = inventory.findings()
        #expect(findings == inventory.wanted)
        #expect(!findings.joined().contains("KEY"))
    }

    static let faults: [MarkedInventory] = [
        .top(
            "no address",
            "notify: 1️⃣{when: always}",
            Expected(
                "1️⃣",
                "error: \"url\" is missing in notify\nHINT: the address that takes a POST with JSON, "
                    + "as https://hooks.example.org/drills"
            )
        ),
        .top(
            "an unknown key and an unknown occasion",
            "notify: {url: \"https://h\", 1️⃣secret: KEY, when: 2️⃣fail}",
            Expected(
                "1️⃣",
                "error: unknown key \"secret\" in notify\nHINT: it can have: url, when, secret-file, "
                    + "secret-env, timeout, retries"
            ),
            Expected(
                "2️⃣",
                "error: unknown \"when\" in notify: \"fail\"\nHINT: known: failure, always"
            )
        ),
        .top(
            "two places of the secret, a timeout for ever, too many retries",
            "notify: {url: \"https://h\", secret-file: /s, secret-env: 1️⃣S, timeout: 2️⃣1h, "
                + "retries: 3️⃣21}",
            Expected(
                "1️⃣",
                "error: notify has both \"secret-file\" and \"secret-env\"\n"
                    + "HINT: keep one of them"
            ),
            Expected(
                "2️⃣",
                "error: \"timeout\" in notify is longer than ten minutes\n"
                    + "HINT: it is for one try; a webhook that works answers within seconds"
            ),
            Expected(
                "3️⃣",
                "error: \"retries\" in notify must be a number from 0 to 20, not \"21\""
            )
        ),
        .top(
            "the secret in place of a variable's name",
            "notify: {url: \"https://h\", secret-env: 1️⃣KEY-1}",
            Expected(
                "1️⃣",
                "error: secret-env is not the name of a variable\nHINT: write the variable's name "
                    + "here, as REKINDLE_NOTIFY_SECRET, and never the secret"
            )
        ),
        url("ftp://h/KEY", "is neither https:// nor http://\nHINT: use https"),
        url("KEY", "is neither https:// nor http://\nHINT: use https"),
        url(
            "https://u:KEY@h/",
            "has user information before an \"@\"\n"
                + "HINT: give the secret with \"secret-file\" or \"secret-env\""
        ),
        url("https://h/KEY a", "has a blank or control character in it"),
        url("https://h/KEY\\nurl = x", "has a blank or control character in it"),
        url(
            "https://h/KEYé",
            "has a character that is not ASCII\nHINT: write it percent-encoded"
        ),
        url("https:///KEY", "has no host"),
        url("https://[::1/KEY", "has no host"),
        url("https://h:0/KEY", "has a port that is none\nHINT: use 1 to 65535"),
        url("https://h:/KEY", "has a port that is none\nHINT: use 1 to 65535"),
        .top(
            "a secret in the clear",
            "notify: {url: 1️⃣\"http://127.example.org/KEY\", secret-env: S}",
            Expected(
                "1️⃣",
                "error: notify url would carry the secret over the network in the clear\n"
                    + "HINT: use https, or leave the secret out"
            )
        ),
        .top(
            "a secret that does not leave this machine, and none in the clear",
            "notify: {url: \"http://127.0.0.1:80/\", secret-env: S}"
        ),
    ]

    private static func url(_ url: String, _ text: String) -> MarkedInventory {
        .top(
            "the address \(url)",
            "notify: {url: 1️⃣\"\(url)\"}",
            Expected("1️⃣", "error: notify url \(text)")
        )
    }

    private static func read(_ notify: String) -> NotifySettings? { inventory(notify)?.notify }

    private static func inventory(_ notify: String) -> Inventory? {
        let text = """
            cluster: {name: c}
            members: [{name: a, host: h, initial-advertise-peer-urls: [http://h:1]}]
            notify: \(notify)
            """
        return InventoryReader.read(Array(text.utf8), file: "f", surroundings: .test).inventory
    }
}
