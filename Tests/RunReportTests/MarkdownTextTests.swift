import Testing

@testable import RunReport

@Suite("Text in Markdown")
struct MarkdownTextTests {
    @Test(
        "is no markup, with a combining mark behind a sign either: another Character, the same for Markdown"
    )
    func combining() {
        #expect(MarkdownText.plain("|\u{301}<\u{301}a") == "\\|\u{301}\\<\u{301}a")
        #expect(MarkdownText.code("`\u{301}") == "`` `\u{301} ``")
        #expect(MarkdownText.block(["a", "```\u{301}"]).hasPrefix("````sh\n"))
    }
}
