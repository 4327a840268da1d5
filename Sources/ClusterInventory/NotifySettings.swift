/// Whom a drill tells how it went: a webhook.
package struct NotifySettings: Sendable, Hashable {
    package enum Occasion: String, Sendable, Hashable, CaseIterable {
        /// Everything but a drill that passed: an objective that was missed, too.
        case failure
        case always
    }

    /// Where the secret is that is sent as `Authorization: Bearer …`; never the secret itself.
    package enum Secret: Sendable, Hashable {
        /// A file on the coordinator, absolute; its first line is the secret.
        case file(String)
        /// A variable of Rekindle's own environment.
        case environment(String)
    }

    /// `http` or `https`, with a host; what follows the host may be a secret, too.
    package var url: String
    package var when: Occasion
    package var secret: Secret?
    /// For one try, from its start to the last byte of the answer.
    package var timeout: Duration
    /// How often it is tried again.
    package var retries: Int

    package init(
        url: String,
        when: Occasion = .failure,
        secret: Secret? = nil,
        timeout: Duration = .seconds(10),
        retries: Int = 5
    ) {
        self.url = url
        self.when = when
        self.secret = secret
        self.timeout = timeout
        self.retries = retries
    }

    /// As it may be shown: many services put a key into the path.
    package var shownURL: String {
        let rest = url.firstRange(of: "://").map { url[$0.upperBound...] } ?? url[...]
        let end = rest.firstIndex { "/?#".contains($0) } ?? rest.endIndex
        return end == rest.endIndex ? url : url[..<end] + "/…"
    }
}
