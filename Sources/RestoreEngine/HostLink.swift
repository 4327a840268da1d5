package import RemoteHost

/// One host as the engine sees it: connects when needed, and again after a connection was lost.
package actor HostLink {
    package nonisolated let endpoint: HostEndpoint
    private let connector: any HostConnector
    private var connection: (any HostConnection)?
    private var connecting: Task<any HostConnection, any Error>?

    package init(endpoint: HostEndpoint, connector: any HostConnector) {
        self.endpoint = endpoint
        self.connector = connector
    }

    /// Runs one command; a failed connection is dropped, and the next call makes a new one.
    /// - Throws: `HostFailure`.
    package func run(
        _ command: RemoteCommand,
        input: CommandInput = .none,
        output: CommandOutput = .kept,
        limits: CommandLimits = CommandLimits()
    ) async throws -> CommandResult {
        let open = try await open()
        do {
            return try await open.run(command, input: input, output: output, limits: limits)
        } catch {
            connection = nil
            await open.close()
            throw error
        }
    }

    private func open() async throws -> any HostConnection {
        if let connection { return connection }
        let task = connecting ?? Task { try await connector.connect(to: endpoint) }
        connecting = task
        // two commands at once share one connection; cancelling either ends the attempt
        defer { if connecting == task { connecting = nil } }
        let new = try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            task.cancel()
        }
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
    private let endpoints: [String: HostEndpoint]
    private let connector: any HostConnector

    package init(endpoints: [String: HostEndpoint], connector: any HostConnector) {
        self.endpoints = endpoints
        self.connector = connector
        links = endpoints.mapValues { HostLink(endpoint: $0, connector: connector) }
    }

    /// Links to the same hosts that share no connection with these.
    package func apart() -> Fleet { Fleet(endpoints: endpoints, connector: connector) }

    /// Works over such links, and closes them whatever comes of it.
    package func apart<Value>(_ work: (Fleet) async throws -> Value) async throws -> Value {
        let own = apart()
        let result: Result<Value, any Error>
        do {
            result = .success(try await work(own))
        } catch {
            result = .failure(error)
        }
        await own.close()
        return try result.get()
    }

    package subscript(member: String) -> HostLink? { links[member] }

    package func close() async {
        await withTaskGroup { group in
            for link in links.values { group.addTask { await link.close() } }
        }
    }
}
