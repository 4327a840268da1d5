package import RemoteHost
import Synchronization

/// Connects to scripted hosts by name; any other name cannot be resolved.
package final class FakeFleet: HostConnector {
    private let hosts: [String: ScriptedHost]
    private let failures = Mutex<[String: [HostFailure]]>([:])
    private let record = Mutex<[HostEndpoint]>([])

    package init(_ hosts: [ScriptedHost]) {
        self.hosts = Dictionary(uniqueKeysWithValues: hosts.map { ($0.host, $0) })
    }

    /// Every connection that was asked for, in order.
    package var endpoints: [HostEndpoint] { record.withLock { $0 } }

    package subscript(host host: String) -> ScriptedHost? { hosts[host] }

    /// Makes the next attempt to connect to the failure's host fail with it.
    package func failNextConnection(with failure: HostFailure) {
        failures.withLock { $0[failure.host, default: []].append(failure) }
    }

    package func connect(to endpoint: HostEndpoint) async throws -> any HostConnection {
        record.withLock { $0.append(endpoint) }
        let failure: HostFailure? = failures.withLock { failures in
            guard failures[endpoint.host]?.isEmpty == false else { return nil }
            return failures[endpoint.host]?.removeFirst()
        }
        if let failure { throw failure }
        guard let host = hosts[endpoint.host] else {
            throw HostFailure(
                .unreachable,
                host: endpoint.host,
                "cannot resolve \(endpoint.host): no such scripted host"
            )
        }
        return host.connect()
    }
}
