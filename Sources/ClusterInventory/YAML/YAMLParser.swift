internal import Yams

/// YAML to `YAMLValue`; the one place that knows Yams.
package enum YAMLParser {
    /// Reads one document.
    ///
    /// It is nil where the text cannot be read; the reason is then among the findings, with the
    /// name of a file that shows how it should look.
    package static func parse(
        _ bytes: [UInt8],
        example: String = "inventory.example",
        findings: inout Findings
    ) -> YAMLValue? {
        guard let text = YAMLText.decode(bytes, findings: &findings) else { return nil }
        if let place = AliasBound.excess(in: text) {
            findings.error(
                "its aliases (`*name`) could stand for millions of values",
                at: place,
                hint: "write out what the aliases stand for"
            )
            return nil
        }
        var masking = KeyMasking(text)
        while true {
            do {
                // With the basic resolver `1` and "1" are the same key, as they are to us.
                guard let root = try compose(yaml: masking.text, .basic, .default, .utf8) else {
                    findings.error(
                        "there is nothing in the file",
                        at: nil,
                        hint: "begin with a copy of \(example)"
                    )
                    return nil
                }
                var conversion = NodeConversion(masking: masking)
                let value = conversion.value(of: root, findings: &findings)
                return conversion.isComplete ? value : nil
            } catch YamlError.duplicatedKeysInMapping(let keys, let context) {
                let place = TextPlace(line: context.mark.line, column: context.mark.column)
                if let key = keys.first, masking.mask(key, at: place) { continue }
                findings.error(
                    "key \"\(keys.first ?? "")\" is given twice",
                    at: place,
                    hint: "keep one of them"
                )
                return nil
            } catch {
                report(error, example, &findings)
                return nil
            }
        }
    }

    private static func report(
        _ error: any Error,
        _ example: String,
        _ findings: inout Findings
    ) {
        switch error {
        case YamlError.scanner(let context, let problem, let mark, let text),
            YamlError.parser(let context, let problem, let mark, let text),
            YamlError.composer(let context, let problem, let mark, let text):
            let scalars = Array(text.unicodeScalars)
            let marked = TextPlace(line: mark.line, column: mark.column)
            let offset = TextLines.offset(of: marked, in: scalars)
            // libyaml ends a last line that does not end, and may then point behind the file
            let place = offset == nil ? TextLines.end(of: scalars) : marked
            let isTab = offset.map { scalars.indices.contains($0) && scalars[$0] == "\t" } ?? false
            let began = context.map { " \($0.text) (line \($0.mark.line))" } ?? ""
            findings.error(
                isTab ? "a tab cannot be used here" : "not valid YAML: \(problem)\(began)",
                at: place,
                hint: isTab
                    ? "indent with spaces"
                    : "look at this line and the one before it; \(example) shows the form"
            )
        default:
            findings.error("not valid YAML: \(error)", at: nil)
        }
    }
}
