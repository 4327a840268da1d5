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
        guard let place = here, let began = began(of: getpid()) else { return nil }
        return CoordinatorProcess(
            boot: place.boot,
            namespace: place.namespace,
            pid: getpid(),
            began: began
        )
    }

    /// Whether it is over; nil if it is no process of this boot and this PID namespace.
    var isOver: Bool? {
        guard let place = Self.here, place == (boot, namespace) else { return nil }
        return Self.began(of: pid) != began
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

    /// When a process began, in ticks since the boot (proc(5): the 22nd field); nil if there is none.
    private static func began(of pid: Int32) -> UInt64? {
        // its name is in parentheses, and may hold any character
        guard let stat = text("/proc/\(pid)/stat"), let end = stat.lastIndex(of: ")") else {
            return nil
        }
        let fields = stat[stat.index(after: end)...].split(separator: " ")
        // one that nobody has waited for yet is over all the same
        guard fields.count > 19, fields[0] != "Z", fields[0] != "X" else { return nil }
        return UInt64(fields[19])
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
