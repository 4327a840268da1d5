import SnapshotSource
import SnapshotStore
import Synchronization
import Testing

@testable import RekindleCommands

/// What `latest` stands for, without a bucket.
extension ForeignSnapshotTests {
    private func place(
        _ cluster: String,
        _ hours: Double,
        in folder: String = "p/"
    ) throws -> LatestObject {
        let time = 1_795_000_000 - 3600 * hours
        let name = SnapshotName(cluster: cluster, takenAt: time)
        return LatestObject(
            place: try BucketPlace("s3://b/\(folder)\(name.text)"),
            writtenAt: time
        )
    }

    private func plain(hours: Double) throws -> LatestObject {
        LatestObject(
            place: try BucketPlace("s3://b/p/snapshot.db"),
            writtenAt: 1_795_000_000 - 3600 * hours
        )
    }

    private func sample(_ cluster: String) throws -> ManifestLookup.Finding {
        let name = SnapshotName(cluster: cluster, takenAt: 0)
        return .manifest(
            try SnapshotManifest(try Self.manifest(cluster, name, at: 0), of: name.text)
        )
    }

    @Test("has its manifest read once for all that are named alike")
    func reads() async throws {
        let read = Counter()
        let candidates =
            try (1...200).map { try place("staging", Double($0)) } + [place("prod", 300)]
        let choice = try await NewestOfCluster(cluster: "prod") { place in
            read.add()
            return try sample(place.key.contains("staging") ? "staging" : "prod")
        }
        .pick(candidates, at: try BucketPlace("s3://b/p/latest"))
        #expect(choice.place == candidates.last?.place)
        #expect(choice.passedOver.ofClusters == ["staging": 200])
        #expect(read.count == 2)
    }

    @Test("whose name looks like the cluster's own does not hide those that are its own")
    func alike() async throws {
        // "a b" and "a_b" make the same file names
        let candidates = [try place("a b", 1), try place("a_b", 2)]
        let choice = try await NewestOfCluster(cluster: "a_b") { place in
            try sample(place == candidates[0].place ? "a b" : "a_b")
        }
        .pick(candidates, at: try BucketPlace("s3://b/p/latest"))
        #expect(choice.place == candidates[1].place)
    }

    @Test("without a manifest is taken as the newest: what is in it is looked at later")
    func noManifest() async throws {
        let plain = try plain(hours: 0)
        let choice = try await NewestOfCluster(cluster: "prod") { _ in .none }
            .pick([plain, try place("prod", 1)], at: try BucketPlace("s3://b/p/latest"))
        #expect(choice.place == plain.place)
    }

    @Test("by its name alone counts as one only where something is named like the cluster's own")
    func names() async throws {
        let plain = try plain(hours: 5)
        let (other, own) = (try place("staging", 1), try place("prod", 9, in: "p/q/"))
        var unfinished = own
        unfinished.problem = .named("is empty")
        for (objects, chosen, passed) in [
            ([other, own], own, ["1 newer of staging"]),
            ([other, try place("test", 2), own], own, ["1 newer of staging", "1 newer of test"]),
            ([other, plain, own], plain, ["1 newer of staging"]),
            ([other, plain], other, []), ([other, unfinished], other, []),
        ] {
            let choice = try await NewestOfCluster(cluster: "prod") { _ in .none }
                .pick(objects, at: try BucketPlace("s3://b/p/latest"))
            #expect(choice.place == chosen.place)
            #expect(choice.passedOver.lines.sorted() == passed)
        }
    }

    @Test("without a manifest that is no snapshot is not looked into for ever")
    func looks() async throws {
        let objects = try (1...50).map {
            LatestObject(place: try BucketPlace("s3://b/p/q\($0)"), writtenAt: -Double($0))
        }
        let looked = Counter()
        let failure = await #expect(throws: SourceFailure.self) {
            try await NewestOfCluster(cluster: "prod") { _ in
                .none
            } content: { _ in
                looked.add()
                return "is empty"
            }
            .pick(objects, at: try BucketPlace("s3://b/p/latest"))
        }
        #expect(looked.count == LatestWalk.mostLooks)
        #expect(
            failure?.evidence == ["passed over 10 objects (q1, q2, q3, …), each of which is empty"]
        )
    }

    @Test("is the newest by its name where the bucket was copied, and a clock of the future loses")
    func copied() async throws {
        let now = 1_795_000_000.0
        func object(_ hours: Double, written: Double) -> LatestObject {
            let name = SnapshotName(cluster: "prod", takenAt: now - 3600 * hours).text
            return LatestObject(
                place: BucketPlace(bucket: "b", key: "p/\(name)"),
                writtenAt: written
            )
        }
        // all written by the copy, the oldest last
        let copies = [
            object(9, written: now + 30), object(1, written: now + 10),
            object(5, written: now + 20),
        ]
        // named for next year, written yesterday
        let ahead = object(-24 * 365, written: now - 86_400)
        for objects in [copies, copies.reversed(), copies + [ahead], [ahead] + copies] {
            let choice = try await NewestOfCluster(cluster: "prod") { _ in .none }
                .pick(objects, at: try BucketPlace("s3://b/p/latest"))
            #expect(choice.place == copies[1].place)
        }
        #expect(
            SnapshotName("a-b.c-20261118T110640Z.db.gz")?.takenAt
                == UTCTime.seconds("2026-11-18T11:06:40Z")
        )
        #expect(SnapshotName("a-20269918T110640Z.db")?.takenAt == nil)
    }

    @Test("with a damaged manifest is taken only if it is named like the cluster's own")
    func damaged() async throws {
        let candidates = [try place("staging", 1), try place("prod", 2)]
        let choice = try await NewestOfCluster(cluster: "prod") { _ in .unusable("x") }
            .pick(candidates, at: try BucketPlace("s3://b/p/latest"))
        #expect(choice.place == candidates[1].place)
    }

    @Test("is not guessed where a manifest cannot be read at all")
    func unreadable() async throws {
        let candidates = [try place("prod", 1)]
        await #expect(throws: SourceFailure.self) {
            try await NewestOfCluster(cluster: "prod") { _ in
                throw SourceFailure("no answer", hint: "")
            }
            .pick(candidates, at: try BucketPlace("s3://b/p/latest"))
        }
    }
}

/// Counts from several tasks.
private final class Counter: Sendable {
    private let value = Mutex(0)
    var count: Int { value.withLock { $0 } }
    func add() { value.withLock { $0 += 1 } }
}
