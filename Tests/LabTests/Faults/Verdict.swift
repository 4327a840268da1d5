/// What came of a case: asked of etcd by the lab's own client, never of the program under test.
extension Scene {
    /// - Returns: the outcome, and why it is neither of the good ones.
    func outcome() -> (Outcome, why: [String]) {
        var why: [String] = []
        var found: Outcome?
        // a host that boots needs some seconds until etcd answers
        _ = Watchdog.wait(atMost: 30, every: 200_000) {
            why = []
            do {
                let world = try World(lab)
                let notRestored = whyNotRestored(world)
                let notOld = whyNotOld(world)
                found = notRestored.isEmpty ? .restored : notOld.isEmpty ? .oldBack : nil
                why = ["not restored: \(notRestored)", "not the old cluster: \(notOld)"]
            } catch {
                why = ["\(error)"]
            }
            return found != nil
        }
        return found.map { ($0, []) } ?? (.neither, why)
    }

    private struct World {
        var hashes: [UInt32]
        var contents: Lab.Contents
        var identity: Lab.Identity

        init(_ lab: Lab) throws {
            // the hash first: nothing was written yet
            hashes = try lab.hashKV()
            contents = try lab.contents()
            identity = try lab.identity()
        }
    }

    private func whyNotRestored(_ world: World) -> [String] {
        let isHash = world.hashes == world.hashes.map { _ in savedHash.hashKV }
        return [
            isHash ? nil : "HashKV",
            world.contents == saved ? nil : "keys and values",
            world.identity.cluster != oldIdentity.cluster ? nil : "the cluster ID is the old one",
            world.identity.clustersOfEndpoints == [world.identity.cluster] ? nil : "two clusters",
            world.identity.membersOfEndpoints == Set(world.identity.members.values)
                ? nil : "members",
            world.hashes.count == 3 ? nil : "\(world.hashes.count) members answer",
        ].compactMap { $0 }
    }

    private func whyNotOld(_ world: World) -> [String] {
        [
            world.contents == newest ? nil : "keys and values",
            world.identity == oldIdentity ? nil : "IDs",
            Set(world.hashes).count == 1 && world.hashes.count == 3 ? nil : "HashKV",
        ].compactMap { $0 }
    }
}
