import Glibc

extension Origin {
    /// A file of this machine.
    /// - Throws: `SnapshotFileError`.
    static func file(_ path: String) throws -> Origin {
        let number = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard number >= 0 else {
            throw SnapshotFileError(path: path, problem: .unreadable(code: errno))
        }
        let file = Descriptor(number)
        guard file.isRegularFile else { throw SnapshotFileError(path: path, problem: .notAFile) }
        // it is opened so that a pipe is not waited for; a program that inherits it must wait
        _ = fcntl(number, F_SETFL, 0)
        return Origin(output: file)
    }

    /// Standard input, through `cat` where it is neither a file nor a pipe.
    /// - Throws: `SourceFailure`.
    static func standardInput(_ surroundings: SourceSurroundings) throws -> Origin {
        guard isatty(STDIN_FILENO) == 0 else {
            throw SourceFailure(
                "standard input is a terminal, and no snapshot",
                hint: "give it one: `… | rekindle … --snapshot -`"
            )
        }
        let number = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
        guard number >= 0 else {
            throw SourceFailure(
                "cannot read standard input: \(SystemText.of(errno))",
                hint: "is it closed?"
            )
        }
        let input = Descriptor(number)
        if input.isRegularFile || input.isPipe { return Origin(output: input) }
        let ends = try Descriptor.pipe()
        let program = try ChildProgram(
            try surroundings.programs.require("cat", package: "coreutils", for: "standard input"),
            [],
            input: number,
            output: ends.write.number,
            environment: surroundings.environment
        ) { SourceFailure("cannot read standard input", evidence: $0, hint: "what gives it?") }
        return Origin(output: ends.read, program: program)
    }
}
