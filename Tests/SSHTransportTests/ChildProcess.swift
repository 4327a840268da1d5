import Glibc

/// A child process with clean signal masks.
///
/// Foundation's passes on the mask of a dispatch thread, in which SIGTERM is blocked: an sshd or
/// ssh-agent that is started so can only be killed the hard way, and so can what it starts.
struct ChildProcess: Sendable {
    struct NotStarted: Error {
        let path: String
        let code: Int32
    }

    let id: pid_t

    /// Starts a program with its standard input, output and error.
    ///
    /// The environment is `NAME=value`, added to this process's.
    init(
        _ path: String,
        _ arguments: [String],
        descriptors: [Int32],
        environment: [String] = []
    ) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (number, descriptor) in descriptors.enumerated() {
            posix_spawn_file_actions_adddup2(&actions, descriptor, Int32(number))
        }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(
            &attributes,
            Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF)
        )
        var words = ([path] + arguments).map { strdup($0) } + [nil]
        var variables = environment.map { strdup($0) }
        var next = environ
        while let variable = next.pointee {
            variables.append(strdup(variable))
            next += 1
        }
        variables.append(nil)
        defer { for word in words + variables { free(word) } }
        var id: pid_t = 0
        let code = posix_spawn(&id, path, &actions, &attributes, &words, &variables)
        guard code == 0 else { throw NotStarted(path: path, code: code) }
        self.id = id
    }

    /// Waits for its end.
    ///
    /// - Returns: whether it was exit status 0.
    @discardableResult
    func wait() -> Bool {
        var status: Int32 = 0
        while waitpid(id, &status, 0) < 0 && errno == EINTR {}
        return status == 0
    }

    /// Two ends of which no other child inherits one: the first to read, the second to write.
    static func pipe() -> (read: Int32, write: Int32) {
        var ends: [Int32] = [-1, -1]
        // pipe(2) cannot set the flag at once, and the module has no pipe2.
        socketpair(AF_UNIX, .streamThatNoChildInherits, 0, &ends)
        return (ends[0], ends[1])
    }

    static func devNull() -> Int32 {
        open("/dev/null", O_RDWR | O_CLOEXEC)
    }
}
