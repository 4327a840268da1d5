import ClusterInventory
import Glibc
import RunReport

/// What a command says, and where: the result on stdout, everything else on stderr.
struct Terminal: Sendable {
    let world: World
    let format: OutputFormat
    let isQuiet: Bool
    let isVerbose: Bool
    let style: Style
    let errorStyle: Style

    init(world: World, options: GlobalOptions) {
        self.world = world
        format = options.output
        isQuiet = options.quiet
        isVerbose = options.verbose
        let mayColour =
            !options.noColor && world.environment["NO_COLOR", default: ""].isEmpty
            && world.environment["TERM"] != "dumb"
        let locale =
            ["LC_ALL", "LC_CTYPE", "LANG"].lazy
            .compactMap { world.environment[$0] }.first { !$0.isEmpty } ?? ""
        let isUnicode = locale.uppercased().contains("UTF")
        style = Style(color: mayColour && world.outputIsTerminal, unicode: isUnicode)
        errorStyle = Style(color: mayColour && world.errorIsTerminal, unicode: isUnicode)
    }

    /// The result: text as it is, or JSON with a newline behind it.
    func show(_ text: String) {
        world.write(text.hasSuffix("\n") ? text : text + "\n")
    }

    /// For a person, on stderr.
    func say(_ text: String) { world.say(text) }

    /// Progress, unless it is not wanted.
    func note(_ text: String) {
        if !isQuiet { world.say(text) }
    }

    /// An error: the fact, what shows it line by line, and what to do next.
    func problem(_ text: String, evidence: [String] = [], hint: String? = nil) {
        world.say("error: \(VisibleText.escaped(text))")
        for line in evidence { world.say("  - \(VisibleText.escaped(line))") }
        if let hint { world.say("HINT: \(VisibleText.escaped(hint))") }
    }

    /// Whether the person typed exactly this word.
    func confirm(_ word: String, question: String) -> Bool {
        world.say(question)
        return readLine(strippingNewline: true) == word
    }
}
