/// A unit that systemd stops whenever it stops etcd's: what requires it, is bound to it, or is part of it, directly or
/// by others in between.
///
/// systemd does not start it again with etcd (systemd.unit(5), `Requires=`).
package struct DependentUnit: Sendable, Hashable, Codable {
    package var name: String
    /// systemd's words for its state, `active (running)`.
    package var state: String
    /// The end of its journal, if it is not up; empty if that was not asked.
    package var log: [String]

    package init(name: String, state: String, log: [String] = []) {
        self.name = name
        self.state = state
        self.log = log
    }

    /// Whether it is up, or about to be.
    package var isUp: Bool {
        ["active ", "activating ", "reloading "].contains { state.hasPrefix($0) }
    }

    /// The lines `dependent.N=NAME ACTIVE SUB` of a look, and the logs that stand beside them.
    package static func all(_ lines: KeyedLines) -> [DependentUnit] {
        var units: [DependentUnit] = []
        while let line = lines["dependent.\(units.count + 1)"] {
            let words = line.split(separator: " ")
            let log = lines["dependent.\(units.count + 1).log"].flatMap(Base64Text.bytes) ?? []
            units.append(
                DependentUnit(
                    name: words.first.map(String.init) ?? "",
                    state: words.count > 2 ? "\(words[1]) (\(words[2]))" : "not known",
                    log: log.split(separator: UInt8(ascii: "\n")).map {
                        String(decoding: $0, as: UTF8.self)
                    }
                )
            )
        }
        return units
    }
}
