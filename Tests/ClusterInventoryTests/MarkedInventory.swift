import ClusterInventory
import TestSupport
import Testing

/// A finding as the tables of these suites give it: at a marker, or of the file as a whole.
struct Expected: Sendable {
    var marker: Character?
    var text: String

    init(_ marker: Character?, _ text: String) {
        self.marker = marker
        self.text = text
    }
}

/// An inventory text with its places marked, and everything that is to be said of it, in order.
struct MarkedInventory: Sendable, CustomTestStringConvertible {
    var title: String
    var text: String
    var expected: [Expected]

    var testDescription: String { title }

    init(_ title: String, _ text: String, _ expected: Expected...) {
        self.title = title
        self.text = text
        self.expected = expected
    }

    /// A good cluster of one member, and a text beside it at the top.
    static func top(_ title: String, _ extra: String, _ expected: Expected...) -> Self {
        var result = Self(
            title,
            """
            cluster: {name: prod}
            members:
              - {name: a, host: 10.0.0.1, initial-advertise-peer-urls: [http://10.0.0.1:2380]}
            \(extra)
            """
        )
        result.expected = expected
        return result
    }

    /// A good cluster whose one member has a text more in it.
    static func member(_ title: String, _ extra: String, _ expected: Expected...) -> Self {
        var result = Self(
            title,
            """
            cluster: {name: prod}
            members:
              - {name: a, host: 10.0.0.1, initial-advertise-peer-urls: [http://10.0.0.1:2380], \
            \(extra)}
            """
        )
        result.expected = expected
        return result
    }

    /// A good member but for its name, host or peer URLs.
    static func member(
        _ title: String,
        name: String = "a",
        host: String = "10.0.0.1",
        peers: String = "[http://10.0.0.1:2380]",
        _ expected: Expected...
    ) -> Self {
        var result = Self(
            title,
            """
            cluster: {name: prod}
            members:
              - {name: \(name), host: \(host), initial-advertise-peer-urls: \(peers)}
            """
        )
        result.expected = expected
        return result
    }

    /// What the reader says, without the file's name.
    func findings() -> [String] {
        InventoryReader.read(
            Array(MarkedText(text).text.utf8),
            file: "f",
            surroundings: .test
        )
        .diagnostics.map { String($0.description.dropFirst(2)) }
    }

    /// What it should say.
    var wanted: [String] {
        let places = MarkedText(text).places
        return expected.map { finding in
            guard let marker = finding.marker else { return " \(finding.text)" }
            guard let place = places[marker] else { return "no marker \(marker) in the text" }
            return "\(place.line):\(place.column): \(finding.text)"
        }
    }
}

extension Surroundings {
    static let test = Surroundings(user: "me", home: "/home/me", folder: "/ops")
}
