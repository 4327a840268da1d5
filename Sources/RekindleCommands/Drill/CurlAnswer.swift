import SnapshotSource

/// What came of one try.
enum CurlAnswer {
    /// - Throws: `NoticeFailure` unless the status is one of success.
    static func require(_ text: String, _ place: String) throws(NoticeFailure) {
        let status = Int(text) ?? 0
        guard !(200...299).contains(status) else { return }
        let fact = "\(place) did not take the notice: HTTP status \(status)"
        switch status {
        case 401, 403:
            throw NoticeFailure(
                fact: fact,
                hint: "look at the secret of notify: is it the one that the server expects?"
            )
        case 300...399:
            throw NoticeFailure(
                fact: fact + ", a redirect",
                hint: "give the address that it leads to as the url of notify; none is followed"
            )
        case 429, 500...599:
            throw NoticeFailure(fact: fact, hint: later, isTransient: true)
        default:
            throw NoticeFailure(fact: fact, hint: "look at the url of notify, and the server's log")
        }
    }

    /// A failure of curl itself, which it tells as `curl: (7) Failed to connect …`.
    static func failure(_ error: SourceFailure, _ place: String) -> NoticeFailure {
        var failure = NoticeFailure(
            fact: error.fact,
            evidence: error.evidence,
            hint: error.hint.isEmpty ? "try it by hand: `curl --verbose`" : error.hint
        )
        guard let number = error.evidence.lazy.compactMap(exitCode).first else { return failure }
        if connectionFailures.contains(number) {
            failure.isTransient = true
            failure.hint = "is \(place) up, and does a firewall or a proxy stand between? " + later
        } else if certificateFailures.contains(number) {
            failure.hint =
                "the certificate of \(place) must be one that this machine trusts: "
                + "`curl --verbose` shows it"
        }
        return failure
    }

    private static let later = "how the drill itself ended is in `rekindle runs`"

    /// Names that are not found, connections that are refused, time out or break (curl(1), "EXIT
    /// CODES").
    private static let connectionFailures: Set<Int> = [
        5, 6, 7, 16, 18, 28, 35, 52, 55, 56, 92, 95,
    ]
    private static let certificateFailures: Set<Int> = [51, 58, 59, 60, 66, 77, 80, 82, 83, 90, 91]

    private static func exitCode(_ line: String) -> Int? {
        guard line.hasPrefix("curl: (") else { return nil }
        return Int(line.dropFirst("curl: (".count).prefix { $0 != ")" })
    }
}
