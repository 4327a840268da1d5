import EtcdModel
import RemoteHost
import RestorePlanning

/// The script of one host: a function for each stage, and a way to call it.
struct HostScript {
    let plan: Plan
    let target: MemberTarget
    let fileName: String

    private struct Function {
        /// `step_2_1`; what is typed.
        var id: String
        /// `step_2_1_hold_every_unit`.
        var name: String
        var title: String
        var body: [String]
    }

    var text: String {
        let functions = functions
        return head + helpers + functions.map(definition).joined(separator: "\n")
            + dispatch(functions)
    }

    private var functions: [Function] {
        let look =
            isUnasked
            ? [
                Function(
                    id: "look",
                    name: "look",
                    title: "whether this host is as the plan takes it to be; changes nothing",
                    body: HandLook(target: target).script
                )
            ] : []
        return look + functions(plan.steps, "step") + functions(rollback, "rollback")
    }

    /// Whether the plan knows nothing of the hosts.
    private var isUnasked: Bool { plan.kind == .restore && !plan.outlook.askedHosts }

    private var rollback: [PlannedStep] {
        plan.kind == .restore
            ? RollbackPlanner.plan(for: plan, leader: nil, createdAt: plan.createdAt).steps : []
    }

    private func functions(_ steps: [PlannedStep], _ prefix: String) -> [Function] {
        steps.enumerated().flatMap { stepIndex, step in
            step.stages.enumerated().map { stageIndex, stage in
                let id = "\(prefix)_\(stepIndex + 1)_\(stageIndex + 1)"
                return Function(
                    id: id,
                    name: "\(id)_\(ShellWord.functionName(stage.title))",
                    title: "\(step.name): \(stage.title)",
                    body: withPassword(body(stage, isOfRollback: prefix == "rollback"))
                )
            }
        }
    }

    private func withPassword(_ lines: [String]) -> [String] {
        PasswordByHand.isNeeded(by: lines) ? ["password"] + lines : lines
    }

    private static let nothing = ["say 'nothing to do on this host'"]

    private func body(_ stage: Stage, isOfRollback: Bool) -> [String] {
        switch stage.work {
        case .effects: return acting(stage, isOfRollback: isOfRollback)
        case .proof(let proof): return proving(proof)
        case .comparison(let comparison):
            guard let copy = comparison.copies.first(where: { $0.member == target.name }) else {
                return Self.nothing
            }
            return [
                "locked", "say 'this must print the same on every host:'",
                ShellWord.line(copy.command),
            ]
        case .relay:
            return ["say 'by hand the next stage sends the snapshot to each host directly'"]
        case .production(let look):
            guard let subject = look.subjects.first(where: { $0.member == target.name }) else {
                return Self.nothing
            }
            return [
                "say 'this must print the same before and after:'", "\(subject.command)",
            ]
        case .dataChecks(let checks): return checking(checks)
        case .hook(let run):
            let line = ShellWord.line(run.hook.command)
            if run.hosts.contains(where: { $0.name == target.name }) {
                // what it leaves running must not keep the host's lock
                return ["locked", "(cd / && exec 9>&- && \(line))"]
            }
            let hosts = run.hosts.map(\.endpoint.host).joined(separator: ", ")
            return [
                "say \(ShellWord.quoted(VisibleText.escaped("as root on \(hosts): \(line)")))"
            ]
        }
    }

    private func acting(_ stage: Stage, isOfRollback: Bool) -> [String] {
        let effects = HandEffect.of(stage, on: target, in: plan)
        if effects.isEmpty { return Self.nothing }
        // what the plan takes for granted is looked at before anything is done
        let takesLock = effects.contains { $0.effect.kind == .takeLock }
        let looks = takesLock && isUnasked && !isOfRollback ? ["look"] : []
        // the lock cannot be asked for before it is taken
        let guardsLock = !effects.contains { $0.effect.kind == .takeLock }
        return looks + (guardsLock ? ["locked"] : [])
            + effects.flatMap { hand in
                ["say \(ShellWord.quoted(VisibleText.escaped(hand.effect.summary)))"] + hand.lines()
            }
    }

    /// All checks are made, whatever the first ones say.
    private func checking(_ checks: DataChecks) -> [String] {
        guard checks.member == target.name else { return Self.nothing }
        let all = HandCheck.of(checks, on: target)
        guard !all.isEmpty else {
            return [
                "echo 'rekindle: the plan has no client URL of this member to ask' >&2; exit 1"
            ]
        }
        return ["missed=0"]
            + all.flatMap { hand in
                let words = VisibleText.escaped(hand.sentence)
                return [
                    "if \(hand.test)",
                    "then say \(ShellWord.quoted("holds: \(words)"))",
                    "else say \(ShellWord.quoted("FAILS: \(words)")); missed=1; fi",
                ]
            } + [
                "[ \"$missed\" = 0 ] || { echo 'rekindle: the data is not as expected' >&2; exit 1; }"
            ]
    }

    private func proving(_ proof: ExpectedCluster) -> [String] {
        guard proof.members.contains(where: { $0.name == target.name }) else {
            return ["say 'nothing to prove on this host'"]
        }
        let commands = ProofCommands(target: target, expected: proof)
        return ["wrong=0"]
            + commands.looks.flatMap { look in
                [
                    "said=$(\(look.line(commands.etcdctl, environment: PasswordByHand.environment(target))))"
                ] + look.expectations.map(expectation)
            } + [
                "[ \"$wrong\" = 0 ] || { echo 'rekindle: NOT PROVEN' >&2; exit 1; }",
                "say 'proven on this host; all hosts must name the same leader'",
            ]
    }

    private func expectation(_ expectation: ProofCommands.Expectation) -> String {
        switch expectation {
        case .text(let text, let means):
            "expect \(ShellWord.quoted(means)) \(ShellWord.quoted(text))"
        case .atLeast(let text, let number, let means):
            "expect_at_least \(ShellWord.quoted(means)) \(ShellWord.quoted(text)) \(number)"
        case .sameEverywhere(let text, let means):
            "expect_at_least \(ShellWord.quoted(means)) \(ShellWord.quoted(text)) 1"
        case .nothing(let means):
            "expect_nothing \(ShellWord.quoted(means))"
        }
    }

    private var head: String {
        let about = VisibleText.escaped(
            "\(target.name) on \(target.endpoint.host): \(plan.kind.rawValue) of cluster "
                + "\(plan.cluster), run \(plan.run)"
        )
        return """
            #!/bin/sh
            # \(about)
            # planned at \(VisibleText.escaped(plan.createdAt))
            \(warnings)#
            # Copy this to the host and run it there as root, one stage at a time:
            #
            #     sh \(fileName) step_1_1
            #
            \(unasked)# Every host passes a stage before any host begins the next. Without an argument it
            # lists the stages. The stage that copies the snapshot reads it on standard input.
            # A stage that fails says why and goes no further; once mended, run it again.
            # The commands are those of the plan; the tests before them only look.
            #
            # Directories above the ones made get their mode from the umask:
            # shellcheck disable=SC2174
            set -eu
            umask 077
            export LC_ALL=C ETCDCTL_API=3
            # a login shell may have these, and each is a flag to etcdctl that contradicts the one given here
            unset ETCDCTL_ENDPOINTS ETCDCTL_CACERT ETCDCTL_CERT ETCDCTL_KEY ETCDCTL_WRITE_OUT

            run=\(ShellWord.quoted(plan.run.rawValue))
            lock=\(ShellWord.quoted(target.paths.lock))
            data=\(ShellWord.quoted(target.paths.dataDir))

            say() { printf '%s\\n' "$*"; }


            """
    }

    private var unasked: String {
        isUnasked
            ? """
            # No host was asked for this plan: directories, users, units and tools are those of the
            # inventory, or etcd's defaults. Begin on every host with
            #
            #     sh \(fileName) look
            #
            # which changes nothing, and note down where etcd runs: a rollback starts it there, and only
            # there. Where you know which member leads, stop it last.
            #

            """ : ""
    }

    private var warnings: String {
        guard [.restore, .drill].contains(plan.kind) else { return "" }
        return plan.outlook.warnings.map { "# WARNING: \(VisibleText.escaped($0))\n" }.joined()
    }

    private var helpers: String {
        let hasProof = functions.contains { $0.body.contains("wrong=0") }
        return """
            # Root works in directories of its own only: etcd's user may rename them, or put a link in their place.
            \(WorkDirectory.functions)

            lost() { echo "rekindle: the lock $lock is not this run's" >&2; exit 75; }

            # Nothing runs unless the lock on this host is this run's, nor beside another command of it.
            # Names are those in there from then on.
            locked() {
              is_there "$data" \(MemberPaths.rootName) || lost
              enter "$data" \(MemberPaths.rootName)
              grep -qxsF -- "run=$run" lock || lost
              exec 9>>busy
              flock -w 15 9 || {
                echo "rekindle: an earlier command of this run is still at work" >&2; exit 76; }
            }


            """ + (target.login.map { PasswordByHand(login: $0).function } ?? "")
                + (hasProof ? proofHelpers : "")
    }

    private var proofHelpers: String {
        """
        # $said is what etcdctl printed; $1 is what is compared, $2 the text that must be there.
        expect() {
          if printf '%s\\n' "$said" | grep -qE -e "$2([^0-9]|\\$)"; then say "holds: $1 ($2)"
          else say "FAILS: $1: want $2 in: $said"; wrong=1; fi
        }
        expect_at_least() {
          number=$(printf '%s\\n' "$said" | sed -n "s/.*$2\\([0-9][0-9]*\\).*/\\1/p")
          if [ "${number:-0}" != 0 ] && { [ "$3" = 1 ] || [ "$number" -ge "$3" ]; }; then
            say "holds: $1 $number"
          else say "FAILS: $1 is ${number:-missing}"; wrong=1; fi
        }
        expect_nothing() {
          if [ -z "$said" ]; then say "holds: no $1"
          else say "FAILS: $1: $said"; wrong=1; fi
        }


        """
    }

    private func definition(_ function: Function) -> String {
        let body = function.body.map { "  \($0)\n" }.joined()
        return "# \(VisibleText.escaped(function.title))\n\(function.name)() {\n\(body)}\n"
    }

    private func dispatch(_ functions: [Function]) -> String {
        let list = functions.map { function in
            "  say \(ShellWord.quoted("\(function.name)"))\n"
        }
        let cases = functions.map { function in
            "\(function.id) | \(function.name)) \(function.name) ;;\n"
        }
        return """

            list() {
            \(list.joined())}

            case ${1:-list} in
            list) list ;;
            \(cases.joined())*) echo "rekindle: there is no stage $1" >&2; list >&2; exit 64 ;;
            esac

            """
    }
}
