import Foundation
import Testing

@Suite("The house")
struct ArchitectureTests {
    @Test("keeps its walls, its words and its measure")
    func sources() throws {
        let files = try SourceTree.files("Sources")
        #expect(files.count > 50, "the sources are not where they are looked for")
        let violations = files.flatMap(Rules.violations)
        #expect(violations == [], "\(violations.joined(separator: "\n"))")
    }

    @Test("keeps its measure in the tests, too")
    func tests() throws {
        let words = Rules.bannedWords
        let violations = try SourceTree.files("Tests")
            .filter { $0.target != "ArchitectureTests" }
            .flatMap { file in
                var file = file
                // tests may import what they test: the package manager sees to that
                file.target = "RekindleCommands"
                return Rules.violations(in: file).filter { violation in
                    violation.contains("is the most")
                        || words.contains { violation.hasSuffix(": \($0)") }
                }
            }
        #expect(violations == [], "\(violations.joined(separator: "\n"))")
    }

    @Test("has one place that writes to the terminal: what strangers wrote is escaped there")
    func rim() throws {
        let rim = ["Terminal.swift", "World.swift", "RekindleCommand.swift"]
        let words = [
            "world.say(", "world.write(", "sayInPlace(", " print(", "fputs(", "debugPrint(",
        ]
        let others = try SourceTree.files("Sources").filter { file in
            !rim.contains { file.path.hasSuffix("/\($0)") }
                && words.contains { file.text.contains($0) }
        }
        #expect(others.map(\.path) == [])
    }

    @Test("has one place that writes programs which tests run")
    func programs() throws {
        let violations = try SourceTree.files("Tests")
            .filter { $0.target != "ArchitectureTests" }.flatMap(Rules.programs)
        #expect(violations == [], "\(violations.joined(separator: "\n"))")
    }

    @Test("has no arrow that must never exist")
    func arrows() {
        #expect(Rules.allowedImports["RestoreEngine"]?.contains("SSHTransport") == false)
        let effects = Set(Rules.allowedImports.keys).subtracting(Rules.pure)
        for (target, imports) in Rules.allowedImports where Rules.pure.contains(target) {
            #expect(imports.isDisjoint(with: effects), "\(target)")
        }
    }

    @Test("has every wall of the package manifest in the table, and no other")
    func manifest() throws {
        let text = try String(
            contentsOf: SourceTree.root.appending(path: "Package.swift"),
            encoding: .utf8
        )
        for (target, allowed) in Rules.allowedImports {
            guard let start = text.range(of: "name: \"\(target)\",", options: .backwards),
                let end = text[start.upperBound...].range(of: "swiftSettings")
            else {
                Issue.record("\(target) is not in Package.swift")
                continue
            }
            let words = text[start.upperBound..<end.lowerBound]
                .split(whereSeparator: { !$0.isLetter && !$0.isNumber }).map(String.init)
            let named = words.filter {
                Rules.allowedImports[$0] != nil
                    || ["CLib", "CZ", "CCh"].contains(where: $0.hasPrefix)
            }
            #expect(
                Set(named).isSubset(of: allowed),
                "\(target) depends on more than it may import"
            )
        }
    }

    @Test("names every file of Steps in the catalogue")
    func catalogue() throws {
        let files = try SourceTree.files("Sources")
        let catalogue = try #require(files.first { $0.path.hasSuffix("/StepCatalog.swift") })
        let steps = files.filter { $0.path.contains("/RestorePlanning/Steps/") }
        #expect(steps.count >= 7)
        for step in steps {
            let name = step.path.split(separator: "/").last?.dropLast(".swift".count) ?? ""
            #expect(catalogue.text.contains("\(name)(),"), "\(name) is in no catalogue")
            #expect(Rules.declaredTypes(step).contains(String(name)))
        }
    }

    @Test("gives no module the name of a type in it")
    func moduleNames() throws {
        for file in try SourceTree.files("Sources") {
            #expect(!Rules.declaredTypes(file).contains(file.target), "\(file.path)")
        }
    }
}

@Suite("The checker of the house")
struct RulesTests {
    private func violations(_ text: String, target: String = "RestoreEngine") -> [String] {
        Rules.violations(in: SourceFile(target: target, path: "f", text: text))
    }

    @Test(
        "reads a module's name from every form of import",
        arguments: [
            ("import A", "A"), ("package import A", "A"), ("internal import A", "A"),
            ("@testable import A", "A"), ("import struct A.B", "A"), ("import A.B", "A"),
            ("@preconcurrency package import A", "A"), ("unsafe import A", "A"),
        ] as [(Substring, String)]
    )
    func importForms(line: Substring, module: String) {
        #expect(Rules.importedModule(line) == module)
    }

    @Test(
        "takes no other line for one",
        arguments: ["// import A", "let import = 1", "important", "/// We import A", "import"]
            as [Substring]
    )
    func noImport(line: Substring) {
        #expect(Rules.importedModule(line) == nil)
    }

    @Test("finds an import through a wall")
    func wall() {
        #expect(
            violations("import EtcdModel\n\npackage import SSHTransport\n")
                == ["f:3: RestoreEngine may not import SSHTransport"]
        )
        #expect(
            violations("import RunJournal", target: "RestorePlanning")
                == ["f:1: RestorePlanning may not import RunJournal"]
        )
        #expect(violations("import Glibc\nimport RunJournal") == [])
        #expect(
            violations("import Glibc", target: "EtcdModel")
                == ["f:1: EtcdModel may not import Glibc"]
        )
        #expect(violations("", target: "New") == ["f:1: no rule for the target New"])
    }

    @Test("finds a file that is too long, and none that is just long enough")
    func length() {
        #expect(violations(String(repeating: "\n", count: 400)) == [])
        #expect(
            violations(String(repeating: "\n", count: 401)) == ["f:401: 401 lines, 400 is the most"]
        )
    }

    @Test("finds a banned word", arguments: Rules.bannedWords)
    func banned(word: String) {
        #expect(violations("let a = 1\n    \(word)x\n") == ["f:2: \(word)"])
    }

    @Test("wants a reason for what the compiler does not check")
    func explained() {
        let bare = "struct A: @unchecked Sendable {}"
        #expect(violations(bare) == ["f:1: @unchecked Sendable"])
        #expect(violations("// the lock below guards it\n\(bare)") == [])
        #expect(violations("\(bare) // its lock guards it") == [])
        #expect(violations("nonisolated(unsafe) let a = 1") == ["f:1: nonisolated(unsafe)"])
        #expect(violations("// set once, before any thread\nnonisolated(unsafe) let a = 1") == [])
    }

    @Test(
        "finds a test that writes a program by hand, on this machine",
        arguments: Rules.programMarks
    )
    func programs(mark: String) {
        func found(_ target: String, _ name: String = "A.swift") -> [String] {
            let path = "Tests/\(target)/\(name)"
            return Rules.programs(
                in: SourceFile(target: target, path: path, text: "let a = 1\nmake(\(mark))\n")
            )
        }
        #expect(found("AnyTests").count == 1)
        #expect(found("LabTests").count == (mark.hasPrefix("chmod") ? 0 : 1))
        #expect(found("TestSupport", "ProgramFolder.swift") == [])
    }

    @Test("sees the types of a file's top level")
    func types() {
        let file = SourceFile(
            target: "A",
            path: "f",
            text: "package struct B: C {\n    struct D {}\n}\nfinal class E<F> {}\nenum G{}\n"
        )
        #expect(Rules.declaredTypes(file) == ["B", "E", "G"])
    }
}
