import FoundationEssentials
import Glibc

/// `lab/journal-shim.c`, built once: it makes the journal's disk and the clock fail as they do.
enum JournalShim {
    /// The variables that arm it, such as `kill-before 17`.
    static func environment(_ order: String) throws -> [String: String] {
        ["LD_PRELOAD": try library.get(), "REKINDLE_SHIM": order]
    }

    /// Death as soon as this process has written the moment to its journal, at no step before or after.
    static func death(at moment: Moment) throws -> [String: String] {
        try environment("kill-seen \(moment.sign.count) \(moment.sign.text)")
    }

    /// In the directory of the tests, where nothing but a build writes; elsewhere if LD_PRELOAD, a list with
    /// blanks or colons between its files, cannot name that (ld.so(8)).
    private static let library: Result<String, any Error> = Result {
        var folder = "\(Lab.root)/.build"
        if folder.contains(where: { " :$\t".contains($0) }) {
            let made = try Program.require("/bin/mktemp", ["-d", "/tmp/rekindle-shim-XXXXXX"])
            folder = made.outputText.split(separator: "\n").joined()
        }
        let path = "\(folder)/journal-shim.so"
        let fresh = "\(path).\(getpid())"
        let arguments = ["-shared", "-fPIC", "-O1", "-o", fresh, "\(Lab.root)/lab/journal-shim.c"]
        let compiler = ["/usr/bin/cc", "/usr/bin/clang"].first {
            FileManager.default.isExecutableFile(atPath: $0)
        }
        guard let compiler else { throw NoCompiler() }
        try Program.require(compiler, arguments)
        // another process of tests may be using the one that is there
        rename(fresh, path)
        return path
    }

    struct NoCompiler: Error, CustomStringConvertible {
        var description: String { "there is no C compiler to build lab/journal-shim.c with" }
    }
}
