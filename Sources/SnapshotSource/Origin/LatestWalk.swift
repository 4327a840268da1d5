/// Walks back from the newest object under a prefix to the newest that can be a snapshot.
package struct LatestWalk {
    /// What is known of an object besides its name and its content.
    package enum Verdict: Sendable, Hashable {
        /// It is a snapshot that is wanted.
        case wanted
        /// It is a snapshot of another cluster.
        case foreign(String)
        /// Nothing is known: its content decides.
        case unknown
    }

    package struct Choice: Sendable, Hashable {
        /// nil if no object can be a snapshot that is wanted.
        package var place: BucketPlace?
        /// The newer objects that it is not, and why.
        package var passedOver: PassedObjects
    }

    private let judge: (BucketPlace) async throws -> Verdict
    private let content: (BucketPlace) async throws -> String?

    /// How many unknown objects are looked into; more would take minutes, and the prefix is a wrong one.
    package static let mostLooks = 10

    /// - Parameters:
    ///   - judge: tells whose an object is.
    ///   - content: returns why an object is no snapshot, as "is empty"; nil if it may be one.
    package init(
        judge: @escaping (BucketPlace) async throws -> Verdict,
        content: @escaping (BucketPlace) async throws -> String?
    ) {
        self.judge = judge
        self.content = content
    }

    /// Chooses among all objects that lie there.
    /// - Throws: what reading throws.
    package func choose(_ objects: [LatestObject]) async throws -> Choice {
        var passed = PassedObjects()
        var looks = 0
        for object in objects.sorted(by: LatestObject.isNewer) {
            let place = object.place
            switch object.problem {
            case .folder, .own: continue
            case .named(let what):
                passed.add(place, because: what)
                continue
            case nil: break
            }
            switch try await judge(place) {
            case .wanted: return Choice(place: place, passedOver: passed)
            case .foreign(let cluster): passed.add(cluster: cluster)
            case .unknown:
                guard looks < Self.mostLooks else { return Choice(passedOver: passed) }
                looks += 1
                guard let what = try await content(place) else {
                    return Choice(place: place, passedOver: passed)
                }
                passed.add(place, because: what)
            }
        }
        return Choice(passedOver: passed)
    }
}

/// Objects that `latest` passed over on its way back to a snapshot, and why.
package struct PassedObjects: Sendable, Hashable {
    private struct Kind: Sendable, Hashable {
        var what: String
        /// The keys' last parts.
        var names: [String]
    }

    /// In the order in which they were met.
    private var kinds: [Kind] = []
    /// How many snapshots of other clusters, by the cluster's name.
    package private(set) var ofClusters: [String: Int] = [:]

    mutating func add(_ place: BucketPlace, because what: String) {
        let name = place.key.split(separator: "/").last.map(String.init) ?? place.key
        if let index = kinds.firstIndex(where: { $0.what == what }) {
            kinds[index].names.append(name)
        } else {
            kinds.append(Kind(what: what, names: [name]))
        }
    }

    mutating func add(cluster: String) { ofClusters[cluster, default: 0] += 1 }

    /// A line for each kind, as "x.db.sha256, which is a checksum".
    package var lines: [String] {
        ofClusters.sorted { $0.key < $1.key }.map { "\($0.value) newer of \($0.key)" }
            + kinds.map { kind in
                let names = kind.names
                guard names.count > 1 else { return "\(names.joined()), which \(kind.what)" }
                let shown = names.prefix(3).joined(separator: ", ")
                return "\(names.count) objects (\(shown)\(names.count > 3 ? ", …" : "")), "
                    + "each of which \(kind.what)"
            }
    }
}
