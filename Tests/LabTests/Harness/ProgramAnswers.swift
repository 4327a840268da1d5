import Foundation

/// The fields of `restore --output json` that its users rely on.
struct RunDocument: Decodable {
    var run: String
    var outcome: String
    var clusterID: String?
    var members: [Member]
    var error: Failure?
    var safetySnapshot: Safety?

    struct Safety: Decodable {
        var member: String
        var path: String
    }

    struct Member: Decodable, Hashable {
        var name: String
        var memberID: String?
        var state: String
        var revision: Int64?
        var hashKV: UInt32?
    }

    struct Failure: Decodable {
        var host: String?
        var message: String
        var hint: String?
    }

    init(_ result: Program.Result) throws {
        do {
            self = try JSONDecoder().decode(Self.self, from: result.output)
        } catch {
            throw Program.Failed(command: ["rekindle … --output json"], result: result)
        }
    }
}

/// The fields of `plan --format json` that the tests compare with the world.
struct PlanDocument: Decodable {
    var run: String
    var clusterID: String
    var topology: Topology
    var targets: [Target]

    struct Topology: Decodable { var token: String }
    struct Target: Decodable {
        var memberID: String
        var member: Name
        var tools: Tools
        struct Name: Decodable { var name: String }
        struct Tools: Decodable { var restore: String }
    }

    init(path: String) throws {
        let bytes = try Data(contentsOf: URL(filePath: path))
        self = try JSONDecoder().decode(Self.self, from: bytes)
    }

    var memberIDs: [String: String] {
        Dictionary(uniqueKeysWithValues: targets.map { ($0.member.name, $0.memberID) })
    }
}

/// What `snapshot verify --output json` foretells.
struct SnapshotDocument: Decodable {
    var sha256: String
    var revision: Int64
    var keys: Int
    var hashKV: UInt32
}
