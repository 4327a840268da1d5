import Testing

@testable import RekindleCommands

@Suite("A secret that is typed")
struct SecretLineTests {
    private func type(_ text: String) -> (text: String, ending: SecretLine.Ending?) {
        var line = SecretLine()
        for byte in text.utf8 {
            if let ending = line.take(byte) {
                return (String(decoding: line.bytes, as: UTF8.self), ending)
            }
        }
        return (String(decoding: line.bytes, as: UTF8.self), nil)
    }

    @Test(
        "is what stands on the line at its end",
        arguments: [
            ("plain\n", "plain"), ("by return\r", "by return"), ("\n", ""),
            ("one\u{7f}\u{8}\n", "o"), ("\u{7f}x\n", "x"), ("Grüße\u{7f}\u{7f}\u{7f}\n", "Gr"),
            ("wrong\u{15}right\n", "right"), ("no line end\u{4}", "no line end"),
        ]
    )
    func answered(typed: String, meant: String) {
        let result = type(typed)
        #expect(result.text == meant)
        #expect(result.ending == .answered)
    }

    @Test("is no answer where a person breaks off")
    func brokenOff() {
        #expect(type("half\u{3}").ending == .interrupted)
        #expect(type("half\u{1c}").ending == .interrupted)
        #expect(type("\u{4}").ending == .ended)
    }

    @Test("is cut where it is longer than any")
    func long() {
        let result = type(String(repeating: "x", count: 5000) + "\n")
        #expect(result.text.utf8.count == SecretLine.longest)
        #expect(result.ending == .answered)
    }
}
