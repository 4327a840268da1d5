import ClusterInventory
import Glibc
import SnapshotSource

/// What OpenSSH's configuration says of a host: `ssh -G`, without a shell and without a connection.
struct OpenSSHQuery: Sendable {
    let world: World

    var lookup: OpenSSHLookup {
        OpenSSHLookup(answer: answer, exists: { access($0, F_OK) == 0 })
    }

    private func answer(
        _ question: OpenSSHLookup.Question
    ) -> Result<String, OpenSSHLookup.Problem> {
        // `-l` and `-p` also for the blocks of the configuration that match them
        let arguments =
            ["-G", "-F", question.file] + (question.user.map { ["-l", $0] } ?? [])
            + (question.port.map { ["-p", "\($0)"] } ?? []) + ["--", question.host]
        do {
            let ssh = try ProgramPath(world.environment["PATH"])
                .require("ssh", package: "openssh-client", for: "config: \(question.file)")
            // a `Match exec` of the configuration may take its time
            let answer = try AskedProgram.wait(
                ssh,
                arguments,
                [],
                world.environment,
                Patience(.seconds(20))
            ) { said in
                let words = said.filter { !$0.hasPrefix("Pseudo-terminal") }
                return SourceFailure(
                    "`ssh -G \(question.host)`: "
                        + (words.isEmpty
                            ? "it failed and said nothing" : words.joined(separator: "; ")),
                    hint: "put \(question.file) right, or leave `config` out of the inventory"
                )
            }
            return .success(String(decoding: answer, as: UTF8.self))
        } catch let failure as SourceFailure {
            return .failure(OpenSSHLookup.Problem(failure.fact, hint: failure.hint))
        } catch {
            return .failure(OpenSSHLookup.Problem("`ssh -G \(question.host)`: \(error)"))
        }
    }
}
