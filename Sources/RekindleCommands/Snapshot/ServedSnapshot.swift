import RestorePlanning

extension HostSnapshot {
    /// Of a member that answers: etcdctl saves it there, and it is streamed.
    ///
    /// Works without a quorum. Should the connection end, so does etcdctl, and what it wrote is
    /// removed.
    static func served(_ candidate: SaveCandidate) -> HostSnapshot {
        let need = UInt64(max(0, candidate.live.databaseBytes)) + reserve
        return HostSnapshot(
            member: candidate.name,
            folder: candidate.folder,
            script: script,
            arguments: [String(need)]
                + candidate.client.saveSnapshot("snapshot.db"),
            secret: candidate.client.secret,
            excuses: [
                76: Excuse(
                    fact: "etcdctl snapshot save failed",
                    hint:
                        "`rekindle check` tells more; with authentication on, a user with the role "
                        + "root must be named, or be the client certificate's"
                )
            ]
        )
    }

    private static let script = """
        needs "$2"
        shift 2
        # a closed pipe ends cat a moment before the watchdog asks all to end: rm must outlive that
        open_folder
        clean() { trap '' HUP INT TERM; gone; }
        trap clean EXIT
        trap 'clean; exit 143' HUP INT TERM
        "$@" >&2 || exit 76
        exec 8<snapshot.db || exit 73
        # its name goes before its first byte does: from here on nothing of it can stay
        gone
        cat <&8
        """
}
