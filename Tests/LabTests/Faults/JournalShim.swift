import FoundationEssentials

/// `lab/journal-shim.c`, built once: it makes the journal's disk and the clock fail as they do.
enum JournalShim {
    /// The variables that arm it, such as `kill-before 17`.
    static func environment(_ order: String) throws -> [String: String] {
        ["LD_PRELOAD": try library.get(), "REKINDLE_SHIM": order]
    }

    /// In the directory of the tests, where nothing but a build writes.
    private static let library: Result<String, any Error> = Result {
        let path = "\(Lab.root)/.build/journal-shim.so"
        let arguments = ["-shared", "-fPIC", "-O1", "-o", path, "\(Lab.root)/lab/journal-shim.c"]
        let compiler = ["/usr/bin/cc", "/usr/bin/clang"].first {
            FileManager.default.isExecutableFile(atPath: $0)
        }
        guard let compiler else { throw NoCompiler() }
        try Program.require(compiler, arguments)
        return path
    }

    struct NoCompiler: Error, CustomStringConvertible {
        var description: String { "there is no C compiler to build lab/journal-shim.c with" }
    }
}
