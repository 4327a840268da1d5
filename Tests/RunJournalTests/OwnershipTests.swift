import Glibc
import Testing

@testable import RunJournal

/// Whoever can change a journal can say what a rollback does: who owns the way to it is looked at.
@Suite("Journal: whose the state directory is")
struct OwnershipTests {
    /// Makes a path another user's, or looks at it as another user where this one may not.
    ///
    /// - Returns: the user to look as.
    private func estrange(_ path: String) -> uid_t {
        guard geteuid() == 0 else { return geteuid() + 1 }
        lchown(path, 65534, 65534)
        return 0
    }

    private func refusal(_ path: String, as user: uid_t) -> StateDirectoryUnsafe? {
        do {
            try Ownership(user: user).require(directory: path)
            return nil
        } catch {
            return error as? StateDirectoryUnsafe
        }
    }

    @Test("refuses a directory that belongs to another user, and says whose it is and what to do")
    func owner() throws {
        let temporary = try TemporaryDirectory()
        let path = "\(temporary.path)/state"
        mkdir(path, 0o700)
        #expect(throws: Never.self) { try Ownership().require(directory: path) }
        let found = try #require(refusal(path, as: estrange(path)))
        #expect(found.description.contains("belongs to"))
        #expect(found.hint.contains("--state-dir") && found.hint.contains("sudo -H"))
    }

    @Test("refuses a directory in a directory of another user, who could put another in its place")
    func parent() throws {
        let temporary = try TemporaryDirectory()
        let home = "\(temporary.path)/home"
        let path = "\(home)/.local/state"
        for folder in [home, "\(home)/.local", path] { mkdir(folder, 0o700) }
        let user = estrange(home)
        #expect(refusal(path, as: user)?.path.hasPrefix(temporary.path) == true)
        // also before anything is made there
        #expect(refusal("\(home)/new/state", as: user) != nil)
    }

    @Test(
        "refuses a directory below one that others write into, unless names stay their owners'",
        arguments: [(0o777, true), (0o772, true), (0o1777, false), (0o755, false)]
            as [(mode_t, Bool)]
    )
    func writableParent(_ mode: mode_t, isRefused: Bool) throws {
        let temporary = try TemporaryDirectory()
        let shared = "\(temporary.path)/shared"
        mkdir(shared, 0o700)
        mkdir("\(shared)/state", 0o700)
        chmod(shared, mode)
        let found = refusal("\(shared)/state", as: geteuid())
        #expect((found != nil) == isRefused)
        if isRefused { #expect(found?.path == shared) }
    }

    @Test("follows a link of its own, and refuses a stranger's and one in a circle")
    func links() throws {
        let temporary = try TemporaryDirectory()
        let real = "\(temporary.path)/real"
        let link = "\(temporary.path)/link"
        mkdir(real, 0o700)
        symlink("real", link)
        #expect(throws: Never.self) { try Ownership().require(directory: link) }
        let user = estrange(link)
        if geteuid() == 0 {
            #expect(refusal(link, as: user)?.problem == .owned(by: "nobody", isLink: true))
        }
        symlink("circle", "\(temporary.path)/circle")
        let failure = #expect(throws: SystemFailure.self) {
            try Ownership().require(directory: "\(temporary.path)/circle/x")
        }
        #expect(failure?.code == ELOOP)
    }

    @Test("refuses what a link of its own leads to where others write")
    func linkTarget() throws {
        let temporary = try TemporaryDirectory()
        let open = "\(temporary.path)/open"
        mkdir(open, 0o700)
        mkdir("\(open)/state", 0o700)
        chmod(open, 0o777)
        symlink("open/../open/./state", "\(temporary.path)/link")
        #expect(refusal("\(temporary.path)/link", as: geteuid())?.path == open)
    }

    @Test("knows what is not there yet, and a path that begins here")
    func missing() throws {
        let temporary = try TemporaryDirectory()
        #expect(throws: Never.self) {
            try Ownership().require(directory: "\(temporary.path)/a/b/c")
        }
        #expect(throws: Never.self) { try Ownership().require(directory: "/") }
        let failure = #expect(throws: SystemFailure.self) {
            try Ownership().require(directory: "/dev/null/state")
        }
        #expect(failure?.code == ENOTDIR)
    }

    @Test("reads no journal of a run's directory that others own or write to")
    func runs() throws {
        for spoil in [
            { (run: RunDirectory) in _ = chmod(run.path, 0o770) },
            { _ = chmod($0.journalPath, 0o622) },
            { _ = chmod($0.journalPath, 0o660) },
        ] {
            let temporary = try TemporaryDirectory()
            let run = try StateDirectory(makingAt: "\(temporary.path)/state").create("20260101-a")
            try TemporaryDirectory.write([], to: run.journalPath)
            chmod(run.journalPath, 0o600)
            spoil(run)
            #expect(throws: StateDirectoryUnsafe.self) { _ = try run.readJournal(TestEvent.self) }
            #expect(throws: StateDirectoryUnsafe.self) {
                _ = try run.salvageJournal(TestEvent.self)
            }
        }
    }
}
