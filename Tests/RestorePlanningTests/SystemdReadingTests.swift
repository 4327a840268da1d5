import Testing

@testable import RestorePlanning

@Suite("A unit as systemd reads it")
struct SystemdReadingTests {
    @Test(
        "words are split, quoted and escaped as in systemd.syntax(7)",
        arguments: [
            ("a  b\tc", ["a", "b", "c"]),
            (#"a"b c"d 'e f'"#, ["ab cd", "e f"]),
            (#"--x="y z" '' "#, ["--x=y z", ""]),
            (#"a\ b \x41\101\u00e9 \s"#, [#"a\ b"#, "AAé", " "]),
            (#"'it\'s' "say \"x\"" \q"#, ["it's", #"say "x""#, #"\q"#]),
            ("", []),
        ] as [(String, [String])]
    )
    func words(text: String, wanted: [String]) {
        #expect(UnitWords.split(text) == wanted)
    }

    @Test("a quote that is not closed makes a line that systemd ignores")
    func open() {
        #expect(UnitWords.split(#"a "b"#) == nil)
    }

    @Test(
        "a line goes on behind a backslash, over comments; CR LF ends it; an empty value takes back"
    )
    func text() {
        let unit = UnitText(
            """
            # /lib/systemd/system/etcd.service
            [Service]
            ExecStart=/usr/bin/etcd \\
            # a comment in between
              --name a
            ; another
            Environment=A=1

            # /etc/systemd/system/etcd.service.d/10.conf
            [Service]\r
            Environment=\r
            Environment=B=2\r
            [Install]
            Environment=C=3
            """
        )
        let start = unit.list("ExecStart")
        #expect(start.map(\.value) == ["/usr/bin/etcd    --name a"])
        #expect(start.first?.file == "/lib/systemd/system/etcd.service")
        #expect(unit.list("Environment").map(\.value) == ["B=2"])
    }

    @Test(
        "a file of variables is read as systemd.exec(5) says",
        arguments: [
            ("A=1\r\nB=2\r\n", ["A": "1", "B": "2"]),
            ("# A=1\n; B=2\n  C = 3  \n", ["C": "3"]),
            ("export A=1\nB\n1C=2\nD=\n", ["D": ""]),
            ("A=\"one\ntwo\"\nB='x\\y'\n", ["A": "one\ntwo", "B": #"x\y"#]),
            ("A=one\\\ntwo\nB=\"a\\\nb\"\n", ["A": "onetwo", "B": "ab"]),
            ("A=\"it's \\\"a\\\" \\$b \\\\c \\d\"\n", ["A": #"it's "a" $b \c \d"#]),
            ("A='a'\"b\" c\nB=a\"b\"\nC=a # b\n", ["A": "abc", "B": #"a"b""#, "C": "a # b"]),
            ("A=$B\nB=${C}", ["A": "$B", "B": "${C}"]),
        ] as [(String, [String: String])]
    )
    func file(text: String, wanted: [String: String]) {
        let found = EnvironmentFileText.variables(text)
        #expect(Dictionary(found.map { ($0.name, $0.value) }) { $1 } == wanted)
    }

    @Test("a variable is put in once, and not into what was put in")
    func expansion() throws {
        let variables = Dictionary(
            uniqueKeysWithValues: (0..<12).map { level in
                ("V\(level)", String(repeating: "${V\(level + 1)}", count: 100))
            }
        )
        let line = try #require(
            ExecStartLine(
                "/usr/bin/etcd --name ${V0}-${V12}",
                specifiers: UnitSpecifiers(unit: "etcd.service", hostname: "h")
            )
        )
        let words = line.arguments(variables)
        #expect(words[2] == String(repeating: "${V1}", count: 100) + "-")
    }
}
