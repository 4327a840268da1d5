import Glibc
import RestorePlanning

extension CoordinatorSession {
    /// This process, as a run's locks name it.
    static func current(_ world: World) -> CoordinatorSession {
        let word = world.randomBytes(8).map { byte in
            let hex = String(byte, radix: 16)
            return byte < 16 ? "0\(hex)" : hex
        }
        return CoordinatorSession(word: word.joined(), process: .current)
    }
}

extension CoordinatorProcess {
    static var current: CoordinatorProcess? {
        guard let place = here, case .since(let began) = life(of: getpid()) else { return nil }
        return CoordinatorProcess(
            boot: place.boot,
            namespace: place.namespace,
            pid: getpid(),
            began: began
        )
    }

    /// Whether it is over; nil if it is no process of this boot and this PID namespace, or cannot be seen.
    var isOver: Bool? {
        guard let place = Self.here, place == (boot, namespace) else { return nil }
        switch Self.life(of: pid) {
        case .over: return true
        case .since(let other): return other != began
        case .unseen: return nil
        }
    }

    private enum Life {
        case over
        /// In ticks since the boot.
        case since(UInt64)
        /// It is another user's, and /proc hides those (`hidepid` of proc(5)).
        case unseen
    }

    private static var here: (boot: String, namespace: String)? {
        guard let boot = text("/proc/sys/kernel/random/boot_id")?.split(separator: "\n").first
        else { return nil }
        var name = [CChar](repeating: 0, count: 128)
        let count = readlink("/proc/self/ns/pid", &name, name.count - 1)
        guard count > 0 else { return nil }
        let link = name.prefix(count).map { UInt8(bitPattern: $0) }
        return (String(boot), String(decoding: link, as: UTF8.self))
    }

    /// Whether there is a process, and since when (proc(5): the 22nd field of its `stat`).
    private static func life(of pid: Int32) -> Life {
        // its name is in parentheses, and may hold any character
        guard let stat = text("/proc/\(pid)/stat"), let end = stat.lastIndex(of: ")") else {
            return kill(pid, 0) != 0 && errno == ESRCH ? .over : .unseen
        }
        let fields = stat[stat.index(after: end)...].split(separator: " ")
        guard fields.count > 19, let began = UInt64(fields[19]) else { return .unseen }
        // one that nobody has waited for yet is over all the same
        return fields[0] == "Z" || fields[0] == "X" ? .over : .since(began)
    }

    private static func text(_ path: String) -> String? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = read(file, &bytes, bytes.count)
        return count > 0 ? String(decoding: bytes[..<count], as: UTF8.self) : nil
    }
}
