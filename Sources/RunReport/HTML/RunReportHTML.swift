import RestorePlanning
import RestoreRun

/// A run as one self-contained page, for an auditor and for the person who has to explain it.
///
/// No script, no network, no clock: the same journal gives the same bytes.
package enum RunReportHTML {
    /// Nothing but the page's own styles is allowed (Content Security Policy Level 3), so that not even a
    /// mistake of ours could load or run what came from a host.
    static let policy =
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

    package static func render(_ history: RunHistory) -> String {
        let verdict = Verdict(history)
        let plan = history.subject.summary.plan
        return HTML.document(
            .tag("html", ["lang": "en"]) {
                HTML.tag("head") {
                    HTML.tag("meta", ["charset": "utf-8"])
                    HTML.tag("meta", ["http-equiv": "Content-Security-Policy", "content": policy])
                    HTML.tag(
                        "meta",
                        ["name": "viewport", "content": "width=device-width, initial-scale=1"]
                    )
                    HTML.tag("meta", ["name": "color-scheme", "content": "light dark"])
                    HTML.tag("meta", ["name": "referrer", "content": "no-referrer"])
                    HTML.tag("title") { "\(verdict.headline): \(plan.cluster), run \(plan.run)" }
                    HTML.style(Stylesheet.css(run: plan.run.rawValue))
                }
                HTML.tag("body") {
                    patterns
                    VerdictHTML(verdict: verdict, plan: plan).html
                    HTML.tag("main") { ReportSections(history: history).html }
                    HTML.tag("footer") {
                        HTML.tag("p") {
                            "Made from the journal of run \(plan.run) alone: the same journal gives the same "
                            "page. Times are the coordinator’s, in UTC."
                        }
                    }
                }
            }
        )
    }

    /// What a failed try is filled with, so that it shows without colour.
    private static var patterns: HTML {
        .tag("svg", ["width": "0", "height": "0", "aria-hidden": "true", "class": "patterns"]) {
            HTML.tag(
                "pattern",
                [
                    "id": "hatch", "width": "5", "height": "5", "patternUnits": "userSpaceOnUse",
                    "patternTransform": "rotate(45)",
                ]
            ) {
                HTML.tag("line", ["x1": "1", "y1": "0", "x2": "1", "y2": "5"])
            }
        }
    }
}

/// The top of the page, to be read at arm's length.
struct VerdictHTML {
    let verdict: Verdict
    let plan: Plan

    var html: HTML {
        .tag("header", ["class": "verdict \(verdict.glyph.className)"]) {
            HTML.tag("p", ["class": "kicker"]) {
                "etcd cluster "
                HTML.tag("b") { plan.cluster }
                " · run "
                HTML.tag("b") { plan.run.rawValue }
                if !verdict.begun.isEmpty { " · \(verdict.begun)" }
            }
            HTML.tag("h1") {
                mark
                HTML.tag("span") { verdict.headline }
            }
            HTML.tag("p", ["class": "meaning"]) { HTML.prose(verdict.meaning) }
            HTML.tag("dl", ["class": "figures"]) {
                for figure in verdict.figures {
                    HTML.tag("div") {
                        HTML.tag("dt") { figure.label }
                        HTML.tag("dd", ["class": figure.ink.className]) {
                            HTML.tag("b") { figure.value }
                            HTML.tag("span", ["class": "dim"]) { figure.note }
                        }
                    }
                }
            }
        }
    }

    /// The verdict's sign, drawn, as fonts differ and printers may not have it.
    private var mark: HTML {
        let path =
            switch verdict.glyph {
            case .good: "M13 25 l8 8 l15 -17"
            case .bad: "M16 16 l16 16 M32 16 l-16 16"
            case .warn: "M24 12 v15 M24 34 v1"
            case .open, .pending: "M14 24 h1 M24 24 h1 M34 24 h1"
            }
        return .tag("svg", ["class": "mark", "viewBox": "0 0 48 48", "aria-hidden": "true"]) {
            HTML.tag("circle", ["cx": "24", "cy": "24", "r": "22"])
            HTML.tag("path", ["d": path])
        }
    }
}
