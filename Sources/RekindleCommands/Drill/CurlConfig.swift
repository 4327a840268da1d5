import ClusterInventory
import RemoteHost

/// What curl is told on its standard input (curl(1), `--config`).
enum CurlConfig {
    static func text(_ settings: NotifySettings, secret: String?, json: String) -> String {
        let seconds = settings.timeout.components.seconds
        var lines = [
            "url = \(quoted(settings.url))",
            "globoff",
            // a redirect is not followed: the secret is for this address alone
            "proto = \"=http,https\"",
            "silent",
            "show-error",
            "max-time = \(seconds)",
            "output = \"/dev/null\"",
            "write-out = \"%{http_code}\"",
            "user-agent = \(quoted("rekindle/\(RekindleVersion.text)"))",
            "header = \"Content-Type: application/json\"",
            // curl would wait a second for a server's leave to send more than a KiB
            "header = \"Expect:\"",
        ]
        if let secret { lines.append("header = \(quoted("Authorization: Bearer \(secret)"))") }
        lines.append("data-raw = \(quoted(json))")
        return lines.joined(separator: "\n") + "\n"
    }

    static func quoted(_ text: String) -> String {
        let escaped = text.rewriting { scalar in
            switch scalar {
            case "\\": "\\\\"
            case "\"": "\\\""
            case "\n": "\\n"
            case "\r": "\\r"
            case "\t": "\\t"
            default: nil
            }
        }
        return "\"\(escaped)\""
    }
}
