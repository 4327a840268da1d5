package import RemoteHost

/// Asks one member who belongs to the cluster, and what is wrong with whom; changes nothing.
package enum MembershipScript {
    /// Waits for a leader: without one, nobody tells.
    ///
    /// Right after a member was stopped there may be none, for two election timeouts at most.
    static func fragment(_ client: EtcdClient) -> String {
        let list = quoted(client.words(["member", "list", "-w", "json"], timeoutSeconds: 5))
        let alarms = quoted(client.alarms)
        return """
            for i in 1 2 3 4; do
              m=$(\(list) 2>/dev/null) && break
              m=; sleep 1
            done
            say members "$m"
            say alarms "$(\(alarms) 2>/dev/null)"

            """
    }

    /// The same as a command of its own.
    package static func command(_ client: EtcdClient) -> RemoteCommand {
        .script(
            "say() { printf '%s=%s\\n' \"$1\" \"$2\"; }\n" + fragment(client),
            [],
            secret: client.secret
        )
    }

    static func quoted(_ words: [String]) -> String {
        words.map(ShellQuoting.quoted).joined(separator: " ")
    }
}
