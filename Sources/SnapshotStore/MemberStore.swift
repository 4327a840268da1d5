package import RemoteHost

/// A directory on a member's host.
package struct MemberStore: SnapshotDestination {
    /// Runs a command there; the second one waits for the first.
    package typealias Run =
        @Sendable (RemoteCommand, CommandInput, CommandLimits) async throws -> CommandResult

    private let member: String
    private let path: String
    private let run: Run

    /// The path is absolute.
    package init(member: String, path: String, run: @escaping Run) {
        self.member = member
        self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        self.run = run
    }

    package var description: String { "\(member):\(path)" }

    private static let temporaryPrefix = ".rekindle-part-"

    /// A save that brings no byte for so long is given up by its host.
    private static let quietSeconds = 1800

    /// What a script ends with where the name is taken, or another save has the directory.
    private static let existsStatus: Int32 = 80
    private static let busyStatus: Int32 = 81

    private func ask(
        _ script: String,
        _ arguments: [String] = [],
        input: CommandInput = .none,
        limits: CommandLimits = CommandLimits(deadline: .seconds(600), keptOutput: 256 << 20)
    ) async throws -> CommandResult {
        let result = try await run(.script(script, [path] + arguments), input, limits)
        switch result.ending {
        case .exited(0): return result
        case .exited(Self.existsStatus):
            throw DestinationFailure.exists(arguments.first ?? "", in: description)
        case .exited(Self.busyStatus):
            throw DestinationFailure.busy(description)
        default:
            let said = result.lastLines()
            throw DestinationFailure(
                .other,
                "\(member): cannot use \(path) (\(result.ending))",
                evidence: said.split(separator: "\n").map(String.init),
                hint: said.contains("No space left")
                    ? "make room there, or prune: `rekindle snapshot prune`"
                    : "check the path on that host; it is used as root where `become` says so"
            )
        }
    }

    package func prepare(for name: String) async throws {
        _ = try await ask(
            """
            umask 077
            mkdir -p -- "$1" || exit
            if [ -e "$1/$2" ]; then exit \(Self.existsStatus); fi
            exec 9<"$1" || exit
            flock -n 9 || exit \(Self.busyStatus)
            """,
            [name]
        )
    }

    /// The host says where its answer ends: half a list is none.
    package func entries() async throws -> [StoreEntry] {
        let result = try await ask(
            #"""
            find "$1/" -ignore_readdir_race -maxdepth 1 -type f -printf '%s %f\0' || exit
            printf 'end\0'
            """#
        )
        var lines = result.output.split(separator: 0)
        guard lines.popLast().map({ String(decoding: $0, as: UTF8.self) }) == "end" else {
            throw cutAnswer
        }
        return try lines.map { line in
            let parts = line.split(separator: UInt8(ascii: " "), maxSplits: 1)
            guard parts.count == 2,
                let bytes = UInt64(String(decoding: parts[0], as: UTF8.self))
            else { throw cutAnswer }
            return StoreEntry(name: String(decoding: parts[1], as: UTF8.self), bytes: bytes)
        }
    }

    private var cutAnswer: DestinationFailure {
        DestinationFailure(
            .other,
            "\(member): the list of \(path) came in part only",
            hint: "try again; a list that is not whole must not be taken for one that is"
        )
    }

    /// All in one answer: each as its name and its bytes, with their count before them.
    package func manifests() async throws -> [String: [UInt8]] {
        let result = try await ask(
            """
            cd -- "$1" || exit
            for file in *\(SnapshotName.manifestSuffix); do
              [ -f "$file" ] && [ ! -L "$file" ] || continue
              # one that is gone meanwhile was deleted; what cannot be read is an error
              size=$(stat -c %s -- "$file") || { [ -e "$file" ] || continue; exit 1; }
              [ "$size" -le \(SnapshotManifest.largestBytes) ] || continue
              printf '%s %s\\n' "$size" "$file"
              cat -- "$file" || exit
              echo
            done
            echo end
            """
        )
        var found: [String: [UInt8]] = [:]
        var rest = result.output[...]
        while rest != ArraySlice("end\n".utf8) {
            guard let end = rest.firstIndex(of: UInt8(ascii: "\n")) else { throw cutAnswer }
            let head = rest[..<end].split(separator: UInt8(ascii: " "), maxSplits: 1)
            guard head.count == 2, let size = Int(String(decoding: head[0], as: UTF8.self)),
                size >= 0, rest.distance(from: end, to: rest.endIndex) > size
            else { throw cutAnswer }
            let bytes = rest[(end + 1)...].prefix(size)
            let name = String(decoding: head[1], as: UTF8.self)
            if SnapshotName(manifest: name) != nil { found[name] = Array(bytes) }
            rest = rest.dropFirst(end + 1 - rest.startIndex + size + 1)
        }
        return found
    }

    /// Each deletion takes the lock for itself, on the host.
    package func withoutSaves<Value: Sendable>(
        _ body: @Sendable () async throws -> Value
    ) async throws -> Value {
        try await body()
    }

    /// The host counts what came: an input that ended because the connection did is no whole file.
    ///
    /// What a killed save left is removed under the lock that only one has.
    package func put(_ name: String, _ stream: any ByteStream) async throws {
        let counted = CountedStream(stream)
        do {
            _ = try await ask(
                """
                umask 077
                part="$1/\(Self.temporaryPrefix)$2"
                if [ -e "$1/$2" ]; then exit \(Self.existsStatus); fi
                exec 9<"$1" || exit
                flock -n 9 || exit \(Self.busyStatus)
                # one of the last minutes may be another save's, which has only to be named
                find "$1/" -maxdepth 1 -type f -name '\(Self.temporaryPrefix)*' -mmin +10 \
                  -exec rm -f -- {} +
                set -C
                exec 4<&0
                cat <&4 4<&- >"$part" & p=$!
                exec 4<&-
                # a coordinator whose machine is off ends no stream, and nobody else could save here
                {
                  n= q=0
                  while [ $q -lt \(Self.quietSeconds) ] && sleep 10; do
                    s=$(stat -c %s -- "$part")
                    if [ "$s" = "$n" ]; then q=$((q + 10)); else n=$s q=0; fi
                  done
                  kill $p
                } </dev/null >/dev/null 2>&1 9>&- & w=$!
                wait $p; s=$?; kill $w 2>/dev/null
                [ $s = 0 ] || { rm -f -- "$part"; echo "the input ended ($s)" >&2; exit 1; }
                sync -- "$part" || { rm -f -- "$part"; exit 1; }
                """,
                [name],
                input: .stream(counted),
                limits: CommandLimits(deadline: .seconds(24 * 3600))
            )
        } catch {
            // what the stream threw is the cause of what the host says of it
            _ = try? await ask(#"rm -f -- "$1/$2""#, [Self.temporaryPrefix + name])
            if let cause = counted.failure { throw cause }
            throw error
        }
        _ = try await ask(
            """
            part="$1/\(Self.temporaryPrefix)$2"
            [ "$(stat -c %s -- "$part")" = "$3" ] || { echo 'the file is cut' >&2; exit 1; }
            ln -T -- "$part" "$1/$2" || { [ -e "$1/$2" ] && exit \(Self.existsStatus); exit 1; }
            rm -f -- "$part"
            sync -- "$1"
            """,
            [name, String(counted.count)]
        )
    }

    package func delete(_ names: [String]) async throws {
        var rest = names[...]
        while !rest.isEmpty {
            _ = try await ask(
                """
                cd -- "$1" || exit
                shift
                exec 9<. || exit
                flock -n 9 || exit \(Self.busyStatus)
                for file; do rm -f -- "$file" || exit; done
                sync -- .
                """,
                Array(rest.prefix(500))
            )
            rest = rest.dropFirst(500)
        }
    }
}
