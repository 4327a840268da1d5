/// What sudo keeps of the input and output of the commands that it runs for the login user.
package struct SudoFacts: Sendable, Hashable {
    package enum Stream: String, Sendable, Hashable, CaseIterable {
        case input
        case output
    }

    /// What is recorded, in the order input, output.
    package var recorded: [Stream]
    /// The directory of the recordings; nil if sudo does not say another than its own.
    package var directory: String?

    package init(recorded: [Stream] = [], directory: String? = nil) {
        self.recorded = recorded
        self.directory = directory
    }

    /// Reads what `sudo -l -U USER` prints: the `Defaults` that match, then the rules with their tags.
    ///
    /// A tag of the last rule that allows everything outweighs `Defaults`. An older sudo has
    /// `log_input` and `log_output` only; 1.9.14 and later split them.
    package init(listing: String) {
        self.init()
        var isOn: [Stream: Bool] = [:]
        var isInRules = false
        for line in listing.split(whereSeparator: \.isNewline) {
            if line.hasPrefix("User ") { isInRules = true }
            guard line.first?.isWhitespace == true else { continue }
            if isInRules {
                Self.readRule(line, &isOn)
            } else {
                readDefaults(line, &isOn)
            }
        }
        recorded = Stream.allCases.filter { isOn[$0] == true }
    }

    private mutating func readDefaults(_ line: Substring, _ isOn: inout [Stream: Bool]) {
        // `Defaults!/bin/sh log_input`: for some commands only, and which is not looked at; so what is switched
        // off there may be on for ours
        let isOfSome = line.trimmingBlanks().hasPrefix("Defaults")
        for part in line.split(separator: ",") {
            var word = part.trimmingBlanks()
            if word.hasPrefix("Defaults"), let blank = word.firstIndex(of: " ") {
                word = word[blank...].trimmingBlanks()
            }
            let isNegated = word.hasPrefix("!")
            if isNegated, isOfSome { continue }
            let name = word.drop { $0 == "!" }.prefix { $0 != "=" }
            switch name {
            case "log_input": isOn[.input] = !isNegated
            case "log_stdin": isOn[.input] = !isNegated
            case "log_output": isOn[.output] = !isNegated
            case "log_stdout": isOn[.output] = !isNegated
            case "iolog_dir":
                directory = word.firstIndex(of: "=").map {
                    String(word[word.index(after: $0)...].filter { $0 != "\"" })
                }
            default: break
            }
        }
    }

    private static func readRule(_ line: Substring, _ isOn: inout [Stream: Bool]) {
        let tags = line.split(whereSeparator: \.isWhitespace)
        guard tags.last == "ALL" else { return }
        for tag in tags {
            switch tag {
            case "LOG_INPUT:": isOn[.input] = true
            case "NOLOG_INPUT:": isOn[.input] = false
            case "LOG_OUTPUT:": isOn[.output] = true
            case "NOLOG_OUTPUT:": isOn[.output] = false
            default: break
            }
        }
    }
}
