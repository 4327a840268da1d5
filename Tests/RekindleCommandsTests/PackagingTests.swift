import Foundation
import TestSupport
import Testing

@Suite("What is installed")
struct PackagingTests {
    private static let project = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../..").standardizedFileURL.path

    /// A scratch folder, and in it a `rekindle` that needs no Swift runtime of its own.
    private final class Scratch {
        let path: String
        let program: String

        init() throws {
            path =
                FileManager.default.temporaryDirectory
                .appending(path: "rekindle-install-\(UUID().uuidString)").path
            program = path + "/rekindle"
            try FileManager.default.createDirectory(
                atPath: path,
                withIntermediateDirectories: true
            )
            try ProgramFolder.writeCall(of: BuiltProgram.path, to: program)
        }

        deinit { try? FileManager.default.removeItem(atPath: path) }

        /// What `packaging/install` wrote, from the prefix on.
        func install(prefix: String) throws -> [String] {
            let result = try BuiltProgram.run(
                [program, prefix, path + "/root"],
                of: PackagingTests.project + "/packaging/install"
            )
            try #require(result.status == 0, "\(result.error)")
            return result.output.split(separator: "\n").map { line in
                String(line.dropFirst((path + "/root" + prefix + "/").count))
            }
        }

        func text(_ file: String) throws -> String {
            try String(contentsOfFile: path + "/root/" + file, encoding: .utf8)
        }
    }

    @Test("is a program, its manual, completions, playbooks and documentation")
    func layout() throws {
        let scratch = try Scratch()
        let files = Set(try scratch.install(prefix: "/usr"))
        for expected in [
            "bin/rekindle", "share/man/man1/rekindle.1", "share/man/man1/rekindle-restore.1",
            "share/man/man1/rekindle-snapshot-verify.1",
            "share/bash-completion/completions/rekindle", "share/zsh/vendor-completions/_rekindle",
            "share/fish/vendor_completions.d/rekindle.fish",
            "share/rekindle/inventory.example", "share/doc/rekindle/README.md",
            "share/doc/rekindle/docs/RELIABILITY.md",
        ] {
            #expect(files.contains(expected), "\(expected) is not installed")
        }
        let playbooks = try FileManager.default
            .contentsOfDirectory(atPath: Self.project + "/playbooks")
        for playbook in playbooks {
            #expect(files.contains("share/rekindle/playbooks/\(playbook)"))
        }
    }

    @Test("lies where the shells of that prefix look for it")
    func shells() throws {
        let files = try Scratch().install(prefix: "/usr/local")
        #expect(files.contains("share/zsh/site-functions/_rekindle"))
    }

    @Test("has a manual page for every command, with every option of its help")
    func manual() throws {
        let scratch = try Scratch()
        let pages = try scratch.install(prefix: "/usr").filter { $0.hasSuffix(".1") }
        #expect(pages.count >= 19)
        for page in pages {
            let command = page.split(separator: "/").last?.dropLast(2).split(separator: "-") ?? []
            let help = try BuiltProgram.run(command.dropFirst().map(String.init) + ["--help"])
            try #require(help.status == 0, "\(page) is of no command")
            let text = try scratch.text("usr/" + page).replacing("\\-", with: "-")
            for line in help.output.split(separator: "\n") {
                guard line.hasPrefix("  -") else { continue }
                let option = line.split(separator: " ").first { $0.hasPrefix("--") }
                #expect(option.map { text.contains($0) } == true, "\(line) is not in \(page)")
            }
            #expect(text.contains(".SH EXIT STATUS") == help.output.contains("EXIT STATUS\n"))
        }
    }

    @Test("is refused of a program that would not start where there is no Swift")
    func runtime() throws {
        let result = try BuiltProgram.run(
            [BuiltProgram.path, "/usr", "/nonexistent"],
            of: Self.project + "/packaging/install"
        )
        #expect(result.status == 1)
        #expect(result.error.contains("needs Swift's runtime"))
        #expect(result.error.contains("HINT: build it with `make release`"))
        #expect(!FileManager.default.fileExists(atPath: "/nonexistent"))
    }
}
