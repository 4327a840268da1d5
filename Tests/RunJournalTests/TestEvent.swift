/// An event as small as the tests need it; its keys are in fixtures that are kept for ever.
enum TestEvent: Codable, Sendable, Equatable {
    case begun(cluster: String)
    case intent(step: String, host: String)
    case outcome(step: String, host: String, ok: Bool)
    case note(String)

    private enum Key: String, CodingKey {
        case type, cluster, step, host, ok, text
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        let type = try container.decode(String.self, forKey: .type)
        switch type {
        case "begun":
            self = .begun(cluster: try container.decode(String.self, forKey: .cluster))
        case "intent":
            self = .intent(
                step: try container.decode(String.self, forKey: .step),
                host: try container.decode(String.self, forKey: .host)
            )
        case "outcome":
            self = .outcome(
                step: try container.decode(String.self, forKey: .step),
                host: try container.decode(String.self, forKey: .host),
                ok: try container.decode(Bool.self, forKey: .ok)
            )
        case "note":
            self = .note(try container.decode(String.self, forKey: .text))
        default:
            throw DecodingError.dataCorruptedError(
                forKey: .type,
                in: container,
                debugDescription: "no event is called \(type)"
            )
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        switch self {
        case .begun(let cluster):
            try container.encode("begun", forKey: .type)
            try container.encode(cluster, forKey: .cluster)
        case .intent(let step, let host):
            try container.encode("intent", forKey: .type)
            try container.encode(step, forKey: .step)
            try container.encode(host, forKey: .host)
        case .outcome(let step, let host, let ok):
            try container.encode("outcome", forKey: .type)
            try container.encode(step, forKey: .step)
            try container.encode(host, forKey: .host)
            try container.encode(ok, forKey: .ok)
        case .note(let text):
            try container.encode("note", forKey: .type)
            try container.encode(text, forKey: .text)
        }
    }
}
