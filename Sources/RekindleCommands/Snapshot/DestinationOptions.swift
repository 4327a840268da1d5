import ClusterInventory
import Glibc
import RemoteHost
import RestoreEngine
import SnapshotSource
import SnapshotStore

/// From what a person names as a destination to the destination.
struct DestinationReading {
    let context: CommandContext
    let surroundings: SourceSurroundings
    /// Asked for where the text may name a member.
    let members: () throws -> Fleet

    static let help = "A directory, s3://bucket/prefix, or NAME:/dir on a member."

    /// - Throws: `UsageProblem`, and what reading the members throws.
    func destination(_ text: String, option: String) throws -> any SnapshotDestination {
        guard !text.isEmpty, text != "-" else {
            throw UsageProblem("\(option) names no destination", hint: Self.help)
        }
        if text.hasPrefix("s3://") {
            guard let folder = BucketFolder(text, surroundings: surroundings) else {
                throw UsageProblem("\(option) \(text) names no bucket", hint: Self.help)
            }
            return BucketStore(folder)
        }
        let location: SnapshotLocation
        do {
            location = try SnapshotLocation(
                text,
                members: { try members().links.keys.sorted() },
                isFile: { access($0, F_OK) == 0 }
            )
        } catch let problem as SnapshotLocationProblem {
            throw UsageProblem(problem.fact, hint: problem.hint)
        }
        switch location {
        case .member(let name, let path):
            let fleet = try members()
            guard let link = fleet.apart()[name] else { preconditionFailure("it is a member") }
            return MemberStore(member: name, path: path) { command, input, limits in
                try await link.run(command, input: input, limits: limits)
            }
        case .file(let path): return DirectoryStore(path: context.preparation.absolute(path))
        case .bucket, .standardInput:
            throw UsageProblem("\(option) \(text) is no directory", hint: Self.help)
        }
    }
}

extension CommandContext {
    /// Runs what works on a destination, and says what is wrong with it.
    /// - Throws: `CommandEnd`, and what is about something else.
    func withDestination<Value: Sendable>(
        _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        let result: Result<Value, any Error> = await SignalTask().run {
            do { return .success(try await body()) } catch { return .failure(error) }
        }
        do {
            return try result.get()
        } catch let failure as DestinationFailure {
            terminal.problem(failure.fact, evidence: failure.evidence, hint: failure.hint)
            switch failure.kind {
            case .busy: throw CommandEnd(status: .locked)
            case .exists: throw CommandEnd(status: .refused)
            case .other: throw CommandEnd(status: .failed)
            }
        } catch {
            if error is CancellationError || (error as? HostFailure)?.kind == .cancelled {
                terminal.say("Interrupted; no snapshot has its name that is not whole.")
                throw CommandEnd(status: .interrupted)
            }
            guard let problem = SourceProblem(error) else { throw error }
            terminal.problem(problem.fact, evidence: problem.evidence, hint: problem.hint)
            throw CommandEnd(status: .failed)
        }
    }
}
