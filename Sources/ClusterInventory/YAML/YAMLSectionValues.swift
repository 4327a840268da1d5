extension YAMLSection {
    /// A text that is not empty; nil where it is left out or wrong.
    package func text(_ key: String, findings: inout Findings) -> Located<String>? {
        value(key).flatMap { text($0, of: "\"\(key)\" in \(origin(of: key))", findings: &findings) }
    }

    /// A list of texts; nil where it is left out or wrong as a whole.
    ///
    /// With `orSingle`, one text may stand for a list of one.
    package func texts(
        _ key: String,
        orSingle single: Bool = false,
        findings: inout Findings
    ) -> [Located<String>]? {
        guard let value = value(key) else { return nil }
        switch value.content {
        case .null:
            return nil
        case .list(let values):
            return values.compactMap {
                text($0, of: "an entry of \"\(key)\" in \(origin(of: key))", findings: &findings)
            }
        case .scalar where single:
            return text(key, findings: &findings).map { [$0] }
        case .scalar, .mapping:
            findings.error(
                "\"\(key)\" in \(origin(of: key)) must be a list, not \(value.kind)",
                at: value.place,
                hint: "write [one, two], or one per line after \"- \""
            )
            return nil
        }
    }

    /// A whole number in a range; nil where it is left out or wrong.
    package func number(
        _ key: String,
        in range: ClosedRange<Int>,
        findings: inout Findings
    ) -> Located<Int>? {
        guard let text = text(key, findings: &findings) else { return nil }
        guard text.value.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let number = Int(text.value), range.contains(number)
        else {
            let wanted = "a number from \(range.lowerBound) to \(range.upperBound)"
            findings.error(
                "\"\(key)\" in \(origin(of: key)) must be \(wanted), not \(text.value.quotedForMessage)",
                at: text.place
            )
            return nil
        }
        return Located(number, at: text.place)
    }

    /// A time like `1h30m`; nil where it is left out or wrong.
    package func duration(_ key: String, findings: inout Findings) -> Located<Duration>? {
        guard let text = text(key, findings: &findings) else { return nil }
        guard let duration = DurationText.parse(text.value) else {
            findings.error(
                "\"\(key)\" in \(origin(of: key)) is not a time: \(text.value.quotedForMessage)",
                at: text.place,
                hint: "write it as 45s, 15m, 6h, 1h30m or 2d"
            )
            return nil
        }
        return Located(duration, at: text.place)
    }

    /// `true` or `false`; nil where it is left out or wrong.
    package func isOn(_ key: String, findings: inout Findings) -> Located<Bool>? {
        let choice: Located<Answer>? = choice(key, findings: &findings)
        return choice.map { Located($0.value == .true, at: $0.place) }
    }

    private enum Answer: String, CaseIterable {
        case `true`
        case `false`
    }

    /// One of a closed set of words; nil where it is left out or wrong.
    package func choice<Choice>(
        _ key: String,
        findings: inout Findings
    ) -> Located<Choice>?
    where Choice: CaseIterable & RawRepresentable, Choice.RawValue == String {
        guard let text = text(key, findings: &findings) else { return nil }
        guard let choice = Choice(rawValue: text.value) else {
            let known = Choice.allCases.map(\.rawValue)
            let nearest = KeySuggestion.nearest(to: text.value, among: known)
            findings.error(
                "unknown \"\(key)\" in \(origin(of: key)): \(text.value.quotedForMessage)",
                at: text.place,
                hint: (nearest.map { "did you mean \"\($0)\"? " } ?? "")
                    + "known: \(known.joined(separator: ", "))"
            )
            return nil
        }
        return Located(choice, at: text.place)
    }

    private func text(
        _ value: YAMLValue,
        of what: String,
        findings: inout Findings
    ) -> Located<String>? {
        switch value.content {
        case .scalar(let text) where !text.isEmpty:
            return Located(text, at: value.place)
        case .scalar, .null:
            findings.error(
                "\(what) is empty",
                at: value.place,
                hint: "leave it out, or write ~, where there is nothing to say"
            )
        case .list, .mapping:
            findings.error("\(what) must be a single value, not \(value.kind)", at: value.place)
        }
        return nil
    }
}
