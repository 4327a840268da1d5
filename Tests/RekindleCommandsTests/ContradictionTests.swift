import Testing

@Suite("Command lines that cannot be meant")
struct ContradictionTests {
    @Test(
        "are refused where two flags contradict each other",
        arguments: [
            ("plan --offline --snapshot s.db --output json --format text", "contradict"),
            ("plan --offline --snapshot s.db --output json --format markdown", "contradict"),
            ("plan --offline --snapshot s.db --output text --format json", "contradict"),
            ("--output json plan --offline --snapshot s.db --format shell", "contradict"),
            ("report --output json --format html", "contradict"),
            ("report --output text --format markdown", "contradict"),
            ("runs --drills --output json --format html", "contradict"),
            ("runs --drills --output json --format text", "contradict"),
            ("runs -q -v", "both --verbose and --quiet"),
            ("drill --snapshot s.db --jobs 3", "--jobs is for drills of many"),
            ("drill --snapshot s.db --local --peer-port 1", "--peer-port is for drills beside"),
            ("drill --snapshot s.db --cluster-name x", "--cluster-name is for a drill on this"),
            (
                "drill --snapshot s.db --local -i inventory.yaml --cluster-name x",
                "--cluster-name is for a drill on this"
            ),
        ]
    )
    func contradictions(line: String, fact: String) throws {
        let result = try OfflineFolder().rekindle(line.split(separator: " ").map(String.init))
        #expect(result.status == 64, "\(result.output)\(result.error)")
        #expect(result.error.contains(fact), "\(result.error)")
        #expect(result.error.contains("HINT: "), "\(result.error)")
        #expect(result.output == "")
    }

    @Test(
        "are taken where the two say the same",
        arguments: ["--output json --format json", "--output text --format text", "--format json"]
    )
    func agreement(flags: String) throws {
        let words = "plan --offline --snapshot s.db \(flags)".split(separator: " ")
        let result = try OfflineFolder().rekindle(words.map(String.init))
        #expect(result.status == 0, "\(result.error)")
        #expect(result.output.hasPrefix("{") == flags.contains("json"))
    }

    @Test(
        "are refused where they ask for the help of a command that there is not",
        arguments: [
            ("help nope", "rekindle has no command nope"),
            ("help chek", "did you mean check?"),
            ("help snapshot nope", "rekindle snapshot has no command nope"),
            ("help check nope", "rekindle check has no command nope"),
            ("nope --help", "nope"),
            ("nope", "nope"),
        ]
    )
    func help(line: String, fact: String) throws {
        let result = try OfflineFolder().rekindle(line.split(separator: " ").map(String.init))
        #expect(result.status == 64, "\(result.output)\(result.error)")
        #expect(result.error.contains(fact), "\(result.error)")
        #expect(result.error.contains("HINT: "), "\(result.error)")
    }

    @Test(
        "are not those that ask for help that there is",
        arguments: ["help", "help check", "help snapshot save", "help help", "help snapshot"]
    )
    func knownHelp(line: String) throws {
        let result = try BuiltProgram.run(line.split(separator: " ").map(String.init))
        #expect(result.status == 0, "\(result.error)")
        #expect(result.output.contains("USAGE: rekindle"))
    }

    @Test("name a member that there is not: only what is near is suggested")
    func suggestion() throws {
        let folder = try OfflineFolder()
        for (name, isNear) in [("m9", false), ("n1", true), ("M1", true), ("etcd-1", false)] {
            let result = try folder.plan("--fence", "\(name)=off")
            #expect(result.status == 64)
            #expect(result.error.contains("the members are m1, m2, m3"), "\(result.error)")
            #expect(result.error.contains("did you mean m1?") == isNear, "\(result.error)")
        }
        let save = try folder.rekindle(["snapshot", "save", "--to", ".", "--from", "m9"])
        #expect(save.status == 64 && !save.error.contains("did you mean"), "\(save.error)")
        let member = try folder.rekindle(["member", "rebuild", "m9"])
        #expect(member.status == 64 && member.error.contains("m1, m2, m3"), "\(member.error)")
    }
}
