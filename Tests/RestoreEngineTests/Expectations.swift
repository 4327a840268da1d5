import RestorePlanning
import RestoreRun
import TestSupport
import Testing

extension Rehearsal {
    /// The new cluster runs, the old data is set aside, and nothing else is left of the run.
    func expectRestored(sourceLocation: SourceLocation = #_sourceLocation) {
        expectNoViolation(sourceLocation: sourceLocation)
        for target in restore.targets {
            var expected = ModelHost(target: target, in: restore)
            let hasOwnWAL = target.paths.walDir != nil
            expected.aside = expected.data
            expected.data = ModelHost.Place(
                member: .restored,
                wal: hasOwnWAL ? .restored : nil
            )
            expected.isActive = true
            expected.hasRunDirectory = true
            expected.isMarked = true
            expected.hasSafetySnapshot = restore.safetySnapshot?.member == target.name
            #expect(fleet.hosts[target.name] == expected, sourceLocation: sourceLocation)
        }
    }

    /// Old data and services are as before; what was restored may be left, out of etcd's sight.
    func expectRolledBack(sourceLocation: SourceLocation = #_sourceLocation) {
        expectNoViolation(sourceLocation: sourceLocation)
        for target in restore.targets {
            let before = ModelHost(target: target, in: restore)
            let host = fleet.hosts[target.name]
            #expect(host?.data == before.data, sourceLocation: sourceLocation)
            #expect(host?.isActive == target.wasActive, sourceLocation: sourceLocation)
            #expect(host?.aside.isEmpty == true, sourceLocation: sourceLocation)
            #expect(host?.staged.isEmpty == true, sourceLocation: sourceLocation)
            #expect(host?.lock == nil, sourceLocation: sourceLocation)
            #expect(host?.hold == nil, sourceLocation: sourceLocation)
            #expect(host?.isDropInLoaded == false, sourceLocation: sourceLocation)
            #expect(host?.hasSnapshot == false, sourceLocation: sourceLocation)
        }
    }

    /// The restored cluster runs, and nothing of the run is left on its hosts.
    func expectCleaned(sourceLocation: SourceLocation = #_sourceLocation) {
        expectNoViolation(sourceLocation: sourceLocation)
        for host in fleet.hosts.values {
            #expect(host.data.member == .restored, sourceLocation: sourceLocation)
            #expect(host.isActive, sourceLocation: sourceLocation)
            #expect(host.aside.isEmpty, sourceLocation: sourceLocation)
            #expect(!host.hasRunDirectory, sourceLocation: sourceLocation)
            #expect(host.lock == nil, sourceLocation: sourceLocation)
        }
    }

    func expectNoViolation(sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(fleet.violations == [], sourceLocation: sourceLocation)
    }

    /// No effect reaches a host before its intent is durable, or once its outcome is.
    func expectIntentsFirst(sourceLocation: SourceLocation = #_sourceLocation) {
        var open: Set<ModelSighting> = []
        var unannounced: [ModelSighting] = []
        for entry in log.timeline {
            switch entry {
            case .event(.intended(let effect, _)): open.insert(effect.sighting)
            case .event(.settled(let effect, _)), .event(.stumbled(let effect, _, _, _)):
                open.remove(effect.sighting)
            case .event(.began): open = []
            case .event: break
            case .command(let sighting):
                guard case .effect = sighting.command else { continue }
                if !open.contains(sighting.asAnnounced) { unannounced.append(sighting) }
            }
        }
        #expect(unannounced == [], sourceLocation: sourceLocation)
    }

    /// No effect that ran to its end runs once more, and the journal claims no more than was done.
    func expectNothingTwice(sourceLocation: SourceLocation = #_sourceLocation) {
        var claims: [ModelSighting: Int] = [:]
        for case .settled(let effect, .acted) in log.events {
            claims[effect.sighting, default: 0] += 1
        }
        var claimed: [String] = []
        var repeated: [String] = []
        for member in Sample.members {
            for kind in EffectKind.allCases {
                let count = fleet.completions(of: kind, on: member)
                let claims = claims[ModelSighting(member: member, command: .effect(kind))] ?? 0
                if claims > count { claimed.append("\(kind) on \(member)") }
                // removing what is gone already, under a lock of our own, harms nobody
                if count > 1, kind != .removeSnapshotCopy {
                    repeated.append("\(kind) on \(member)")
                }
            }
        }
        #expect(claimed == [], sourceLocation: sourceLocation)
        #expect(repeated == [], sourceLocation: sourceLocation)
    }
}

extension ModelSighting {
    /// A member's rollback has the old start alone, under its own name.
    fileprivate var asAnnounced: ModelSighting {
        command == .effect(.startOldService)
            ? ModelSighting(member: member, command: .effect(.startService)) : self
    }
}

extension EffectID {
    /// The command that it sends: both starts are the same one.
    var sighting: ModelSighting {
        ModelSighting(
            member: member,
            command: .effect(kind == .startOldService ? .startService : kind)
        )
    }
}
