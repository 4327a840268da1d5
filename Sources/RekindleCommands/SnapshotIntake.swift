import ClusterInventory
import EtcdModel
import Glibc
import RemoteHost
import RestoreEngine
import RestorePlanning
import RunJournal
import SnapshotSource
import SnapshotStore

/// Gets a snapshot from wherever the user said it is, proven; and says why it cannot.
struct SnapshotIntake: Sendable {
    let context: CommandContext
    let surroundings: SourceSurroundings
    /// The cluster that the snapshot must be of; nil where nothing tells.
    let owner: SnapshotOwner?
    /// Where members' files are read; asked for where the text may name a member.
    let members: @Sendable () throws -> Fleet
    /// What may be done where it cannot be had from there.
    var otherWay: String?

    init(
        _ context: CommandContext,
        _ options: SourceOptions,
        of cluster: String?,
        otherWay: String? = nil,
        members: @escaping @Sendable () throws -> Fleet
    ) throws(UsageProblem) {
        self.context = context
        self.members = members
        self.otherWay = otherWay
        owner = SnapshotOwner(inventory: cluster, given: options.fromCluster)
        surroundings = try options.surroundings(context.world)
    }

    /// Reads it once and proves it, beside other work; what is wrong with it is said.
    /// - Throws: `UsageProblem`, `CommandEnd`.
    ///
    /// Where it matters, `dated`, it is asked when it was taken.
    @concurrent
    func take(_ text: String, dated: Bool = false) async throws -> TakenSnapshot {
        do {
            var taken = try await open(text)
            if dated {
                taken.reference.takenAt = await takenAt(taken)
            }
            return taken
        } catch let foreign as ForeignSnapshot {
            context.terminal.problem(foreign.fact, hint: foreign.hint)
            throw CommandEnd(status: .refused)
        } catch {
            guard let problem = SourceProblem(error) else { throw error }
            context.terminal.problem(
                problem.fact,
                evidence: problem.evidence,
                hint: [problem.hint, otherWay].compactMap { $0 }.joined(separator: "; or ")
            )
            throw CommandEnd(status: .invalidInput)
        }
    }

    /// The same, with what is wrong thrown: `ForeignSnapshot`, and what `SourceProblem` takes.
    @concurrent
    func open(_ text: String) async throws -> TakenSnapshot {
        let location = try await ownNewest(try location(text))
        let opening = SnapshotOpening(
            location,
            surroundings: surroundings,
            spoolDirectory: { [store = context.store] in
                try StateDirectory(makingAt: store.path).path
            },
            fetch: { [members] in try await Self.fetch($0, $1, into: $2, from: members()) }
        )
        let proven = try await opening.prove()
        let place = place(proven.location)
        for remark in proven.remarks { context.terminal.warn(remark) }
        let manifest = try await manifest(proven, place)
        return TakenSnapshot(
            reference: SnapshotReference(
                path: place,
                proof: proven.proof,
                holder: holder(proven),
                layers: proven.layers,
                manifest: manifest.map {
                    ManifestRecord(
                        member: $0.member,
                        takenAt: $0.takenAt,
                        recoveredFrom: $0.recoveredFrom?.rawValue,
                        cluster: $0.cluster
                    )
                },
                fromCluster: owner.flatMap { $0.insteadOf == nil ? nil : $0.cluster }
            ),
            location: proven.location,
            savedAt: manifest?.takenAtSeconds,
            stream: SnapshotBytesFrom(hashKV: proven.hashKVOnOwnThread, proven.stream)
        )
    }

    /// Where `latest` is meant, the newest that can be the cluster's; any other place as it is.
    ///
    /// What it passes over is told.
    /// - Throws: `ForeignSnapshot`, `SourceFailure`, `CancellationError`.
    private func ownNewest(_ location: SnapshotLocation) async throws -> SnapshotLocation {
        guard case .bucket(let place) = location, place.isNewest else { return location }
        let lookup = ManifestLookup(surroundings: surroundings, members: members)
        let content = LatestContent(surroundings)
        let objects = try await BucketFolder.latestObjects(at: place, surroundings: surroundings)
        let choice = try await NewestOfCluster(
            cluster: owner?.cluster,
            manifest: { try await lookup.read(.bucket($0)) },
            content: { try await content.problem(of: $0) }
        )
        .pick(objects, at: place)
        for line in choice.passedOver.lines {
            context.terminal.note("\(place): passed over \(line)")
        }
        return .bucket(choice.place)
    }

    /// The manifest that lies beside it and says the same as the proof.
    ///
    /// - Throws: `SourceFailure` where it says something else, `ForeignSnapshot`.
    private func manifest(
        _ proven: ProvenSnapshot,
        _ place: String
    ) async throws -> SnapshotManifest? {
        let lookup = ManifestLookup(surroundings: surroundings, members: members)
        switch await lookup.find(proven.location) {
        case .none:
            if let doubt = owner?.doubt(about: place) { context.terminal.warn(doubt) }
            return nil
        case .unusable(let why):
            context.terminal.warn("the manifest of \(place) says nothing: \(why)")
            return nil
        case .manifest(let manifest):
            try owner?.require(manifest, at: place)
            try manifest.require(proven.proof, at: place)
            context.terminal.note(
                "\(place) is as its manifest says: saved from \(manifest.member) at "
                    + manifest.takenAt
            )
            return manifest
        }
    }

    /// When it was taken: a copy has a time of its own, and the manifest's is the snapshot's.
    ///
    /// A time in the future does not count: it would make the data young for ever.
    private func takenAt(_ taken: TakenSnapshot) async -> Double? {
        let latest = context.world.now + StoredSnapshot.clockTolerance
        if let time = taken.savedAt {
            if time <= latest { return time }
            context.terminal.warn(
                "\(taken.reference.path): its manifest dates it in the future "
                    + "(\(UTCTime.text(time))); a clock is wrong, here or where it was saved, and "
                    + "the file's own time counts"
            )
        }
        guard let time = await age.takenAt(taken.location), time <= latest else { return nil }
        return time
    }

    private var age: SnapshotAge { SnapshotAge(surroundings: surroundings, members: members) }

    /// Where the text says that it is; nothing is read.
    func location(_ text: String) throws -> SnapshotLocation {
        guard !text.isEmpty else {
            throw UsageProblem(
                "the path of the snapshot is empty",
                hint: "name its file; is a variable of the calling script unset?"
            )
        }
        do {
            return try SnapshotLocation(
                text,
                members: { try members().links.keys.sorted() },
                isFile: { access($0, F_OK) == 0 }
            )
        } catch let problem as SnapshotLocationProblem {
            throw UsageProblem(problem.fact, hint: problem.hint)
        }
    }

    private func place(_ location: SnapshotLocation) -> String {
        if case .file(let path) = location { return context.preparation.absolute(path) }
        return location.description
    }

    /// A packed file on a host is not what has to be there.
    private func holder(_ proven: ProvenSnapshot) -> SnapshotHolder? {
        guard case .member(let name, let path) = proven.location, proven.layers.isEmpty else {
            return nil
        }
        return SnapshotHolder(member: name, path: path)
    }

    /// The bytes come over a connection of their own, so that nobody waits for them.
    private static func fetch(
        _ member: String,
        _ path: String,
        into sink: any ByteSink,
        from fleet: Fleet
    ) async throws {
        // a pipe or a device would be read for ever
        let script = """
            if [ -e "$1" ] && [ ! -f "$1" ]; then echo "$1 is not a regular file" >&2; exit 66; fi
            exec cat -- "$1"
            """
        let answer = try await fleet.apart { own in
            guard let link = own[member] else { preconditionFailure("\(member) is in the fleet") }
            return try await link.run(
                .script(script, [path], endsWithConnection: true),
                output: .sink(sink),
                // a source that gives nothing is ended by its reader, and much sooner
                limits: CommandLimits(deadline: .seconds(24 * 3600))
            )
        }
        guard answer.isSuccess else {
            throw SourceFailure(
                "\(member): cannot read \(path) (\(answer.ending))",
                evidence: answer.lastLines().split(separator: "\n").map(String.init),
                hint: "check the path on that host; it is read as root where `become` says so"
            )
        }
    }
}

/// A snapshot that is proven, as a plan names it, with its bytes.
struct TakenSnapshot: Sendable {
    var reference: SnapshotReference
    /// With the object's own name where the newest was asked for.
    let location: SnapshotLocation
    /// By its manifest, in seconds since 1970; nil without one.
    let savedAt: Double?
    let stream: SnapshotBytesFrom
}

/// A snapshot's plain bytes, and what is computed from them.
struct SnapshotBytesFrom: Sendable {
    /// From a place on.
    let stream: @Sendable (_ offset: UInt64) throws -> any ByteStream
    /// What etcd says of them, at a revision and a compaction.
    let hashKV: HashKVOfSnapshot

    init(
        hashKV: @escaping HashKVOfSnapshot = { _ in throw NoSnapshotAtHand() },
        _ stream: @escaping @Sendable (_ offset: UInt64) throws -> any ByteStream
    ) {
        self.stream = stream
        self.hashKV = hashKV
    }
}

/// What is wrong with a source, in words; nil for what is not about one.
struct SourceProblem {
    let fact: String
    let evidence: [String]
    let hint: String?

    init?(_ error: any Error) {
        switch error {
        case let error as SnapshotFileError:
            (fact, evidence, hint) = ("\(error)", [], error.hint)
        case let error as SourceFailure:
            (fact, evidence, hint) = (error.fact, error.evidence, error.hint)
        case let error as HostFailure:
            (fact, evidence, hint) = (error.description, [], error.hint)
        default: return nil
        }
    }
}
