import Glibc
import RunJournal
import Testing

@Suite("Journal: the state directory")
struct StateDirectoryTests {
    @Test("is not made by somebody who only looks")
    func lookOnly() throws {
        let temporary = try TemporaryDirectory()
        let path = "\(temporary.path)/state"
        #expect(try StateDirectory(existingAt: path) == nil)
        #expect(try TemporaryDirectory.names(in: temporary.path) == [])
        _ = try StateDirectory(makingAt: path)
        #expect(try StateDirectory(existingAt: path)?.all() == [])
    }

    @Test(
        "is refused where others can write into it",
        arguments: [0o770, 0o707, 0o1777] as [mode_t]
    )
    func unsafe(_ mode: mode_t) throws {
        let temporary = try TemporaryDirectory()
        let path = "\(temporary.path)/state"
        _ = try StateDirectory(makingAt: path)
        for directory in ["\(path)/runs", path] {
            chmod(directory, mode)
            let refusal = StateDirectoryUnsafe(
                path: directory,
                .writable(mode: UInt32(mode))
            )
            #expect(throws: refusal) { _ = try StateDirectory(makingAt: path) }
            #expect(throws: refusal) { _ = try StateDirectory(existingAt: path) }
            #expect(refusal.hint.contains("chmod go-w \(directory)"))
            #expect(refusal.description.contains("mode \(String(mode, radix: 8))"))
        }
    }

    @Test("lists runs by id, and nothing that is no run")
    func list() throws {
        let temporary = try TemporaryDirectory()
        let state = try StateDirectory(makingAt: temporary.path)
        for id in ["20260102-b", "20260101-a", "20260102-a"] { _ = try state.create(id) }
        try TemporaryDirectory.write([], to: "\(temporary.path)/runs/20260103-file")
        mkdir("\(temporary.path)/runs/.hidden", 0o700)
        #expect(try state.all().map(\.id) == ["20260101-a", "20260102-a", "20260102-b"])
    }

    @Test("does not make a run twice")
    func twice() throws {
        let temporary = try TemporaryDirectory()
        let state = try StateDirectory(makingAt: temporary.path)
        _ = try state.create("r")
        let failure = #expect(throws: SystemFailure.self) { _ = try state.create("r") }
        #expect(failure?.code == EEXIST)
    }

    @Test("finds the run that is meant, or says which could be")
    func resolve() throws {
        let temporary = try TemporaryDirectory()
        let state = try StateDirectory(makingAt: temporary.path)
        #expect(throws: RunNotFound.noRuns) { _ = try state.resolve(nil) }
        for id in ["20260101", "20260101-a", "20260102-b"] { _ = try state.create(id) }
        #expect(try state.resolve(nil).id == "20260102-b")
        #expect(try state.resolve("20260102").id == "20260102-b")
        // A whole id is meant even where it begins another one.
        #expect(try state.resolve("20260101").id == "20260101")
        #expect(
            throws: RunNotFound.ambiguous(
                "2026",
                candidates: ["20260101", "20260101-a", "20260102-b"]
            )
        ) { _ = try state.resolve("2026") }
        #expect(
            throws: RunNotFound.unknown("x", newest: ["20260101", "20260101-a", "20260102-b"])
        ) { _ = try state.resolve("x") }
        #expect(throws: RunNotFound.self) { _ = try state.resolve("../20260101") }
    }

    @Test(
        "takes for an id only what is a plain file name",
        arguments: [
            ("20261122T164510Z-prod-7f3a", true), ("a", true), ("", false), (".", false),
            ("..", false), ("-a", false), ("a/b", false), ("a b", false), ("ä", false),
            (String(repeating: "a", count: 64), true), (String(repeating: "a", count: 65), false),
        ]
    )
    func validity(_ id: String, isValid: Bool) {
        #expect(RunDirectory.isValid(id) == isValid)
    }
}
