import ClusterInventory
import EtcdModel
import RestorePlanning

extension ModelHost {
    /// What `ObservationScript` prints on this host.
    var observation: String { observation(besides: []) }

    /// The same with what the cluster tells, where it is asked.
    func observation(besides cluster: [String]) -> String {
        var lines = ["data.dir=yes"] + cluster
        lines += place("data", data) + place("staged", staged)
        lines += place("aside", aside) + place("discarded", discarded)
        if hasRunDirectory { lines.append("run.dir=yes") }
        if !othersAside.isEmpty { lines.append("others.\(Self.laterRun)=aside") }
        if isMarked { lines.append("restored=yes") }
        if hasSnapshot { lines.append("snapshot.bytes=\(snapshotSize)") }
        if !partial.isEmpty { lines.append("partial.bytes=\(partial.count)") }
        if hasSafetySnapshot { lines.append("safety=yes") }
        if isDependentDown { lines.append("dependents.down=yes") }
        if hasForeignOwner, staged.member != nil { lines.append("staged.foreign=yes") }
        if let lock {
            lines += [
                "lock=yes", "lock.run=\(lock)", "lock.operator=ops", "lock.coordinator=laptop",
                "lock.since=2026-11-22T16:45:13Z", "",
            ]
        }
        lines.append("data.open=\(isActive ? "yes" : "no")")
        guard target.scratch == nil else {
            lines += [
                "service.LoadState=\(isScratchActive ? "loaded" : "not-found")",
                "service.ActiveState=\(isScratchActive ? "active" : "inactive")",
                "service.SubState=\(isScratchActive ? "running" : "dead")",
            ]
            return (lines + ["end=yes", ""]).joined(separator: "\n")
        }
        let dropIn = "/etc/systemd/system/\(target.service.unit).d/rekindle-hold.conf"
        lines += [
            "service.LoadState=loaded",
            "service.ActiveState=\(isActive ? "active" : "inactive")",
            "service.SubState=\(isActive ? "running" : "dead")",
            "service.DropInPaths=\(isDropInLoaded ? dropIn : "")",
        ]
        if let hold { lines.append("service.hold=\(hold)") }
        if hasJoinSettings { lines.append("service.join=yes") }
        return (lines + ["end=yes", ""]).joined(separator: "\n")
    }

    static let laterRun = "20991231T235959Z-00beef"
    static let others = WALIdentity(
        memberID: MemberID(rawValue: 0x0123),
        clusterID: ClusterID(rawValue: 0x0456)
    )

    /// What `ProductionLook` prints.
    var productionLook: String {
        "unit.ActiveState=\(isActive ? "active" : "inactive")\nunit.NRestarts=\(restarts)\nend=yes\n"
    }

    private func place(_ name: String, _ place: Place) -> [String] {
        var lines: [String] = []
        if place.member != nil { lines.append("\(name).member=yes") }
        if place.wal != nil { lines.append("\(name).wal=yes") }
        let identity: WALIdentity? =
            switch hasWALDir ? place.wal : place.member {
            case .old: target.oldIdentity
            case .restored, .tornWithWAL: restored
            case .others: Self.others
            case .torn, nil: nil
            }
        if let identity { lines.append("\(name).walhead=\(Hex.text(WALHead.bytes(identity)))") }
        return lines
    }
}
