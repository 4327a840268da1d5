import EtcdModel
import RestorePlanning
import RestoreRun
import RunReport
import TestSupport
import Testing

@Suite("The page of all drills")
struct DrillTrendTests {
    private static let outcomes: [DrillFigures.Outcome] = [
        .passed, .passed, .missedObjectives, .passed, .failed, .passed, .interrupted, .passed,
    ]

    /// A month apart; what is slow misses its RTO.
    static func drills(
        _ count: Int,
        cluster: String = "prod",
        failure: String = "etcd-2: not proven: data hash"
    ) -> [DrillListing] {
        (0..<count).compactMap { index in
            let digits = String(1000 + index).dropFirst()
            guard let run = RunID(rawValue: "20261122T164512Z-3fa\(digits)") else { return nil }
            let outcome = outcomes[index % outcomes.count]
            let isProven = outcome == .passed || outcome == .missedObjectives
            let began = 1_735_689_600 + Double(index) * 2_592_000
            let seconds = Double(240 + index % 5 * 40) + (outcome == .passed ? 0 : 600)
            let figures = DrillFigures(
                run: run,
                cluster: cluster,
                outcome: outcome,
                beganAt: began,
                endedAt: began + seconds + 20,
                secondsToProof: isProven ? seconds : nil,
                downtimeEstimate: isProven ? seconds - 10 : nil,
                stagedDowntimeEstimate: isProven ? 12 : nil,
                snapshotTakenAt: index % 7 == 3 ? nil : began - 9000 - Double(index) * 60,
                revisionsBehind: 138,
                snapshotBytes: 1_400_000_000 + UInt64(index) * 31_000_000,
                snapshotRevision: 4_815_162,
                snapshotKeys: 20_345,
                rtoObjective: 900,
                rpoObjective: 21_600,
                failures: outcome == .failed ? [failure] : []
            )
            return DrillListing(figures, isLocal: false)
        }
    }

    @Test("looks as it did, and so do the lists")
    func golden() throws {
        GoldenFile.expect(DrillTrendHTML.render(Self.drills(8)), in: "drills.html")
        GoldenFile.expect(DrillsTable.render(Self.drills(8), style: .plain), in: "drills.txt")
        GoldenFile.expect(try DrillsTable.json(Self.drills(8)), in: "drills.json")
        #expect(DrillsTable.render([], style: .plain) == "There are no drills.\n")
    }

    @Test(
        "has a point for every drill in every drawing, well-formed and alone",
        arguments: [0, 1, 2, 8, 60]
    )
    func points(_ count: Int) throws {
        let text = DrillTrendHTML.render(Self.drills(count))
        let page = try WellFormedPage(text)
        let points = page.elements.filter { $0.attributes["class"] == "point" }
        #expect(points.count == 3 * count)
        let numbers = points.flatMap { [$0.attributes["x"] ?? "?", $0.attributes["y"] ?? "?"] }
        #expect(numbers.allSatisfy { $0.wholeMatch(of: /[0-9]+(\.[0-9]+)?%?/) != nil })
        #expect(page.elements.count { $0.name == "h1" } == 1)
        let active: Set<String> = ["script", "iframe", "img", "link", "a", "use", "image"]
        #expect(page.elements.filter { active.contains($0.name) }.isEmpty)
        #expect(!text.contains(" href=") && !text.contains("NaN") && !text.contains("@import"))
        let addresses = text.matches(of: /url\([^)]*\)/).map { String($0.output) }
        #expect(Set(addresses).isSubset(of: ["url(#hatch)"]))
        #expect(text.contains("default-src 'none'") || text.contains("default-src &#39;none&#39;"))
        let drawn = page.elements.filter { $0.attributes["role"] == "img" }
        #expect(drawn.count == (count == 0 ? 0 : 3))
        let ids = Set(page.elements.compactMap { $0.attributes["id"] })
        for drawing in drawn {
            let named = (drawing.attributes["aria-labelledby"] ?? "").split(separator: " ")
            #expect(named.count == 2 && named.allSatisfy { ids.contains(String($0)) })
        }
    }

    @Test("marks a failed drill on the axis, and draws no line across it")
    func gaps() throws {
        let page = try WellFormedPage(DrillTrendHTML.render(Self.drills(6)))
        let marks = page.elements.compactMap { $0.attributes["class"] }
        // one in the legend, one in each drawing
        #expect(marks.count { $0 == "mark-failed" } == 4)
        // of time and size 0-1-2-3 and nothing about 4; the age of 3 is not known
        #expect(marks.count { $0 == "trend" } == 3 + 2 + 3)
    }

    @Test("draws an objective only where the trend stays legible, and says where it is otherwise")
    func objective() throws {
        let near = try WellFormedPage(DrillTrendHTML.render(Self.drills(2)))
        #expect(near.elements.contains { $0.attributes["class"] == "objective" })
        var far = Self.drills(2)
        for index in far.indices { far[index].figures.rtoObjective = 86_400 }
        #expect(
            try WellFormedPage(DrillTrendHTML.render(far)).text
                .contains("The RTO of 1 d 00 h is above the drawing.")
        )
    }

    @Test("draws an objective that did not change as one line")
    func steadyObjective() throws {
        var drills = Self.drills(60)
        func lines() throws -> Int {
            try WellFormedPage(DrillTrendHTML.render(drills)).elements
                .count { $0.attributes["class"] == "objective" }
        }
        // one for the RTO, one for the RPO
        #expect(try lines() == 2)
        for index in drills.indices.suffix(20) { drills[index].figures.rtoObjective = 600 }
        #expect(try lines() == 3)
    }

    @Test("never mixes clusters, nor what ran on the coordinator with what ran on the members")
    func series() throws {
        var local = Self.drills(2)
        for index in local.indices { local[index].isLocal = true }
        let listings = Self.drills(3) + Self.drills(2, cluster: "other") + local
        let page = try WellFormedPage(DrillTrendHTML.render(listings))
        #expect(page.elements.count { $0.attributes["class"] == "series" } == 3)
        #expect(page.text.contains("prod, on the coordinator alone"))
    }

    @Test(
        "holds text from outside as text",
        arguments: [
            "</title></style><script>alert('x')</script>", "<img src=x onerror=\"y\">&amp;",
            HostileTextTests.evil,
        ]
    )
    func hostile(_ text: String) throws {
        let listings = Self.drills(5, cluster: text, failure: text)
        let html = DrillTrendHTML.render(listings)
        let page = try WellFormedPage(html)
        #expect(page.elements.filter { ["script", "img"].contains($0.name) }.isEmpty)
        #expect(page.elements.count { $0.name == "style" } == 1)
        for form in [
            html, DrillsTable.render(listings, style: .plain), try DrillsTable.json(listings),
        ] {
            let hidden = form.unicodeScalars.filter {
                $0 != "\n" && [.control, .format].contains($0.properties.generalCategory)
            }
            #expect(hidden.isEmpty)
        }
    }
}
