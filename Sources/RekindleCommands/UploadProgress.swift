import EtcdModel
import RestoreEngine
import RestorePlanning
import RunReport

/// How far the uploads of a stage are, and how fast.
///
/// What counts is the snapshot's own bytes; what they made on the wire stands beside them where it
/// is less.
struct UploadProgress {
    private struct Upload {
        var first: SentBytes
        var last: SentBytes
        var beganAt: Double
    }

    private var uploads: [String: Upload] = [:]

    mutating func note(_ bytes: SentBytes, of member: String, at now: Double) {
        // one that began again is measured anew
        if let upload = uploads[member], bytes.wire >= upload.last.wire {
            uploads[member]?.last = bytes
        } else {
            uploads[member] = Upload(first: bytes, last: bytes, beganAt: now)
        }
    }

    /// One line for a terminal; nil once nothing is under way.
    func line(for members: [String], at now: Double) -> String? {
        let known = members.compactMap { uploads[$0] }
        guard let total = known.first?.last.total, total > 0,
            members.contains(where: { (uploads[$0]?.last.taken ?? 0) < total })
        else { return nil }
        let each = members.map { member in
            guard let upload = uploads[member] else { return "\(member) 0%" }
            let percent = "\(member) \(upload.last.taken * 100 / total)%"
            guard upload.last.taken < total, let rate = rate(upload, now) else { return percent }
            let left = Double(total - upload.last.taken) / rate
            return
                "\(percent) \(ByteText.describe(UInt64(saturating: rate)))/s \(TimeText.length(left))"
        }
        let taken = known.reduce(0) { $0 + $1.last.taken }
        let all = total.multiplied(saturating: UInt64(members.count))
        let under = known.filter { $0.last.taken < total }
        let rates = under.compactMap { rate($0, now) }
        var line =
            "  copying: \(each.joined(separator: "  "))  "
            + "\(ByteText.describe(taken)) of \(ByteText.describe(all))"
        let sum = rates.reduce(0, +)
        guard sum > 0 else { return line }
        line += "  \(ByteText.describe(UInt64(saturating: sum)))/s"
        let wire = under.reduce(0) { $0 + wireRate($1, now) }
        if wire < 0.95 * sum {
            line += " (\(ByteText.describe(UInt64(saturating: wire)))/s on the wire)"
        }
        // all are done when the last one is
        if known.count == members.count, rates.count == under.count {
            let longest = under.compactMap { upload in
                rate(upload, now).map { Double(total - upload.last.taken) / $0 }
            }.max()
            if let longest { line += "  \(TimeText.length(longest)) left" }
        }
        return line
    }

    /// Bytes of the snapshot in a second; nil before there is anything to measure.
    private func rate(_ upload: Upload, _ now: Double) -> Double? {
        let seconds = now - upload.beganAt
        let bytes = Double(upload.last.taken - upload.first.taken)
        return seconds > 0.2 && bytes > 0 ? bytes / seconds : nil
    }

    private func wireRate(_ upload: Upload, _ now: Double) -> Double {
        let seconds = now - upload.beganAt
        return seconds > 0.2 ? Double(upload.last.wire - upload.first.wire) / seconds : 0
    }
}
