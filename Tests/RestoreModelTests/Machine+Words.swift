import RestorePlanning

@testable import TestSupport

extension Machine {
    /// What is wrong on the hosts, in words.
    func harm(_ hosts: (Int, Int, Int)) -> String {
        describe(hosts) { $0.violation }
    }

    func trespass(_ hosts: (Int, Int, Int)) -> String { describe(hosts) { $0.trespass } }

    func words(_ hosts: (Int, Int, Int)) -> String {
        describe(hosts) { host in
            let data = host.data.member.map { "\($0) data" } ?? "no data"
            return "\(data) in place, etcd \(host.isActive ? "runs" : "is stopped")"
        }
    }

    func describe(_ hosts: (Int, Int, Int), _ text: (ModelHost) -> String?) -> String {
        zip(rules.restore.targets, [hosts.0, hosts.1, hosts.2]).enumerated()
            .compactMap { slot, pair in
                text(book(slot).hosts[pair.1]).map { "\(pair.0.name): \($0)" }
            }
            .joined(separator: "; ")
    }

    /// What a run that ended has left behind.
    func remains(_ hosts: (Int, Int, Int)) -> String {
        describe(hosts) { host in
            guard host.isUntidy else { return nil }
            let lock = host.lock.map { "lock of \($0)" }
            let hold = host.hold.map { "hold of \($0)" }
            let staged = host.staged.isEmpty ? nil : "staging"
            let copy = host.hasSnapshot ? "a copy of the snapshot" : nil
            return [lock, hold, staged, copy].compactMap { $0 }.joined(separator: ", ")
        }
    }
}
