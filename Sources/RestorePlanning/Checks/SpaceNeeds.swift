package import EtcdModel

/// How much room a restore takes beside the old data.
package enum SpaceNeeds {
    /// One WAL segment of 64 MB that the restore allocates, and one more when etcd starts
    /// (SegmentSizeBytes, server/storage/wal/wal.go of 3.5).
    package static let wal: UInt64 = 128_000_000

    /// The snapshot's copy, the restored database, the WAL, a twentieth to spare, and the old
    /// database where it is saved before the stop.
    package static func data(
        _ snapshot: SnapshotProof,
        hasOwnWAL: Bool,
        saving oldDatabaseBytes: UInt64 = 0
    ) -> UInt64 {
        snapshot.bytes.multiplied(saturating: 2).adding(saturating: snapshot.bytes / 20)
            .adding(saturating: hasOwnWAL ? 0 : wal).adding(saturating: oldDatabaseBytes)
    }
}

/// Sizes for people.
package enum ByteText {
    /// Three figures and a binary unit: `1.31 GiB`.
    package static func describe(_ bytes: UInt64) -> String {
        let units = ["B", "KiB", "MiB", "GiB", "TiB"]
        var value = Double(bytes)
        var unit = 0
        while value >= 1024, unit < units.count - 1 {
            value /= 1024
            unit += 1
        }
        if unit == 0 { return "\(bytes) B" }
        let digits = value < 10 ? 2 : value < 100 ? 1 : 0
        return "\(fixed(value, digits: digits)) \(units[unit])"
    }

    /// A number with so many decimal places, rounded.
    package static func fixed(_ value: Double, digits: Int) -> String {
        var scale = 1
        for _ in 0..<digits { scale *= 10 }
        let scaled = Int(saturating: (value * Double(scale)).rounded())
        guard digits > 0 else { return String(scaled) }
        let fraction = String(scaled.magnitude % UInt(scale))
        let padding = String(repeating: "0", count: digits - fraction.count)
        let sign = scaled < 0 ? "-" : ""
        return "\(sign)\(scaled.magnitude / UInt(scale)).\(padding)\(fraction)"
    }
}
