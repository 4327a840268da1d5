import RestorePlanning
import RestoreRun

/// A run as one self-contained page, for an auditor and for the person who has to explain it.
///
/// No script, no network, no clock: the same journal gives the same bytes.
package enum RunReportHTML {
    package static func render(_ history: RunHistory) -> String {
        let verdict = Verdict(history)
        let plan = history.subject.summary.plan
        return HTML.document(
            .tag("html", ["lang": "en"]) {
                HTML.head(
                    title: "\(verdict.headline): \(plan.cluster), run \(plan.run)",
                    css: Stylesheet.css(footer: "rekindle report, run \(plan.run)")
                )
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
                verdict.glyph.mark
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
}
