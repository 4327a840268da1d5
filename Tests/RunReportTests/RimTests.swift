import Testing

@testable import RunReport

/// The last look before text leaves the program.
@Suite("The rim of the terminal")
struct RimTests {
    @Test("lets no control through that a renderer forgot, and keeps lines and tabs")
    func controls() {
        let text = "a\u{1B}]0;owned\u{07}b\r\u{9B}2J\u{202E}\u{7F}\u{200B}\n\tc\u{2028}"
        let shown = VisibleText.atTheRim(text, inked: false)
        #expect(
            shown
                == "a\\u{1b}]0;owned\\u{7}b\\r\\u{9b}2J\\u{202e}\\u{7f}\\u{200b}\n\tc\\u{2028}"
        )
        #expect(VisibleText.atTheRim(shown, inked: true) == shown)
    }

    @Test("lets through the colours of a page, and no other sequence")
    func ink() {
        let style = Style(color: true, unicode: true)
        for ink in Ink.allCases {
            let painted = ink.paint("x", style)
            #expect(VisibleText.atTheRim(painted, inked: true) == painted)
            if ink != .plain {
                #expect(!VisibleText.atTheRim(painted, inked: false).contains("\u{1B}"))
            }
        }
        for sequence in [
            "\u{1B}[8m", "\u{1B}[2J", "\u{1B}[31", "\u{1B}", "\u{1B}[1;31m", "\u{1B}c",
        ] {
            let shown = VisibleText.atTheRim("a\(sequence)b", inked: true)
            #expect(!shown.contains("\u{1B}"), "\(shown)")
        }
    }

    @Test("changes nothing that is plain")
    func plain() {
        let text = "prod: ✓ 3 Mitglieder, größer\n  日本\n"
        #expect(VisibleText.atTheRim(text, inked: false) == text)
        #expect(VisibleText.escaped(VisibleText.escaped("a\nb\u{1B}")) == "a\\nb\\u{1b}")
    }
}
