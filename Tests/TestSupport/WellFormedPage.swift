/// A page read with the rules of XML, far stricter than a browser's: whatever it takes, a browser takes alike.
package struct WellFormedPage {
    package struct Element: Sendable, Hashable {
        package var name: String
        package var attributes: [String: String]
    }

    package struct Fault: Error, CustomStringConvertible {
        package var description: String
    }

    package private(set) var elements: [Element] = []
    /// What stands outside tags, with references resolved, without the stylesheet's.
    package private(set) var text = ""
    private var rest: Substring

    /// - Throws: `Fault` at the first character that XML would not take.
    package init(_ page: String) throws {
        let doctype = "<!DOCTYPE html>\n"
        guard page.hasPrefix(doctype) else { throw Fault(description: "no doctype") }
        rest = page.dropFirst(doctype.count)
        var open: [String] = []
        while !rest.isEmpty {
            if rest.hasPrefix("</") {
                rest = rest.dropFirst(2)
                let name = take { $0 != ">" }
                try expect(">")
                guard open.popLast() == name else { throw fault("</\(name)> closes another") }
            } else if rest.hasPrefix("<") {
                let (element, isEmpty) = try tag()
                elements.append(element)
                if !isEmpty { open.append(element.name) }
            } else {
                let raw = take { $0 != "<" }
                if open.isEmpty, raw.contains(where: { !$0.isWhitespace }) {
                    throw fault("text outside the page")
                }
                if open.last != "style" { text += try resolved(raw) }
            }
        }
        guard open.isEmpty else { throw fault("not closed: \(open)") }
    }

    private mutating func tag() throws -> (Element, isEmpty: Bool) {
        try expect("<")
        let name = take { $0.isLetter || $0.isNumber }
        guard name.first?.isLetter == true else { throw fault("a tag without a name") }
        var attributes: [String: String] = [:]
        while rest.hasPrefix(" ") && !rest.hasPrefix(" />") {
            rest = rest.dropFirst()
            let key = take { $0.isLetter || $0.isNumber || $0 == "-" }
            try expect("=\"")
            let value = take { $0 != "\"" }
            guard !value.contains("<") else { throw fault("< in an attribute") }
            try expect("\"")
            guard !key.isEmpty, attributes.updateValue(try resolved(value), forKey: key) == nil
            else { throw fault("attribute \(key) of \(name)") }
        }
        if rest.hasPrefix(" />") {
            try expect(" />")
            return (Element(name: name, attributes: attributes), true)
        }
        try expect(">")
        return (Element(name: name, attributes: attributes), false)
    }

    private mutating func take(while isWanted: (Character) -> Bool) -> String {
        let taken = rest.prefix(while: isWanted)
        rest = rest.dropFirst(taken.count)
        return String(taken)
    }

    private mutating func expect(_ text: String) throws {
        guard rest.hasPrefix(text) else { throw fault("no \(text)") }
        rest = rest.dropFirst(text.count)
    }

    private func fault(_ what: String) -> Fault {
        Fault(description: "\(what) before: \(rest.prefix(60))")
    }

    private func resolved(_ raw: String) throws -> String {
        let references = ["amp": "&", "lt": "<", "gt": ">", "quot": "\"", "#39": "'"]
        var parts = raw.split(separator: "&", omittingEmptySubsequences: false)
        var text = String(parts.removeFirst())
        guard !text.contains(">") else { throw fault("> in text") }
        for part in parts {
            guard let end = part.firstIndex(of: ";"),
                let character = references[String(part[..<end])]
            else { throw fault("an & that is no reference: &\(part.prefix(20))") }
            text += character + part[part.index(after: end)...]
        }
        return text
    }
}
