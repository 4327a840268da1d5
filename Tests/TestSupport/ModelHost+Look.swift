import ClusterInventory
import EtcdModel
import RestorePlanning

extension ModelHost {
    /// What `ObservationScript` prints on this host.
    var observation: String {
        var lines = ["data.dir=yes"]
        lines += place("data", data) + place("staged", staged)
        lines += place("aside", aside) + place("discarded", discarded)
        if hasRunDirectory { lines.append("run.dir=yes") }
        if isMarked { lines.append("restored=yes") }
        if hasSnapshot { lines.append("snapshot.bytes=\(snapshotSize)") }
        if hasForeignOwner, staged.member != nil { lines.append("staged.foreign=yes") }
        if let lock {
            lines += [
                "lock=yes", "lock.run=\(lock)", "lock.operator=ops", "lock.coordinator=laptop",
                "lock.since=2026-11-22T16:45:13Z", "",
            ]
        }
        lines.append("data.open=\(isActive ? "yes" : "no")")
        let dropIn = "/etc/systemd/system/\(target.service.unit).d/rekindle-hold.conf"
        lines += [
            "service.LoadState=loaded",
            "service.ActiveState=\(isActive ? "active" : "inactive")",
            "service.SubState=\(isActive ? "running" : "dead")",
            "service.DropInPaths=\(isDropInLoaded ? dropIn : "")",
        ]
        if let hold { lines.append("service.hold=\(hold)") }
        return (lines + ["end=yes", ""]).joined(separator: "\n")
    }

    private func place(_ name: String, _ place: Place) -> [String] {
        var lines: [String] = []
        if place.member != nil { lines.append("\(name).member=yes") }
        if place.wal != nil { lines.append("\(name).wal=yes") }
        let identity: WALIdentity? =
            switch hasWALDir ? place.wal : place.member {
            case .old: target.oldIdentity
            case .restored, .tornWithWAL: restored
            case .torn, nil: nil
            }
        if let identity { lines.append("\(name).walhead=\(Hex.text(WALHead.bytes(identity)))") }
        return lines
    }
}

/// The first bytes of a WAL segment: a CRC record and the metadata.
///
/// Format: server/storage/wal/{encoder,decoder}.go and walpb/record.proto of etcd 3.5.
private enum WALHead {
    static func bytes(_ identity: WALIdentity) -> [UInt8] {
        let ids =
            [0x08] + varint(identity.memberID.rawValue) + [0x10]
            + varint(identity.clusterID.rawValue)
        let metadata = [0x08, 0x01, 0x10, 0x00, 0x1A] + varint(UInt64(ids.count)) + ids
        return framed([0x08, 0x04, 0x10, 0x00]) + framed(metadata)
    }

    private static func framed(_ record: [UInt8]) -> [UInt8] {
        let padding = (8 - record.count % 8) % 8
        var field = UInt64(record.count)
        if padding > 0 { field |= UInt64(0x80 | padding) << 56 }
        let length = (0..<8).map { UInt8(truncatingIfNeeded: field >> ($0 * 8)) }
        return length + record + Array(repeating: 0, count: padding)
    }

    private static func varint(_ value: UInt64) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = value
        while rest > 0x7F {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }
}
