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
            throw DestinationFailure(
                .busy,
                "another save writes to \(description)",
                hint: "wait until it is done; a save that died holds nothing"
            )
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

    package func entries() async throws -> [StoreEntry] {
        let result = try await ask(
            #"find "$1/" -maxdepth 1 -type f -printf '%s %f\0'"#
        )
        return result.output.split(separator: 0).compactMap { line in
            let parts = line.split(separator: UInt8(ascii: " "), maxSplits: 1)
            guard parts.count == 2,
                let bytes = UInt64(String(decoding: parts[0], as: UTF8.self))
            else { return nil }
            return StoreEntry(name: String(decoding: parts[1], as: UTF8.self), bytes: bytes)
        }
    }

    /// All in one answer: each as its name and its bytes, with their count before them.
    package func manifests() async throws -> [String: [UInt8]] {
        let result = try await ask(
            """
            cd -- "$1" || exit
            for file in *\(SnapshotName.manifestSuffix); do
              [ -f "$file" ] && [ ! -L "$file" ] || continue
              size=$(stat -c %s -- "$file") && [ "$size" -le \(SnapshotManifest.largestBytes) ] || continue
              printf '%s %s\\n' "$size" "$file"
              cat -- "$file"
              echo
            done
            """
        )
        var found: [String: [UInt8]] = [:]
        var rest = result.output[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            let head = rest[..<end].split(separator: UInt8(ascii: " "), maxSplits: 1)
            guard head.count == 2, let size = Int(String(decoding: head[0], as: UTF8.self)),
                size >= 0, rest.distance(from: end, to: rest.endIndex) > size
            else { break }
            let bytes = rest[(end + 1)...].prefix(size)
            let name = String(decoding: head[1], as: UTF8.self)
            if SnapshotName(manifest: name) != nil { found[name] = Array(bytes) }
            rest = rest.dropFirst(end + 1 - rest.startIndex + size + 1)
        }
        return found
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
                rm -f -- "$1"/\(Self.temporaryPrefix)*
                set -C
                cat >"$part" || { rm -f -- "$part"; exit 1; }
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
                for file; do rm -f -- "$file" || exit; done
                sync -- .
                """,
                Array(rest.prefix(500))
            )
            rest = rest.dropFirst(500)
        }
    }
}
