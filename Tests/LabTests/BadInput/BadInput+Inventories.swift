import Foundation

extension BadInput {
    /// Inventory files: refused with file, line and column before any host is asked.
    static let inventories: [BadInput] = [
        inventory("an inventory that is not there") { bench in
            let path = bench.path("none.yaml")
            return (path, [path, "cannot read the inventory", "no such file", "--inventory"])
        },
        inventory("a directory as the inventory") { bench in
            let path = try bench.makeFolder("inventory")
            return (path, [path, "is a directory"])
        },
        inventory("an empty inventory") { bench in
            let path = try bench.write("", "empty.yaml")
            return (path, ["\(path): error:", "there is nothing in the file", "inventory.example"])
        },
        inventory("an inventory that is no YAML") { bench in
            let text = try bench.inventoryText.swapping("members:", "members: [")
            let path = try bench.write(text, "broken.yaml")
            return (path, ["\(path):", "error: not valid YAML"])
        },
        inventory("an inventory that is not UTF-8") { bench in
            let text = try bench.inventoryText.swapping("name: lab", "name: l")
            var bytes = Data(text.utf8)
            bytes.insert(0xE4, at: Data("cluster:\n  name: l".utf8).count)
            let path = try bench.write(bytes, "latin1.yaml")
            return (path, ["\(path):2:10: error: the file is not UTF-8", "save it as UTF-8"])
        },
        inventory("a snapshot in the inventory's place") { bench in
            (bench.snapshot, [bench.snapshot, "not a snapshot or an archive"])
        },
        edited("an unknown key", "port: 22", "prot: 22", at: "prot") {
            ["unknown key \"prot\"", "port"]
        },
        edited("the same key twice", "port: 22", "port: 22\n  port: 23", at: "port: 23") {
            ["key \"port\"", "twice"]
        },
        edited("two members of one name", "name: etcd-2", "name: etcd-1", at: nil) {
            ["etcd-1"]
        },
        inventory("two members with one peer URL") { bench in
            let (first, second) = (bench.addresses[0], bench.addresses[1])
            let path = try bench.inventory("https://\(second):2380", "https://\(first):2380")
            return (path, ["\(path):", "https://\(first):2380"])
        },
        inventory("a peer URL with a path") { bench in
            let url = "https://\(bench.addresses[1]):2380"
            let path = try bench.inventory(url, "\(url)/etcd")
            return (path, ["\(path):", "\(url)/etcd", "path"])
        },
        inventory("a peer URL without a port") { bench in
            let url = "https://\(bench.addresses[1])"
            let path = try bench.inventory("\(url):2380", url)
            return (path, ["\(path):", "\(url)", "port"])
        },
        inventory("an inventory without members") { bench in
            let text = bench.inventoryText
            let end = text.range(of: "members:")?.lowerBound ?? text.endIndex
            let path = try bench.write(text[..<end] + "members: []\n", "inventory.yaml")
            return (
                path, ["\(path):19:10: error: there are no members", "initial-advertise-peer-urls"]
            )
        },
        edited(
            "a duration that is none",
            "members:",
            "objectives: {rto: fast}\nmembers:",
            at: "fast"
        ) { ["rto", "fast", "15m"] },
        edited("an unknown way to become root", "become: sudo", "become: pbrun", at: "pbrun") {
            ["become", "pbrun", "none", "sudo", "doas"]
        },
        edited(
            "a jump host with an option of ssh in it",
            "become: sudo",
            "become: sudo\n  jump: -oProxyCommand=reboot@bastion",
            at: "-oProxyCommand"
        ) {
            ["jump", "-oProxyCommand=reboot@bastion", "user@host:port"]
        },
        edited("a list of no known_hosts", "known-hosts: ", "known-hosts: [] # ", at: "[] #") {
            ["names no file", "always verified"]
        },
        inventory("an inventory with three mistakes, all of which are told") { bench in
            let text = try bench.inventoryText.swapping("port: 22", "port: 99999")
                .swapping("become: sudo", "become: pbrun")
                .swapping("data-dir: /var/lib/etcd", "data-dir: var/lib/etcd")
            let path = try bench.write(text, "inventory.yaml")
            let places = try ["var/lib/etcd", "99999", "pbrun"].map { try text.place(of: $0) }
            return (path, places.map { "\(path):\($0): error:" })
        },
    ]

    private static func inventory(
        _ name: String,
        _ make: @escaping @Sendable (Bench) throws -> (path: String, says: [String])
    ) -> BadInput {
        BadInput(name, status: 65) { bench in
            let (path, says) = try make(bench)
            return Attempt(arguments: ["-i", path, "--snapshot", bench.snapshot], says: says)
        }
    }

    /// The good inventory with one text exchanged; the message points at `at`.
    private static func edited(
        _ name: String,
        _ old: String,
        _ new: String,
        at: String?,
        _ says: @escaping @Sendable () -> [String]
    ) -> BadInput {
        inventory(name) { bench in
            let text = try bench.inventoryText.swapping(old, new)
            let path = try bench.write(text, "inventory.yaml")
            let place = try at.map { "\(path):\(try text.place(of: $0)): error:" } ?? "\(path):"
            return (path, [place] + says())
        }
    }
}
