import ArgumentParser
import Foundation
import Testing

@testable import RekindleCommands

/// Every command line that a message, a hint, a document or a playbook names.
@Suite("Commands that texts name")
struct NamedCommandsTests {
    struct Mention: Sendable, Hashable, CustomTestStringConvertible {
        var file: String
        /// What stands between the backquotes, behind `rekindle `.
        var text: String
        var testDescription: String { "rekindle \(text) (\(file))" }
    }

    private static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../..").standardizedFileURL

    private static let places = [
        "Sources", "docs", "playbooks", "packaging", "lab", "README.md", "CONTRIBUTING.md",
        "CHANGELOG.md", "inventory.example",
    ]

    private static func files() -> [URL] {
        places.flatMap { place -> [URL] in
            let url = root.appending(path: place)
            guard let walk = FileManager.default.enumerator(atPath: url.path) else { return [url] }
            let inside = walk.compactMap { $0 as? String }.map { url.appending(path: $0) }
            return inside.isEmpty ? [url] : inside
        }
        .filter { ["swift", "md", "yaml", "example", ""].contains($0.pathExtension) }
    }

    /// A text as it is read: literals of Swift that are put together from several, as one.
    static func joined(_ text: String, isSwift: Bool) -> String {
        guard isSwift else { return text }
        return text.replacing(/"\s*\+\s*"/, with: "").replacing(/\\\n\s*/, with: "")
            .replacing(/\n\s*\/\/\/ ?/, with: " ")
    }

    static func mentions(in text: String, file: String) -> [Mention] {
        let whole = joined(text, isSwift: file.hasSuffix(".swift"))
        let quoted = whole.matches(of: /`rekindle ([^`]+)`/).map { String($0.output.1) }
        // lines of code blocks
        let lines =
            file.hasSuffix(".md")
            ? text.replacing(/\\\n\s*/, with: " ")
                .matches(of: /(?m)^\s*(?:\$ )?rekindle ([^#`|\n]+)/).map { String($0.output.1) }
                .filter { !$0.contains(/^[a-z]+ [a-z]+ [a-z]+ [a-z]+/) } : []
        return (quoted + lines).map {
            Mention(
                file: file,
                text: $0.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            )
        }
    }

    private static let all: [Mention] = {
        var found: Set<Mention> = []
        for url in files() {
            guard let text = try? String(contentsOf: url, encoding: .utf8) else { continue }
            found.formUnion(
                mentions(in: text, file: String(url.path.dropFirst(root.path.count + 1)))
            )
        }
        return found.sorted { ($0.file, $0.text) < ($1.file, $1.text) }
    }()

    /// The words as a shell would give them, with something in place of what a person fills in.
    static func words(_ text: String) -> [String] {
        var plain = text
        // an interpolation, with the parentheses in it
        while let start = plain.firstRange(of: "\\(") {
            var depth = 1
            var end = start.upperBound
            while end < plain.endIndex, depth > 0 {
                if plain[end] == "(" { depth += 1 }
                if plain[end] == ")" { depth -= 1 }
                end = plain.index(after: end)
            }
            plain.replaceSubrange(start.lowerBound..<end, with: "PLACE")
        }
        plain = plain.replacing(/'[^']*'|"[^"]*"/, with: "TEXT").replacing(
            /\\\|.*?(?=[\] ]|$)/,
            with: ""
        )
        var words = plain.replacing(";", with: " ; ").split(separator: " ").map(String.init)
        if let operation = words.firstIndex(where: {
            ["|", "||", "&&", ";", ">", ">>", "<", "&"].contains($0)
        }) {
            words = Array(words[..<operation])
        }
        words = words.map { $0.filter { !"[]…".contains($0) } }.map { $0 == "..." ? "" : $0 }
            .map { $0 == "N" ? "1" : $0 }.filter { !$0.isEmpty }
        if words.first == "schedule", words.count > 1, words[1] == "PLACE" { words[1] = "drill" }
        return words
    }

    /// nil if the program has such a command with such options; a required value may be left out in a text.
    static func fault(of mention: Mention) -> String? {
        // the command itself is put in
        guard words(mention.text).first != "PLACE" else { return nil }
        do {
            _ = try RekindleCommand.parseAsRoot(
                GlobalArguments.behindTheCommand(words(mention.text))
            )
            return nil
        } catch {
            let message = RekindleCommand.message(for: error)
            let isShort =
                message.contains("Missing expected argument")
                || message.contains("Missing value for")
                || message.contains("The value 'PLACE' is invalid")
            return isShort || message.isEmpty ? nil : message
        }
    }

    @Test func `are found where they are known to be`() {
        #expect(Self.all.count > 100, "\(Self.all.count)")
        #expect(Self.all.contains { $0.text == "inventory sudoers" && $0.file.hasSuffix(".swift") })
        #expect(Self.all.contains { $0.file == "docs/RUNBOOK.md" })
        let split = #"""
            hint: "`rekindle mem"
                + "ber compare \(name)` tells"
            """#
        let found = Self.mentions(in: split, file: "x.swift")
        #expect(found.map(\.text) == [#"member compare \(name)"#])
        #expect(found.allSatisfy { Self.fault(of: $0) != nil })
    }

    @Test func `a command, a subcommand or an option that is not there is found`() {
        for text in ["repair", "member compare", "restore --snapshots S", "runs show --nope"] {
            #expect(Self.fault(of: Mention(file: "", text: text)) != nil, "\(text)")
        }
        for text in [
            "restore", "member replace NAME [--with HOST]", "-i FILE check", "resume RUN …",
        ] {
            #expect(Self.fault(of: Mention(file: "", text: text)) == nil, "\(text)")
        }
    }

    @Test(arguments: all)
    func `are there, with the options that are named`(_ mention: Mention) {
        #expect(Self.fault(of: mention) == nil, "\(mention.file): rekindle \(mention.text)")
    }
}
