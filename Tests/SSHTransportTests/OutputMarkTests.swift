import Testing

@testable import SSHTransport

@Suite("The mark before a command's output")
struct OutputMarkTests {
    private static func text(_ pieces: [String], _ mark: inout OutputMark) -> String {
        pieces.reduce(into: "") { text, piece in
            text += String(decoding: mark.hear(Array(piece.utf8)[...]), as: UTF8.self)
        }
    }

    @Test("what comes behind it is the command's, wherever the pieces part")
    func pieces() {
        let all = "noise\nmore rekindle-begins-beef\nout\nrekindle-begins-beef\nput"
        for cut in all.indices {
            var mark = OutputMark(nonce: 0xbeef)
            let text = Self.text([String(all[..<cut]), String(all[cut...])], &mark)
            #expect(text == "out\nrekindle-begins-beef\nput")
            #expect(mark.hasBegun && mark.held.isEmpty)
        }
    }

    @Test("a host that prints the line itself does not print the mark")
    func line() {
        var mark = OutputMark(nonce: 0xbeef)
        let line = mark.line(around: "sudo -n -- id")
        #expect(line == "echo rekindle-begins-''beef; exec sudo -n -- id")
        #expect(Self.text([line, "\n"], &mark) == "")
        #expect(!mark.hasBegun)
        #expect(String(decoding: mark.held, as: UTF8.self) == line + "\n")
    }

    @Test("of what a host prints without an end only the last is kept, and the mark is still found")
    func endless() {
        var mark = OutputMark(nonce: 1)
        for _ in 0..<100 { _ = mark.hear([UInt8](repeating: 65, count: 10_000)[...]) }
        #expect(mark.held.count == 64 << 10)
        #expect(Self.text(["rekindle-beg", "ins-1\nout"], &mark) == "out")
    }
}
