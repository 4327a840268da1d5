import ClusterInventory
import RestorePlanning
import TestSupport
import Testing

/// A playbook with its places marked, and everything that is to be said of it, in order.
struct BadPlaybook: Sendable, CustomTestStringConvertible {
    var title: String
    var text: String
    var expected: [(marker: Character?, text: String)]

    var testDescription: String { title }

    init(_ title: String, _ text: String, _ expected: (Character?, String)...) {
        self.title = title
        self.text = text
        self.expected = expected.map { ($0.0, $0.1) }
    }

    /// A playbook of the given steps, or of all in the usual order.
    static func text(_ steps: String...) -> String {
        let steps = steps.isEmpty ? PlaybookReaderTests.all : steps
        return "name: p\nsteps:\n" + steps.map { "  - \($0)\n" }.joined()
    }

    static func text(replacing step: String, with other: String) -> String {
        text().replacing("- \(step)\n", with: "- \(other)\n")
    }

    func findings() -> [String] {
        PlaybookReader.read(Array(MarkedText(text).text.utf8), file: "f").1
            .map { String($0.description.dropFirst(2)) }
    }

    var wanted: [String] {
        let places = MarkedText(text).places
        return expected.map { finding in
            guard let marker = finding.marker else { return " \(finding.text)" }
            guard let place = places[marker] else { return "no marker \(marker) in the text" }
            return "\(place.line):\(place.column): \(finding.text)"
        }
    }
}
