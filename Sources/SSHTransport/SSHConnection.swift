import RemoteHost

/// One SSH connection on a thread of its own.
///
/// Nothing in here awaits while libssh2 is in the middle of something: the actor's methods are
/// synchronous, block their own thread in poll(2), and are ended through the interrupt.
actor SSHConnection: HostConnection {
    private nonisolated let executor: ThreadExecutor
    private nonisolated let interrupt: Interrupt
    private nonisolated let turnstile = Turnstile()
    private nonisolated let endpoint: HostEndpoint
    private nonisolated let longRoundTrip: Duration
    private nonisolated let secrets: SecretVault
    private var session: Session?
    /// Why there is no session.
    private var ending = "it was not opened"

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    init(
        to endpoint: HostEndpoint,
        longRoundTrip: Duration,
        secrets: SecretVault
    ) throws(SSHError) {
        self.endpoint = endpoint
        self.secrets = secrets
        self.longRoundTrip = longRoundTrip
        interrupt = try Interrupt()
        executor = try ThreadExecutor()
    }

    deinit { executor.stop() }

    nonisolated func open(settings: SSHConnector.Settings, vault: KeyVault) async throws {
        try await interruptibly("connecting") { await self.connect(settings, vault) }
    }

    nonisolated func run(
        _ command: RemoteCommand,
        input: CommandInput,
        output: CommandOutput,
        limits: CommandLimits
    ) async throws -> CommandResult {
        try await interruptibly("waiting for its turn") {
            await self.execute(command, input, output, limits)
        }
    }

    func close() {
        guard let session = give(up: "it was closed by this side") else { return }
        session.sayGoodbye(Deadline(after: .seconds(1)))
    }

    /// Takes turns, and lets the task's cancellation end the body.
    private nonisolated func interruptibly<Value: Sendable>(
        _ operation: String,
        _ body: () async -> Result<Value, SSHError>
    ) async throws -> Value {
        guard await turnstile.enter() else {
            throw HostFailure(.cancelled(operation), endpoint: endpoint)
        }
        defer { turnstile.leave() }
        // Between two turns nobody can raise it: the handler below is gone when its scope ends.
        interrupt.clear()
        let result = await withTaskCancellationHandler(
            operation: body,
            onCancel: { interrupt.raise() }
        )
        do throws(SSHError) {
            return try result.get()
        } catch {
            throw HostFailure(error, endpoint: endpoint)
        }
    }

    // MARK: on the connection's thread

    private func connect(
        _ settings: SSHConnector.Settings,
        _ vault: KeyVault
    ) -> Result<Void, SSHError> {
        Result { () throws(SSHError) in
            session = try Handshake.session(
                with: endpoint,
                settings: settings,
                vault: vault,
                secrets: secrets,
                interrupt: interrupt
            )
        }
    }

    private func execute(
        _ command: RemoteCommand,
        _ input: CommandInput,
        _ output: CommandOutput,
        _ limits: CommandLimits
    ) -> Result<CommandResult, SSHError> {
        Result { () throws(SSHError) in
            guard let session else { throw .closed(because: ending) }
            if interrupt.isRaised { throw .cancelled("starting the command") }
            let source =
                command.isPrivileged && endpoint.become == .sudo ? endpoint.becomePassword : nil
            if source != nil, secrets.isRefused(endpoint) {
                throw .becomeRefused("it did not take it before")
            }
            do throws(SSHError) {
                return try CommandExecution.result(
                    of: source == nil ? command.shellLine(become: endpoint.become) : command.line,
                    through: source.map { _ in SudoDialogue() },
                    password: { [secrets, endpoint, interrupt] deadline throws(SSHError) in
                        try secrets.secret(
                            source ?? .asked,
                            "sudo password of \(endpoint.user)",
                            interrupt: interrupt,
                            deadline: &deadline
                        )
                    },
                    holdsInputOpen: command.endsWithConnection,
                    input: input,
                    output: output,
                    limits: limits,
                    stripesFrom: longRoundTrip,
                    on: session
                )
            } catch {
                if case .becomeRefused = error { secrets.noteRefusal(endpoint) }
                if !error.leavesConnectionUsable {
                    _ = give(up: HostFailure(error, endpoint: endpoint).message)
                }
                throw error
            }
        }
    }

    private func give(up reason: String) -> Session? {
        guard let session else { return nil }
        self.session = nil
        ending = reason
        return session
    }
}
