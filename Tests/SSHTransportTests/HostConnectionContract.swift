import RemoteHost
import Testing

/// What every `HostConnection` keeps, the scripted one and the real one.
struct HostConnectionContract: Sendable, CustomTestStringConvertible {
    let rule: String
    let check: @Sendable (any HostConnection) async throws -> Void

    var testDescription: String { rule }

    static let all: [HostConnectionContract] = [
        HostConnectionContract(rule: "a command that succeeds gives its output") { host in
            let result = try await host.run(ContractCommand.hello.command)
            #expect(result == CommandResult(ending: .exited(0), output: Array("hello\n".utf8)))
        },
        HostConnectionContract(rule: "a command that fails is a result, its streams apart") {
            host in
            let result = try await host.run(ContractCommand.failing.command)
            #expect(result.ending == .exited(3))
            #expect(result.outputText == "to output\n")
            #expect(result.errorText == "to error\n")
        },
        HostConnectionContract(rule: "a command that is killed names the signal") { host in
            let result = try await host.run(ContractCommand.killed.command)
            #expect(result.ending == .signalled("KILL"))
        },
        HostConnectionContract(rule: "arguments arrive as they are") { host in
            let result = try await host.run(ContractCommand.arguments.command)
            #expect(
                result.outputText == ContractCommand.oddArguments.joined(separator: "\n") + "\n"
            )
        },
        HostConnectionContract(rule: "bytes and streams arrive on standard input") { host in
            let bytes = Array("one\0two\n".utf8)
            for input in [CommandInput.bytes(bytes), .stream(ArrayStream(bytes))] {
                let result = try await host.run(
                    ContractCommand.echo.command,
                    input: input,
                    limits: CommandLimits()
                )
                #expect(result.output == bytes)
            }
        },
        HostConnectionContract(rule: "no more output is kept than was asked for") { host in
            let result = try await host.run(
                ContractCommand.failing.command,
                limits: CommandLimits(keptOutput: 4)
            )
            #expect(result.outputText == "to o")
            #expect(result.errorText == "to e")
        },
        HostConnectionContract(rule: "commands take turns") { host in
            async let first = host.run(ContractCommand.hello.command)
            async let second = host.run(ContractCommand.failing.command)
            async let third = host.run(ContractCommand.hello.command)
            let results = try await [first, second, third]
            #expect(results.map(\.ending) == [.exited(0), .exited(3), .exited(0)])
        },
        HostConnectionContract(rule: "a deadline ends the command and the connection") { host in
            try await expectFailure(.timedOut) {
                let limits = CommandLimits(deadline: .milliseconds(200))
                return try await host.run(ContractCommand.endless.command, limits: limits)
            }
            try await expectFailure(.disconnected) {
                try await host.run(ContractCommand.hello.command)
            }
        },
        HostConnectionContract(rule: "cancelling ends the command and the connection") { host in
            let task = Task { try await host.run(ContractCommand.endless.command) }
            try await Task.sleep(for: .milliseconds(200))
            task.cancel()
            try await expectFailure(.cancelled) { try await task.value }
            try await expectFailure(.disconnected) {
                try await host.run(ContractCommand.hello.command)
            }
        },
        HostConnectionContract(rule: "input that cannot be read is told apart") { host in
            try await expectFailure(.localInput) {
                try await host.run(
                    ContractCommand.echo.command,
                    input: .stream(FailingStream(after: 300 << 10)),
                    limits: CommandLimits()
                )
            }
        },
        HostConnectionContract(rule: "output goes to its sink, and errors into the result") {
            host in
            let sink = ArraySink()
            let result = try await host.run(
                ContractCommand.failing.command,
                input: .none,
                output: .sink(sink),
                limits: CommandLimits(keptOutput: 4)
            )
            #expect(result.ending == .exited(3))
            #expect(result.output == [])
            #expect(result.errorText == "to e")
            #expect(sink.bytes == Array("to output\n".utf8))
        },
        HostConnectionContract(rule: "output that cannot be taken is told apart") { host in
            try await expectFailure(.localOutput) {
                try await host.run(
                    ContractCommand.hello.command,
                    input: .none,
                    output: .sink(FailingSink()),
                    limits: CommandLimits()
                )
            }
        },
        HostConnectionContract(rule: "it may be closed twice, and says so afterwards") { host in
            await host.close()
            await host.close()
            try await expectFailure(.disconnected) {
                try await host.run(ContractCommand.hello.command)
            }
        },
    ]
}

/// Expects a `HostFailure` of a kind, with a message.
func expectFailure<Value>(
    _ kind: HostFailure.Kind,
    _ body: () async throws -> Value,
    sourceLocation: SourceLocation = #_sourceLocation
) async throws {
    do {
        let value = try await body()
        Issue.record("no failure but \(value)", sourceLocation: sourceLocation)
    } catch let failure as HostFailure {
        #expect(failure.kind == kind, "\(failure)", sourceLocation: sourceLocation)
        #expect(!failure.message.isEmpty, sourceLocation: sourceLocation)
    }
}
