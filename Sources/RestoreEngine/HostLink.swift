package import RemoteHost

/// One host as the engine sees it: connects when needed, and again after a connection was lost.
package actor HostLink {
    package nonisolated let endpoint: HostEndpoint
    private let connector: any HostConnector
    private var connection: (any HostConnection)?

    package init(endpoint: HostEndpoint, connector: any HostConnector) {
        self.endpoint = endpoint
        self.connector = connector
    }

    /// Runs one command; a failed connection is dropped, and the next call makes a new one.
    /// - Throws: `HostFailure`.
    package func run(
        _ command: RemoteCommand,
        input: CommandInput = .none,
        limits: CommandLimits = CommandLimits()
    ) async throws -> CommandResult {
        let open = try await open()
        do {
            return try await open.run(command, input: input, limits: limits)
        } catch {
            connection = nil
            await open.close()
            throw error
        }
    }

    private func open() async throws -> any HostConnection {
        if let connection { return connection }
        let new = try await connector.connect(to: endpoint)
        connection = new
        return new
    }

    package func close() async {
        let open = connection
        connection = nil
        await open?.close()
    }
}

/// A link to every member of a cluster, by name.
package struct Fleet: Sendable {
    package let links: [String: HostLink]

    package init(endpoints: [String: HostEndpoint], connector: any HostConnector) {
        links = endpoints.mapValues { HostLink(endpoint: $0, connector: connector) }
    }

    package subscript(member: String) -> HostLink? { links[member] }

    package func close() async {
        await withTaskGroup { group in
            for link in links.values { group.addTask { await link.close() } }
        }
    }
}
