/// What one start of a unit is given besides, by a drop-in that is taken away after it.
extension Systemd {
    private var joinPath: String { "\(dropInDirectory)/rekindle-join.conf" }
    private var joinFile: String { "\(dropInDirectory)/rekindle-join.yaml" }

    /// Lets the unit join a cluster at its next start.
    ///
    /// Of a flag that is given twice etcd takes the last (package flag of Go); a configuration file that
    /// it is given is replaced by a copy with the two settings.
    ///
    /// ExecStart is as the unit's files have it: systemd's quoting is kept as it is. `initialCluster` must be
    /// without a character that systemd or YAML would read in its own way.
    package func join(
        run: String,
        execStart: String,
        initialCluster: String,
        configFile: String?
    ) -> [RemoteCommand] {
        var commands = [RemoteCommand(["mkdir", "-p", "-m", "0755", "--", dropInDirectory])]
        var flags = " --initial-cluster-state=existing --initial-cluster=\(initialCluster)"
        if let configFile {
            flags = " --config-file=\(joinFile)"
            commands.append(
                .script(
                    """
                    cp -p -- "$1" "$2.tmp" \
                    && sed -i -e '/^initial-cluster\\(-state\\)\\{0,1\\}[[:space:]]*:/d' -- "$2.tmp" \
                    && printf '\\ninitial-cluster-state: existing\\ninitial-cluster: "%s"\\n' "$3" >>"$2.tmp" \
                    || exit
                    set -- "$2"
                    \(DurableFile.install)
                    """,
                    [configFile, joinFile, initialCluster]
                )
            )
        }
        return commands + [
            .script(
                "printf '%s\\n' \"$2\" '[Service]' \"$3\" 'ExecStart=' \"ExecStart=$4\" >\"$1.tmp\" && "
                    + "chmod 0644 \"$1.tmp\" || exit\n" + DurableFile.install,
                [
                    joinPath, "# one start of rekindle run \(run)",
                    // etcd refuses a variable that a flag overrides (verifyEnv, pkg/flags of 3.4 and 3.5)
                    "UnsetEnvironment=ETCD_INITIAL_CLUSTER ETCD_INITIAL_CLUSTER_STATE ETCD_CONFIG_FILE",
                    execStart + flags,
                ]
            ),
            RemoteCommand(["systemctl", "daemon-reload"]),
        ]
    }

    /// Takes away what `join` gave; etcd, once it has its data, starts as ever.
    package func forgetJoin() -> [RemoteCommand] {
        [
            RemoteCommand(["rm", "-f", "--", joinPath, joinFile]),
            .script("[ ! -d \"$1\" ] || sync -- \"$1\"", [dropInDirectory]),
        ] + tidy()
    }

    /// Prints a line where something of `join` is there.
    package var joinObservation: String {
        "if [ -e \(ShellQuoting.quoted(joinPath)) ]; then say service.join yes; fi"
    }
}
