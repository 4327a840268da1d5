import ClusterInventory
import SnapshotSource

/// A notice that did not get through; nothing secret is in it.
struct NoticeFailure: Error, Sendable, Hashable {
    var fact: String
    var evidence: [String] = []
    var hint: String
    /// Whether it may get through a moment later.
    var isTransient = false
}

/// Sends JSON to an address with `curl`, as often as it takes.
///
/// All that curl is told but `--config -` goes over its standard input, so that no list of processes
/// shows the address or the secret; the variable with the secret is not in its environment.
struct Webhook: Sendable {
    let settings: NotifySettings
    /// Of this process: where curl is, proxies, and the secret.
    let environment: [String: String]
    /// The pause before the first retry; each is twice as long as the one before, up to a minute.
    var firstPause: Duration

    init(
        _ settings: NotifySettings,
        environment: [String: String],
        firstPause: Duration = .seconds(1)
    ) {
        self.settings = settings
        self.environment = environment
        self.firstPause = firstPause
    }

    private var place: String { settings.shownURL }

    /// - Throws: `NoticeFailure` for the last try, or the first that no retry can mend;
    ///   `CancellationError`.
    func send(_ json: String) async throws {
        let secret = try NoticeSecret.read(settings.secret, environment)
        let program = try curl()
        let config = CurlConfig.text(settings, secret: secret, json: json)
        var pause = firstPause
        var tries = 0
        while true {
            tries += 1
            do {
                return try await send(Array(config.utf8), program)
            } catch let failure as NoticeFailure {
                guard failure.isTransient, tries <= settings.retries else {
                    throw told(failure, tries)
                }
                try await Task.sleep(for: pause)
                pause = min(pause * 2, .seconds(60))
            }
        }
    }

    private func told(_ failure: NoticeFailure, _ tries: Int) -> NoticeFailure {
        guard tries > 1 else { return failure }
        var failure = failure
        failure.fact += " (\(tries) tries)"
        return failure
    }

    /// - Throws: `NoticeFailure` where there is none.
    func curl() throws(NoticeFailure) -> String {
        do throws(SourceFailure) {
            return try ProgramPath(environment["PATH"])
                .require("curl", package: "curl", for: "the notice to \(place)")
        } catch {
            throw NoticeFailure(fact: error.fact, evidence: error.evidence, hint: error.hint)
        }
    }

    /// One try.
    private func send(_ config: [UInt8], _ program: String) async throws {
        var variables = environment
        if case .environment(let name) = settings.secret { variables[name] = nil }
        let place = place
        let answer: [UInt8]
        do {
            answer = try await AskedProgram.run(
                program,
                // the first, so that no .curlrc is read
                ["--disable", "--config", "-"],
                input: config,
                environment: variables,
                // curl keeps to the timeout itself
                patience: Patience(settings.timeout + .seconds(5))
            ) { said in
                SourceFailure("the notice to \(place) was not sent", evidence: said, hint: "")
            }
        } catch let error as SourceFailure {
            throw CurlAnswer.failure(error, place)
        }
        try CurlAnswer.require(String(decoding: answer, as: UTF8.self), place)
    }
}
