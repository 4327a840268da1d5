import Foundation
import RestoreRun
import RunReport
import TestSupport
import Testing

enum Chromium {
    static let path = ["/usr/bin/chromium", "/usr/bin/chromium-headless-shell"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }
}

/// The page in a real browser; it needs no lab, and no network.
@Suite(
    "A run's page in Chromium",
    .enabled(if: Chromium.path != nil, "Chromium is not installed (Debian: chromium)"),
    .serialized
)
struct BrowserTests {
    @Test(
        "needs no sideways scrolling on a phone, and takes its styles, alone in a frame of 360 pixels",
        arguments: [ToldRun.resumed, .fenced, .rolledBack]
    )
    func phone(_ run: ToldRun) throws {
        let measured = try measure(RunReportHTML.render(try run.history()), width: 360)
        #expect(measured == "width 360, at most 360, heading serif, scripts 0")
    }

    @Test("nor does a drill's", arguments: SampleDrill.allCases)
    func drill(_ drill: SampleDrill) throws {
        let measured = try measure(RunReportHTML.render(try drill.history()), width: 360)
        #expect(measured == "width 360, at most 360, heading serif, scripts 0")
    }

    @Test("nor does the page of all drills", arguments: [0, 1, 8, 60])
    func drills(_ count: Int) throws {
        let page = DrillTrendHTML.render(DrillTrendTests.drills(count))
        #expect(
            try measure(page, width: 360) == "width 360, at most 360, heading serif, scripts 0"
        )
    }

    @Test("nor with nine members of long names")
    func longNames() throws {
        let names = (1...9).map { "ip-10-20-30-\($0).eu-central-1.compute.internal" }
        let plan = Sample(names: names, walDir: "/srv/etcd/write-ahead-log").plan
        var run = SampleRun(plan)
        try run.begin(plan)
        try run.pass(plan)
        try run.add(.ended(.completed))
        let measured = try measure(RunReportHTML.render(try run.history([plan])), width: 360)
        #expect(measured == "width 360, at most 360, heading serif, scripts 0")
    }

    /// A page around it measures it: the page itself runs nothing.
    private func measure(_ html: String, width: Int) throws -> String {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "rekindle-page-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data(html.utf8).write(to: folder.appending(path: "page.html"))
        let frame = """
            <!DOCTYPE html><p id="told">nothing</p>
            <iframe id="page" src="page.html" style="border:0;width:\(width)px;height:600px"></iframe>
            <script>
            page.onload = () => {
              const document_ = page.contentDocument, root = document_.documentElement
              const heading = getComputedStyle(document_.querySelector('h1')).fontFamily
              told.textContent = 'width ' + root.clientWidth + ', at most ' + root.scrollWidth
                + ', heading ' + heading.split(', ').pop() + ', scripts ' + document_.scripts.length
            }
            </script>
            """
        try Data(frame.utf8).write(to: folder.appending(path: "frame.html"))
        let process = Process()
        process.executableURL = URL(filePath: try #require(Chromium.path))
        process.arguments = [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
            "--hide-scrollbars",
            "--user-data-dir=\(folder.path)/profile",
            // the frame may look into the page: both are files of this test
            "--disable-web-security", "--allow-file-access-from-files", "--dump-dom",
            "file://\(folder.path)/frame.html",
        ]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let text = String(
            decoding: output.fileHandleForReading.readDataToEndOfFile(),
            as: UTF8.self
        )
        process.waitUntilExit()
        let told = try #require(text.firstMatch(of: /<p id="told">([^<]*)</), "no page came out")
        return String(told.1)
    }
}
