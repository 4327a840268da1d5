import EtcdModel
import Testing

@Suite("Which kept snapshots stay")
struct RetentionTests {
    private static let proof = SnapshotProof(
        sha256: "ab",
        bytes: 10,
        revision: 1,
        compactRevision: -1,
        keys: 1,
        totalKeys: 1,
        hashKV: 1
    )

    static func kept(
        _ time: Int64,
        cluster: String = "prod",
        state: KeptSnapshot.State = .proven
    ) -> KeptSnapshot {
        let name = SnapshotName(cluster: cluster, takenAt: time)
        return KeptSnapshot(
            name: name,
            file: name.file,
            bytes: state == .damaged ? 9 : 10,
            manifest: state == .unproven
                ? nil
                : SnapshotManifest(
                    cluster: cluster,
                    takenAt: time,
                    member: "etcd-1",
                    etcdVersion: nil,
                    file: name.file,
                    storedBytes: 10,
                    storedSHA256: "ab",
                    layers: [],
                    proof: proof,
                    writtenBy: "test"
                )
        )
    }

    /// 2026-11-23 12:00:00 UTC, a Monday.
    private static let noon: Int64 = 1_795_435_200
    private static let hour: Int64 = 3600
    private static let day: Int64 = 86_400

    private func stay(_ rules: Retention, _ times: [Int64]) -> [Int64] {
        rules.verdicts(times.map { Self.kept($0) }).filter { !$0.reasons.isEmpty }
            .map { ($0.snapshot.name.takenAt - Self.noon) / Self.hour }
    }

    @Test("the last N by number, whatever their times")
    func last() {
        let times = (0..<5).map { Self.noon - Int64($0) * Self.hour }
        #expect(stay(Retention(last: 3), times) == [0, -1, -2])
    }

    @Test("the newest of each hour, and the oldest of all while the rule is not used up")
    func hourly() {
        // two an hour, for three hours
        let times = (0..<6).map { Self.noon + 1800 - Int64($0) * 1800 }
        let hours = Retention(hourly: 2).verdicts(times.map { Self.kept($0) })
            .filter { !$0.reasons.isEmpty }.map { ($0.snapshot.name.takenAt - Self.noon) / 1800 }
        #expect(hours == [1, -1])
        let all = Retention(hourly: 9).verdicts(times.map { Self.kept($0) })
            .filter { !$0.reasons.isEmpty }.map { ($0.snapshot.name.takenAt - Self.noon) / 1800 }
        #expect(all == [1, -1, -3, -4])
    }

    @Test("the newest of each day of UTC")
    func daily() {
        // every six hours for three days; noon is hour 0
        let times = (0..<12).map { Self.noon - Int64($0) * 6 * Self.hour }
        #expect(stay(Retention(daily: 2), times) == [0, -18])
    }

    @Test("the newest of each week from Monday to Sunday")
    func weekly() {
        let times = (0..<20).map { Self.noon - Int64($0) * Self.day }
        // Monday, the Sunday before, the Sunday before that
        #expect(stay(Retention(weekly: 3), times) == [0, -24, -192])
    }

    @Test("the newest of each month, whatever its length")
    func monthly() {
        let times = (0..<90).map { Self.noon - Int64($0) * Self.day }
        // November 23, October 31, September 30
        #expect(stay(Retention(monthly: 3), times) == [0, -23 * 24, -54 * 24])
    }

    @Test("what one rule keeps, none takes away")
    func together() {
        let times = (0..<40).map { Self.noon - Int64($0) * Self.day }
        let rules = Retention(last: 2, hourly: 0, daily: 3, weekly: 2, monthly: 2)
        #expect(stay(rules, times) == [0, -24, -48, -23 * 24])
    }

    @Test("always the newest proven one of each cluster, each judged by itself")
    func clusters() {
        let verdicts = Retention(last: 1).verdicts([
            Self.kept(Self.noon), Self.kept(Self.noon - 1),
            Self.kept(Self.noon - 9, cluster: "lab"),
        ])
        #expect(
            verdicts.map(\.reasons) == [["newest proven", "last"], [], ["newest proven", "last"]]
        )
    }

    @Test("never lets go what has no manifest, or is not as its manifest says, nor counts it")
    func others() {
        let verdicts = Retention(last: 1).verdicts([
            Self.kept(Self.noon, state: .unproven), Self.kept(Self.noon - 1, state: .damaged),
            Self.kept(Self.noon - 2), Self.kept(Self.noon - 3),
        ])
        #expect(
            verdicts.map(\.reasons) == [
                ["unproven"], ["damaged"], ["newest proven", "last"], [],
            ]
        )
    }

    @Test(
        "whatever the times: no rule keeps more than its number and one, and the newest stays",
        arguments: 0..<40
    )
    func property(seed: Int) {
        var state = UInt64(seed) &* 6_364_136_223_846_793_005 &+ 1
        func next(_ bound: Int64) -> Int64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int64(state >> 33) % bound
        }
        let times = Set((0..<60).map { _ in next(Self.noon) })
        let count = Int(next(8)) + 1
        for rules in [
            Retention(last: count), Retention(hourly: count), Retention(daily: count),
            Retention(weekly: count), Retention(monthly: count),
        ] {
            let verdicts = rules.verdicts(times.map { Self.kept($0) })
            let stays = verdicts.filter { !$0.reasons.isEmpty }
            #expect(verdicts.count == times.count)
            #expect(stays.count <= count && !stays.isEmpty)
            #expect(stays.first?.snapshot.name.takenAt == times.max())
        }
    }
}

@Suite("The name of a kept snapshot")
struct SnapshotNameTests {
    @Test(
        "is read as it was written",
        arguments: [
            ("prod", 1_795_435_200, [], "prod-20261123T120000Z.db"),
            ("prod", 0, ["zst", "gpg"], "prod-19700101T000000Z.db.zst.gpg"),
            ("a.db-b", 1_795_435_200, ["age"], "a.db-b-20261123T120000Z.db.age"),
        ] as [(String, Int64, [String], String)]
    )
    func both(_ cluster: String, _ time: Int64, _ suffixes: [String], _ file: String) {
        let name = SnapshotName(cluster: cluster, takenAt: time, suffixes: suffixes)
        #expect(name.file == file)
        #expect(SnapshotName(file) == name)
    }

    @Test("has no character that a shell or a path would take for something else")
    func plain() {
        let name = SnapshotName(cluster: "../a b\u{1B}é$(x)", takenAt: 0)
        #expect(name.file == ".._a_b____x_-19700101T000000Z.db" || !name.file.contains("/"))
        #expect(name.file.allSatisfy { $0.isLetter || $0.isNumber || "._-".contains($0) })
    }

    @Test(
        "is not seen in what is something else",
        arguments: [
            "", "snapshot.db", "prod-20261123T120000Z.db.manifest.json", "prod-20261123T120000.db",
            "prod-20261331T120000Z.db", "prod-20260231T120000Z.db", "-20261123T120000Z.db",
            "prod-20261123T120000Z.db.xz", "prod-20261123T120000Z.db.", "a b-20261123T120000Z.db",
        ]
    )
    func none(_ text: String) {
        #expect(SnapshotName(text) == nil)
    }
}
