import RekindleCommands

@main
struct Main {
    static func main() async {
        await RekindleCommand.runToExit()
    }
}
