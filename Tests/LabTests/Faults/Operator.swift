/// What a person does who finds that a restore did not end well.
extension Scene {
    /// - Returns: what should not have been so.
    func carryOn(_ remedy: Remedy) throws -> [String] {
        // a run that died before its first event may be resumed; before it had a plan, begun again
        guard journal.count(.begun) > 0 else {
            let resumed = try command(["resume"])
            if resumed == 0 { return [] }
            let wrong = [3, 65].contains(resumed) ? [] : ["resume should have been refused"]
            return try command(restore) == 0 ? wrong : wrong + ["it could not be begun again"]
        }
        // it died behind its last word: what is left to do is nothing, and it is told so
        if journal.text.contains("\"ended\":{\"_0\":{\"completed\"") {
            return try command(["resume"]) == 3 ? [] : ["resume of a complete run is refused"]
        }
        switch remedy {
        case .either:
            return try command(prefersRollback ? rollback : ["resume"]) == 0
                ? [] : try rescued("the first thing that was tried should have worked")
        case .resume:
            return try command(["resume"]) == 0 ? [] : try rescued("resume should have worked")
        case .rollbackOnly:
            var wrong: [String] = []
            if try command(["resume"]) == 0 { wrong.append("resume claimed success") }
            if try command(rollback) != 0 { wrong.append("rollback should have worked") }
            return wrong
        case .rollbackAtLast:
            if !prefersRollback, try command(["resume"]) == 0 { return [] }
            return try command(rollback) == 0 ? [] : ["rollback should have worked"]
        case .nothing:
            return ["the first command should have said all"]
        }
    }

    private var rollback: [String] { ["rollback", "--yes"] }

    /// The last thing to be tried, so that the table tells what can be had at all.
    private func rescued(_ complaint: String) throws -> [String] {
        _ = try command(rollback)
        return [complaint]
    }

    /// Runs one command to its end and writes it into the story.
    func command(_ words: [String]) throws -> Int32 {
        let witnesses = [
            Interruption(moment: .before("upload-snapshot"), act: witness, isWitness: true),
            Interruption(
                moment: .after("put-back-data", members: 3),
                act: witnessPutBack,
                isWitness: true
            ),
        ]
        if words == rollback { delayStarts() }
        defer { if words == rollback { startAtOnce() } }
        let (result, _) = try drive(words + (words == restore ? [] : ["--quiet"]), witnesses)
        tell(words[0], result)
        return result.status
    }

    /// Gives the witness two seconds between the start of a unit and etcd's first write.
    private func delayStarts() {
        everywhere(
            "mkdir -p \(Self.delay) && printf '[Service]\\nExecStartPre=/bin/sleep 2\\n' "
                + ">\(Self.delay)/late.conf && systemctl daemon-reload"
        )
    }

    private func startAtOnce() {
        everywhere("rm -rf \(Self.delay) && systemctl daemon-reload")
    }

    private static let delay = "/run/systemd/system/etcd.service.d"

    /// On every host that is up.
    private func everywhere(_ script: String) {
        for member in (try? lab.members) ?? [] { _ = try? lab.exec(member, script) }
    }

    func tell(_ word: String, _ result: Program.Result) {
        story.append("\(word) \(result.status)")
        if result.status != 0 { said.append(result.errorText) }
    }
}
