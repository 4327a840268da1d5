import CLinux
import RekindleCommands

@main
struct Main {
    static func main() async {
        returnLargeBlocks()
        await RekindleCommand.runToExit()
    }

    /// Has every block of 128 KiB and more returned to the kernel as it is freed.
    ///
    /// Left alone, glibc raises that threshold to the largest block ever freed (mallopt(3)); chunks
    /// of the snapshot then pile up in the arenas of many threads, 16 MiB becoming 56.
    private static func returnLargeBlocks() {
        _ = mallopt(M_MMAP_THRESHOLD, 128 << 10)
    }
}
