/// Something below a directory, or soon to be laid over it, that one rename would not move along.
package enum Hazard: Sendable, Hashable {
    /// A file system is mounted below the directory.
    case mounted(String)
    /// fstab or a unit mounts something below the directory; `source` says where that is written.
    case planned(String, source: String)
    /// fstab or a unit mounts something on the directory, or above it, at boot, and it is not mounted now.
    case unmounted(String, source: String)
    /// A symbolic link; `staysInside` for a relative one that leads to a place that moves with it.
    case link(String, target: String, staysInside: Bool)
    /// A directory on another device that is not a mount point: a btrfs subvolume.
    case subvolume(String)
    /// What is wrong with the directory that a run works in.
    case workDirectory(String, String)
    /// `member` belongs to another project than its parent, so the kernel refuses to rename it.
    case project(member: String, directory: String)
    /// The kernel's mount table cannot be read.
    case unknownMounts
}

extension Hazard {
    /// Reads what `HazardScript` prints.
    ///
    /// - Parameters:
    ///   - text: its lines.
    ///   - directory: the real path of the directory that was looked at.
    /// - Returns: each hazard once, in the order of the lines.
    static func read(_ text: String, of directory: String) -> [Hazard] {
        // a link may lead to a name with a carriage return at its end, which is one Character with the line's end
        let lines = text.unicodeScalars.split(separator: "\n").map { line in
            line.split(separator: "\t", maxSplits: 3, omittingEmptySubsequences: false)
                .map { String(Substring($0)) }
        }
        var mounted: Set<String> = []
        for line in lines where line.count == 2 && ["at", "above", "below"].contains(line[0]) {
            mounted.insert(unescaped(line[1]))
        }
        var found: [Hazard] = []
        for line in lines {
            guard let hazard = one(line, directory, mounted), !found.contains(hazard) else {
                continue
            }
            // nobody reads more, and a host may say any number of them
            if found.count == 100 { break }
            found.append(hazard)
        }
        return found
    }

    private static func one(
        _ line: [String],
        _ directory: String,
        _ mounted: Set<String>
    ) -> Hazard? {
        switch (line.first, line.count) {
        case ("unknown", 1): return .unknownMounts
        case ("below", 2): return .mounted(unescaped(line[1]))
        case ("planned", 4):
            let (source, place) = (line[2], line[3])
            if isBelow(place, directory) {
                return mounted.contains(place) ? nil : .planned(place, source: source)
            }
            let isOver = place == directory || isBelow(directory, place)
            return isOver && line[1] == "yes" && !mounted.contains(place)
                ? .unmounted(place, source: source) : nil
        case ("link", 4):
            let inside = isBelow(line[1], "\(directory)/member") ? "\(directory)/member" : directory
            let stays =
                line[1] != "\(directory)/member" && !line[2].hasPrefix("/")
                && isBelow(line[3], inside)
            return .link(line[1], target: line[2], staysInside: stays)
        case ("work", 3): return .workDirectory(line[1], line[2])
        case ("device", 2):
            if mounted.contains(line[1]) { return nil }
            return line[1].hasSuffix("/.rekindle")
                ? .workDirectory(line[1], "is on another file system, or a subvolume of its own")
                : .subvolume(line[1])
        case ("project", 3): return .project(member: line[1], directory: line[2])
        default: return nil
        }
    }

    private static func isBelow(_ path: String, _ directory: String) -> Bool {
        path != directory && path.hasPrefix(directory == "/" ? "/" : directory + "/")
    }

    /// `\040` and the like as the bytes that they stand for.
    static func unescaped(_ text: String) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            let digits = rest.prefix(3)
            let isEscape =
                byte == UInt8(ascii: "\\") && digits.count == 3
                && digits.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "7")).contains($0) }
            guard isEscape else {
                bytes.append(byte)
                continue
            }
            let value = digits.reduce(0) { $0 * 8 + Int($1 - UInt8(ascii: "0")) }
            bytes.append(UInt8(truncatingIfNeeded: value))
            rest = rest.dropFirst(3)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
