import Foundation
import Glibc
import RemoteHost
import TestSupport
import Testing

@testable import RestorePlanning

/// `move` and `delete`, by which effects rename and delete, run in a mount namespace of their own.
@Suite(
    "A rename is never a copy, and a deletion stays on one file system",
    .enabled(if: HazardTests.canMount, "needs root")
)
struct MoveTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        /// In a directory with `data/member/wal/0.wal`, `data/.rekindle/aside` and `disk/precious`.
        var script: String
        var succeeds: Bool
        /// What is there afterwards, sorted; directories end with a slash.
        var left: [String]
    }

    private static let untouched = [
        "data/.rekindle/aside/", "data/member/wal/0.wal", "disk/precious",
    ]

    static let cases = [
        Case(
            testDescription: "a directory is renamed",
            script: "move data/member data/.rekindle/aside/member",
            succeeds: true,
            left: ["data/.rekindle/aside/member/wal/0.wal", "disk/precious"]
        ),
        Case(
            testDescription: "nothing is renamed with a mount below it",
            script:
                "mount --bind disk data/member/wal; move data/member data/.rekindle/aside/member",
            succeeds: false,
            left: untouched
        ),
        Case(
            testDescription: "nothing that is a mount itself",
            script: "mount --bind data/member data/member; move data/member data/.rekindle/aside/m",
            succeeds: false,
            left: untouched
        ),
        Case(
            testDescription: "a rename to another mount is not made a copy, and leaves nothing",
            script: "mount --bind data/.rekindle data/.rekindle; "
                + "move data/member data/.rekindle/aside/member",
            succeeds: false,
            left: untouched
        ),
        Case(
            testDescription: "nothing is renamed over anything, nor is that deleted",
            script:
                "mkdir data/.rekindle/aside/member; move data/member data/.rekindle/aside/member; "
                + "s=$?; rmdir data/.rekindle/aside/member; exit $s",
            succeeds: false,
            left: untouched
        ),
        Case(
            testDescription: "a blank, a tab, a backslash and a glob in a name hide no mount",
            script: #"""
                d="$(printf 'a b\tc\\*')"; mkdir "$d" "$d/x"; mount --bind disk "$d/x"
                move "$d" data/.rekindle/aside/m && exit 9; umount "$d/x"; rmdir "$d/x" "$d"; false
                """#,
            succeeds: false,
            left: untouched
        ),
        Case(
            testDescription: "what has a disk below it is not deleted, nor is the disk emptied",
            script: "mount --bind disk data/member/wal; delete data/member",
            succeeds: false,
            left: untouched
        ),
        Case(
            testDescription:
                "the rest is deleted, links are not followed, what is not there is fine",
            script: "ln -s \"$PWD/disk\" data/member/link; delete data/member nothing",
            succeeds: true,
            left: ["data/.rekindle/aside/", "disk/precious"]
        ),
        Case(
            testDescription: "a mount whose name begins alike is no reason",
            script:
                "mkdir data/member2; mount -t tmpfs none data/member2; delete data/member; s=$?; "
                + "umount data/member2; rmdir data/member2; exit $s",
            succeeds: true,
            left: ["data/.rekindle/aside/", "disk/precious"]
        ),
    ]

    static let shells = ["/bin/dash", "/bin/bash"]
        .filter(FileManager.default.isExecutableFile(atPath:))

    @Test(arguments: cases, shells)
    func `holds for directories, links and mounts`(_ given: Case, shell: String) throws {
        let root = FileManager.default.temporaryDirectory
            .appending(path: "rekindle-move-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: root) }
        let inside = """
            mkdir -p data/member/wal data/.rekindle/aside disk
            : >data/member/wal/0.wal; echo x >data/member/wal/0.wal; echo x >disk/precious
            \(WorkDirectory.functions)
            ( \(given.script)
            )
            """
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
        let words = ["unshare", "--mount", "--propagation", "private", shell, "-c", inside]
        let result = try ShellProcess(
            words.map(ShellQuoting.quoted).joined(separator: " "),
            workingDirectory: root
        )
        .finish()
        #expect((result.status == 0) == given.succeeds, "\(result.status): \(result.errorText)")
        #expect(result.status != 9)
        let listed = try ShellProcess(
            "find . -type f -printf '%P\\n' -o -type d -empty -printf '%P/\\n' | sort",
            workingDirectory: root
        )
        .finish()
        #expect(listed.outputText.split(separator: "\n").map(String.init) == given.left)
    }
}
