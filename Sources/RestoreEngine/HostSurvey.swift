import RemoteHost
package import RestorePlanning
package import RestoreRun

/// Looks at hosts before a run is taken up, all at once; changes nothing.
package struct HostSurvey: Sendable {
    private let fleet: Fleet
    private let backOff: BackOff
    /// Told of a member whose host is asked again since an earlier command is at work there, and what that is.
    private let onBusy: @Sendable (_ member: String, _ what: String) -> Void

    package init(
        fleet: Fleet,
        backOff: BackOff = BackOff(),
        onBusy: @escaping @Sendable (_ member: String, _ what: String) -> Void = { _, _ in }
    ) {
        self.fleet = fleet
        self.backOff = backOff
        self.onBusy = onBusy
    }

    /// What a host showed.
    package enum Answer: Sendable {
        case seen(MemberObservation)
        /// Why there is no look at it.
        case silent(RunFailure, Silence)

        package var look: MemberObservation? {
            if case .seen(let look) = self { look } else { nil }
        }
    }

    package enum Silence: Sendable, Hashable {
        case unreachable
        /// It answers, and works on an earlier command.
        case busy
        /// It answers, and says nothing that can be read.
        case unreadable
    }

    /// One answer for each target, by its name.
    ///
    /// A host that is merely restarting is asked again, `tries` times in all.
    package func looks(
        at targets: [MemberTarget],
        tries: Int = 4
    ) async -> [String: Answer] {
        await withTaskGroup(of: (String, Answer).self) { group in
            for target in targets {
                group.addTask { (target.name, await look(at: target, tries: tries)) }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
    }

    @concurrent
    private func look(at target: MemberTarget, tries: Int) async -> Answer {
        var attempt = 1
        while true {
            let (answer, isTransient) = await lookOnce(at: target)
            if case .seen = answer { return answer }
            // a command that a cut connection left is ended on its host within two minutes
            let work = work(answer)
            guard isTransient, attempt < tries || work != nil && attempt < 3 * tries else {
                return answer
            }
            if let work { onBusy(target.name, work) }
            do {
                try await Task.sleep(for: backOff.pause(after: attempt))
            } catch {
                return answer
            }
            attempt += 1
        }
    }

    /// The command of a cut connection that is at work on the host, in the host's words.
    private func work(_ answer: Answer) -> String? {
        guard case .silent(let failure, .busy) = answer else { return nil }
        return failure.evidence
    }

    private func lookOnce(at target: MemberTarget) async -> (Answer, isTransient: Bool) {
        guard let link = fleet[target.name] else {
            return (silent(target, "there is no link to \(target.endpoint.host)"), false)
        }
        do {
            let script = ObservationScript(target: target)
            let result = try await link.run(
                script.command,
                limits: CommandLimits(deadline: .seconds(60))
            )
            if let seen = script.read(result.outputText) { return (.seen(seen), false) }
            let isBusy = result.ending == .exited(PlannedEffect.busyStatus)
            return (
                silent(
                    target,
                    isBusy
                        ? "an earlier command of this run is still at work there"
                        : "looking at the host failed (\(result.ending))",
                    evidence: result.lastLines(),
                    hint: isBusy
                        ? "wait for it, or end the process that is named on the host, then again"
                        : "try `ssh` and `sudo` there by hand",
                    isBusy ? .busy : .unreadable
                ),
                isBusy
            )
        } catch let failure as HostFailure {
            return (silent(target, failure.message, hint: failure.hint), failure.isTransient)
        } catch {
            return (silent(target, "\(error)"), false)
        }
    }

    private func silent(
        _ target: MemberTarget,
        _ message: String,
        evidence: String? = nil,
        hint: String? = nil,
        _ silence: Silence = .unreachable
    ) -> Answer {
        .silent(
            RunFailure(host: target.name, message: message, evidence: evidence, hint: hint),
            silence
        )
    }
}
