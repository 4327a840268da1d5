/// Whether a host can take part in a relay; where not, it is sent the snapshot.
enum RelayChecks {
    static func host(_ member: String, _ facts: HostFacts) -> Check {
        facts.tools.canRelay
            ? Check("relay", member: member, .holds, "ssh and sshd are there", hint: nil)
            : Check(
                "relay",
                member: member,
                .warns,
                "it cannot take part in the relay, and is sent the snapshot directly",
                hint: "install OpenSSH's client and server on the host, and coreutils 8.24 or newer"
            )
    }
}
