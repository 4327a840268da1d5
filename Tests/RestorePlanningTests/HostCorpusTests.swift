import Foundation
import RemoteHost
import TestSupport
import Testing

@testable import RestorePlanning

/// How etcd is started in the world, and what it then really uses: units, variables, files and manifests as
/// distributions, installers and roles write them, written anew with other names.
@Suite("Hosts as they are found")
struct HostCorpusTests {
    @Test("etcd's settings are those that it really uses", arguments: Self.names)
    func settings(name: String) throws {
        let host = try CorpusHost(name)
        var facts = try #require(
            SystemFacts(
                host.answer,
                manager: Systemd(unit: host.unit),
                unit: host.unit
            )
        )
        facts.take(host.answer(to: facts.wantedFiles))
        for (flag, value) in host.wanted {
            #expect(facts.configuration[flag] ?? "" == value, "\(flag)")
        }
        if host.wanted.isEmpty { #expect(facts.configuration.values.isEmpty) }
        #expect(facts.obstacle == host.obstacle)
        #expect(facts.configuration.unreadableFile == nil)
    }

    @Test("there are at least forty")
    func count() { #expect(Self.names.count >= 40) }

    static let names =
        (try? FileManager.default.contentsOfDirectory(atPath: fixture("hosts").path))?
        .filter { $0.hasSuffix(".txt") }.sorted() ?? []
}

/// One file of `Fixtures/hosts`: parts that begin with `## KIND [NAME]`.
private struct CorpusHost {
    private(set) var unit = "etcd.service"
    private(set) var wanted: [(String, String)] = []
    private(set) var obstacle: String?
    private var unitText: String?
    private var manifest: String?
    private var environment: [(path: String, text: String)] = []
    private var files: [String: String] = [:]

    init(_ name: String) throws {
        // CR LF is one Character, which no search for a line feed finds
        let carriageReturn = "\u{E000}"
        let text = try String(contentsOf: fixture("hosts/\(name)"), encoding: .utf8)
            .replacing("\r\n", with: carriageReturn + "\n")
        for part in ("\n" + text).components(separatedBy: "\n## ").dropFirst() {
            let end = part.firstIndex(of: "\n") ?? part.endIndex
            let head = part[..<end].split(separator: " ", maxSplits: 1).map(String.init)
            let body = String(part[end...].dropFirst()).replacing(carriageReturn, with: "\r")
            switch head[0] {
            case "unit": (unit, unitText) = (head[1], body)
            case "file": environment.append((head[1], body))
            case "config": files[head[1]] = body
            case "manifest": manifest = body
            case "obstacle": obstacle = body.trimmingCharacters(in: .newlines)
            case "wanted":
                wanted = body.split(separator: "\n").map { line in
                    let pair = line.split(
                        separator: "=",
                        maxSplits: 1,
                        omittingEmptySubsequences: false
                    )
                    return (String(pair[0]), pair.count > 1 ? String(pair[1]) : "")
                }
            // a comment of the file itself
            default: environment[environment.count - 1].text += "## \(part)\n"
            }
        }
    }

    private func blob(_ text: String) -> String { Data(text.utf8).base64EncodedString() }

    /// What the script would print on the host.
    var answer: String {
        var lines = ["host=node1.example.net", "service.LoadState=loaded"]
        if let unitText { lines.append("unit=\(blob(unitText))") }
        if let manifest { lines.append("manifest=\(blob(manifest))") }
        lines.append("machine=0123456789abcdef0123456789abcdef")
        for (index, file) in environment.enumerated() {
            lines.append("variables.\(index + 1).path=\(file.path)")
            lines.append("variables.\(index + 1).text=\(blob(file.text))")
        }
        return lines.joined(separator: "\n") + "\nend=yes\n"
    }

    func answer(to paths: [String]) -> String {
        paths.enumerated().map { index, path in
            files[path].map { "file.\(index + 1)=\(blob($0))\n" } ?? ""
        }
        .joined() + "end=yes\n"
    }
}
