import ClusterInventory
import TestSupport
import Testing

@Suite("Inventory: values")
struct ValueTests {
    @Test("says what is wrong with a value, and where", arguments: clusterAndMember + settings)
    func value(_ inventory: MarkedInventory) {
        #expect(inventory.findings() == inventory.wanted)
    }

    static let clusterAndMember: [MarkedInventory] = [
        MarkedInventory(
            "a cluster name for no file, a token with a blank",
            """
            cluster: {name: 1️⃣pr/od, initial-cluster-token: 2️⃣"a\\tb"}
            members: [{name: a, host: h, initial-advertise-peer-urls: [http://h:2380]}]
            """,
            Expected(
                "1️⃣",
                "error: cluster name \"pr/od\" is not usable in file names\n"
                    + "HINT: use at most 64 letters, digits, \".\", \"_\" and \"-\", "
                    + "a letter or digit first"
            ),
            Expected(
                "2️⃣",
                "error: initial-cluster-token \"a\\u{9}b\" has a blank or control character in it\n"
                    + "HINT: leave it out, or write auto"
            )
        ),
        MarkedInventory(
            "a fixed token",
            """
            cluster: {name: prod, initial-cluster-token: 1️⃣etcd-cluster}
            members: [{name: a, host: h, initial-advertise-peer-urls: [http://h:2380]}]
            """,
            Expected(
                "1️⃣",
                "warning: initial-cluster-token is fixed: a member of the old cluster could rejoin\n"
                    + "HINT: write auto, for a fresh one every run; old members are then refused"
            )
        ),
        .member(
            "a name with a comma",
            name: "1️⃣\"a,b\"",
            Expected(
                "1️⃣",
                "error: member name \"a,b\" has \",\" in it\nHINT: --initial-cluster is a list of "
                    + "name=url with commas; etcd cannot read it"
            )
        ),
        .member(
            "a name with an equals sign",
            name: "1️⃣a=b",
            Expected(
                "1️⃣",
                "error: member name \"a=b\" has \"=\" in it\nHINT: --initial-cluster is a list of "
                    + "name=url with commas; etcd cannot read it"
            )
        ),
        .member(
            "a name with a blank",
            name: "1️⃣a b",
            Expected("1️⃣", "error: member name \"a b\" has a blank or control character in it")
        ),
        .member(
            "a name with a character that nobody sees",
            name: "1️⃣\"a\\u200bb\"",
            Expected(
                "1️⃣",
                "error: member name \"a\\u{200b}b\" has a blank or control character in it"
            )
        ),
        .member(
            "an empty name",
            name: "1️⃣\"\"",
            Expected(
                "1️⃣",
                "error: \"name\" in member 1 is empty\n"
                    + "HINT: leave it out, or write ~, where there is nothing to say"
            )
        ),
        .member(
            "a name that is a list",
            name: "1️⃣[a]",
            Expected("1️⃣", "error: \"name\" in member 1 must be a single value, not a list")
        ),
        .member(
            "a host with a blank",
            host: "1️⃣my host",
            Expected("1️⃣", "error: host \"my host\" has a blank or control character in it")
        ),
        .member(
            "a host with a user",
            host: "1️⃣ops@h",
            Expected(
                "1️⃣",
                "error: host \"ops@h\" has a user in it\n"
                    + "HINT: give the host alone; the user goes under ssh"
            )
        ),
        .member(
            "a host with a port",
            host: "1️⃣h:2222",
            Expected(
                "1️⃣",
                "error: host \"h:2222\" has a port in it\nHINT: give the SSH port as ssh: {port: 2222}"
            )
        ),
        .member(
            "a host that is a URL",
            host: "1️⃣https://h",
            Expected(
                "1️⃣",
                "error: host \"https://h\" has a slash in it\n"
                    + "HINT: give a name or an address, not a URL"
            )
        ),
        .member(
            "a host in brackets",
            host: "1️⃣\"[fd00::1]\"",
            Expected(
                "1️⃣",
                "error: host \"[fd00::1]\" is in brackets\n"
                    + "HINT: an IPv6 address is written here without them"
            )
        ),
        .member(
            "a host with an octet too large",
            host: "1️⃣10.0.0.256",
            Expected("1️⃣", "error: host \"10.0.0.256\" is not an IPv4 address")
        ),
        .member(
            "a host with too many groups",
            host: "1️⃣1:2:3:4:5:6:7:8:9",
            Expected("1️⃣", "error: host \"1:2:3:4:5:6:7:8:9\" is not an IPv6 address")
        ),
        .member(
            "a host like an option",
            host: "1️⃣-oProxyCommand",
            Expected("1️⃣", "error: host \"-oProxyCommand\" is not a host name")
        ),
        .member(
            "a host outside ASCII",
            host: "1️⃣bücher.example",
            Expected(
                "1️⃣",
                "error: host \"bücher.example\" is not a host name\n"
                    + "HINT: write an international name in its xn-- form"
            )
        ),
    ]

    static let settings: [MarkedInventory] = [
        .top(
            "ports outside their range",
            "ssh: {port: 1️⃣0}",
            Expected("1️⃣", "error: \"port\" in ssh must be a number from 1 to 65535, not \"0\"")
        ),
        .member(
            "ports of a member outside their range",
            "ssh: {port: 1️⃣65536}",
            Expected(
                "1️⃣",
                "error: \"port\" in ssh of member \"a\" must be a number from 1 to 65535, "
                    + "not \"65536\""
            )
        ),
        .top(
            "a port that is no number",
            "ssh: {port: 1️⃣-22}",
            Expected("1️⃣", "error: \"port\" in ssh must be a number from 1 to 65535, not \"-22\"")
        ),
        .top(
            "a port that is a list",
            "ssh: {port: 1️⃣[22]}",
            Expected("1️⃣", "error: \"port\" in ssh must be a single value, not a list")
        ),
        .top(
            "an unknown way to root",
            "ssh: {become: 1️⃣pbrun}",
            Expected(
                "1️⃣",
                "error: unknown \"become\" in ssh: \"pbrun\"\nHINT: known: none, sudo, doas"
            )
        ),
        .top(
            "a misspelt way to root",
            "ssh: {become: 1️⃣suod}",
            Expected(
                "1️⃣",
                "error: unknown \"become\" in ssh: \"suod\"\n"
                    + "HINT: did you mean \"sudo\"? known: none, sudo, doas"
            )
        ),
        .top(
            "legacy that is neither",
            "ssh: {legacy: 1️⃣yes}",
            Expected(
                "1️⃣",
                "error: unknown \"legacy\" in ssh: \"yes\"\nHINT: known: true, false"
            )
        ),
        .top(
            "a login with a blank",
            "ssh: {user: 1️⃣a b}",
            Expected("1️⃣", "error: ssh user \"a b\" has a blank or control character in it")
        ),
        .top(
            "a password in the inventory, which is not repeated",
            "ssh: {become: sudo, become-password: 1️⃣hunter2}",
            Expected(
                "1️⃣",
                "error: \"become-password\" in ssh can only be ask\n"
                    + "HINT: a password stands in no inventory: write ask, or its file's name as "
                    + "become-password-file"
            )
        ),
        .top(
            "a password for a doas that cannot take it, from two places",
            "ssh: {become: doas, become-password: ask, become-password-file: 1️⃣/p}",
            Expected(
                "1️⃣",
                "error: both \"become-password\" and \"become-password-file\" are set\n"
                    + "HINT: ask a person, or read a file"
            ),
            Expected(
                "1️⃣",
                "error: \"become-password-file\" in ssh is for become: sudo\n"
                    + "HINT: doas reads a password from a terminal only: its rule must say nopass"
            )
        ),
        .top(
            "passwords of logins in the inventory, which are not repeated",
            "ssh: {jump: ops@gate, password: 1️⃣hunter2, jump-password: 2️⃣hunter3}",
            Expected(
                "1️⃣",
                "error: \"password\" in ssh can only be ask\n"
                    + "HINT: a password stands in no inventory: write ask, or its file's name as "
                    + "password-file"
            ),
            Expected(
                "2️⃣",
                "error: \"jump-password\" in ssh can only be ask\n"
                    + "HINT: a password stands in no inventory: write ask, or its file's name as "
                    + "jump-password-file"
            )
        ),
        .top(
            "a password from two places, and one for jump hosts where there are none",
            "ssh: {password: ask, password-file: 1️⃣/p, jump-password: 2️⃣ask}",
            Expected(
                "1️⃣",
                "error: both \"password\" and \"password-file\" are set\n"
                    + "HINT: ask a person, or read a file"
            ),
            Expected(
                "2️⃣",
                "error: \"jump-password\" in ssh is for jump hosts, and there is none\n"
                    + "HINT: name the way there as jump; for the members themselves it is password"
            )
        ),
        .top(
            "jump hosts that are none",
            "ssh: {jump: [1️⃣ops@, ops@bastion, 2️⃣-oProxyCommand=x@bastion, 3️⃣bastion:ssh, "
                + "4️⃣bas%tion]}",
            Expected(
                "1️⃣",
                "error: \"jump\" in ssh: \"ops@\" names no host\n"
                    + "HINT: write user@host, user@host:port, or a list of them from here outwards"
            ),
            Expected(
                "2️⃣",
                "error: \"jump\" in ssh: \"-oProxyCommand=x@bastion\" begins with \"-\"\n"
                    + "HINT: write user@host, user@host:port, or a list of them from here outwards"
            ),
            Expected(
                "3️⃣",
                "error: \"jump\" in ssh: \"bastion:ssh\" has no port behind its colon\n"
                    + "HINT: write user@host, user@host:port, or a list of them from here outwards"
            ),
            Expected(
                "4️⃣",
                "error: \"jump\" in ssh: \"bas%tion\" is not a host name\n"
                    + "HINT: write user@host, user@host:port, or a list of them from here outwards"
            )
        ),
        .top(
            "somebody else's home, and no host keys at all",
            "ssh: {identity-files: [1️⃣~root/.ssh/id], known-hosts: 2️⃣[]}",
            Expected(
                "1️⃣",
                "error: \"identity-files\" in ssh has a path that cannot be used: "
                    + "\"~root/.ssh/id\"\n"
                    + "HINT: begin it with \"/\" or \"~/\", or write it relative to this file"
            ),
            Expected(
                "2️⃣",
                "error: \"known-hosts\" in ssh names no file\n"
                    + "HINT: host keys are always verified; leave it out for ~/.ssh/known_hosts"
            )
        ),
        .top(
            "an empty path in a list",
            "ssh: {identity-files: [1️⃣\"\", 2️⃣~]}",
            Expected(
                "1️⃣",
                "error: an entry of \"identity-files\" in ssh is empty\n"
                    + "HINT: leave it out, or write ~, where there is nothing to say"
            ),
            Expected(
                "2️⃣",
                "error: an entry of \"identity-files\" in ssh is empty\n"
                    + "HINT: leave it out, or write ~, where there is nothing to say"
            )
        ),
        .top(
            "an unknown service manager",
            "service: {kind: 1️⃣openrc}",
            Expected(
                "1️⃣",
                "error: unknown \"kind\" in service: \"openrc\"\nHINT: known: systemd, static-pod, commands"
            )
        ),
        .top(
            "a unit without its suffix",
            "service: {unit: 1️⃣etcd}",
            Expected(
                "1️⃣",
                "error: unit \"etcd\" is not a service\n"
                    + "HINT: write its full name, as in \"etcd.service\""
            )
        ),
        .top(
            "a unit that is a path",
            "service: {unit: 1️⃣/etc/etcd.service}",
            Expected(
                "1️⃣",
                "error: unit \"/etc/etcd.service\" is not the name of a unit\n"
                    + "HINT: as in \"etcd.service\""
            )
        ),
        .top(
            "times that are none",
            "objectives: {rto: 1️⃣15, rpo: 2️⃣30m1h}",
            Expected(
                "1️⃣",
                "error: \"rto\" in objectives is not a time: \"15\"\n"
                    + "HINT: write it as 45s, 15m, 6h, 1h30m or 2d"
            ),
            Expected(
                "2️⃣",
                "error: \"rpo\" in objectives is not a time: \"30m1h\"\n"
                    + "HINT: write it as 45s, 15m, 6h, 1h30m or 2d"
            )
        ),
        .top(
            "groups",
            "groups: {1️⃣\"a b\": [h], b: 2️⃣[], c: [h, 3️⃣h], d: 4️⃣h, e: 5️⃣~}",
            Expected(
                "1️⃣",
                "error: group name \"a b\" is empty or has a blank or control character in it"
            ),
            Expected("2️⃣", "error: group \"b\" has no hosts"),
            Expected("3️⃣", "error: host \"h\" is twice in the group \"c\""),
            Expected(
                "4️⃣",
                "error: \"d\" in groups must be a list, not a single value\n"
                    + "HINT: write [one, two], or one per line after \"- \""
            ),
            Expected("5️⃣", "error: \"e\" is empty in groups")
        ),
    ]
}
