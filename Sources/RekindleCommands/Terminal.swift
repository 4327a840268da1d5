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

    // Everything that the program says goes through here: no other file may write to the terminal
    // (`ArchitectureTests`). What strangers wrote, in manifests, answers of hosts, names of files, is in
    // all of it. So a text is one line, unless it is said to be more; and nothing leaves this program
    // that a terminal would act on, but for the colours of a page.

    /// The result: text of several lines, or JSON.
    func show(_ text: String) {
        world.write(VisibleText.atTheRim(Self.ended(text), inked: false))
    }

    /// The result, as a renderer made it with this terminal's style.
    func show(page text: String) {
        world.write(VisibleText.atTheRim(Self.ended(text), inked: style.color))
    }

    /// A line for a person, on stderr.
    func say(_ line: String) { world.say(VisibleText.escaped(line)) }

    /// Several lines for a person, on stderr, as a renderer made them with the style for errors.
    func say(page text: String) {
        world.say(VisibleText.atTheRim(text, inked: errorStyle.color))
    }

    /// What is wrong with a file, or odd.
    func say(_ diagnostic: Diagnostic) {
        var bare = diagnostic
        bare.hint = nil
        say(bare.description)
        if let hint = diagnostic.hint { say("HINT: \(hint)") }
    }

    /// A line of progress, unless it is not wanted.
    func note(_ line: String) {
        if !isQuiet { say(line) }
    }

    /// What a person should know, whatever they want to hear of progress.
    func warn(_ line: String) { say("warning: \(line)") }

    /// Redraws the line that is being drawn; an empty one erases it.
    func draw(_ line: String) { world.sayInPlace(VisibleText.escaped(line)) }

    /// An error: the fact, what shows it line by line, and what to do next.
    func problem(_ text: String, evidence: [String] = [], hint: String? = nil) {
        say("error: \(text)")
        for line in evidence { say("  - \(line)") }
        if let hint { say("HINT: \(hint)") }
    }

    /// Whether the person typed exactly this word.
    func confirm(_ word: String, question: String) -> Bool {
        say(question)
        return readLine(strippingNewline: true) == word
    }

    private static func ended(_ text: String) -> String {
        text.hasSuffix("\n") ? text : text + "\n"
    }
}
