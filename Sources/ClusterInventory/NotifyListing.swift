/// Whom a drill tells, for `inventory show`: where the secret is, and never what.
package struct NotifyListing: Sendable, Hashable, Codable {
    /// Scheme, host and port alone.
    package var url: String
    package var when: String
    package var secretFile: String?
    package var secretEnv: String?
    package var timeout: String
    package var retries: Int

    init(_ settings: NotifySettings) {
        url = settings.shownURL
        when = settings.when.rawValue
        switch settings.secret {
        case .file(let path): secretFile = path
        case .environment(let name): secretEnv = name
        case nil: break
        }
        timeout = DurationText.describe(settings.timeout)
        retries = settings.retries
    }

    enum CodingKeys: String, CodingKey {
        case url, when
        case secretFile = "secret-file"
        case secretEnv = "secret-env"
        case timeout, retries
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(url, forKey: .url)
        try container.encode(when, forKey: .when)
        try container.encode(secretFile, forKey: .secretFile)
        try container.encode(secretEnv, forKey: .secretEnv)
        try container.encode(timeout, forKey: .timeout)
        try container.encode(retries, forKey: .retries)
    }

    /// One line of a table.
    var text: String {
        let secret =
            secretFile.map { ", secret in \($0)" } ?? secretEnv.map { ", secret in $\($0)" }
            ?? ", no secret"
        return "\(url), when: \(when)\(secret), timeout \(timeout), retries \(retries)"
    }
}
