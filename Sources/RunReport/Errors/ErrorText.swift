package import ClusterInventory
package import RestoreRun

/// Failures as a person reads them: who, the fact, the evidence, what to do next.
package enum ErrorText {
    /// One block for each failure; hosts that failed in the same way share one.
    package static func render(_ failures: [RunFailure], style: Style) -> String {
        var page = Page(style)
        add(failures, to: &page, indent: 0)
        return page.text
    }

    package static func render(
        _ refusal: RequestRefusal,
        of request: RunRequest,
        run: String,
        style: Style
    ) -> String {
        var page = Page(style)
        page.wrapped(
            StyledLine("cannot \(request.rawValue) run \(run): ", .bad)
                + StyledLine(refusal.fact),
            hanging: 4
        )
        page.hint(refusal.hint)
        return page.text
    }

    package static func render(_ diagnostics: [Diagnostic], style: Style) -> String {
        var page = Page(style)
        for diagnostic in diagnostics {
            let place = [
                diagnostic.file, diagnostic.line.map(String.init),
                diagnostic.column.map(String.init),
            ].compactMap { $0 }.joined(separator: ":")
            let ink: Ink = diagnostic.severity == .error ? .bad : .warn
            page.wrapped(
                StyledLine("\(place): ", .bold)
                    + StyledLine("\(diagnostic.severity.rawValue): ", ink)
                    + StyledLine(diagnostic.message),
                hanging: 4
            )
            if let hint = diagnostic.hint { page.hint(hint, indent: 4) }
        }
        return page.text
    }

    static func add(_ failures: [RunFailure], to page: inout Page, indent: Int) {
        for (index, group) in FailureGroups.of(failures).enumerated() {
            if index > 0 { page.blank() }
            let hosts = group.names.filter { !$0.isEmpty }.joined(separator: ", ")
            page.wrapped(
                StyledLine(hosts.isEmpty ? "" : "\(hosts): ", .bad)
                    + StyledLine(group.value.message),
                indent: indent,
                hanging: 4
            )
            if let step = group.value.step { page.line("in step \(step)", indent: indent + 4) }
            if let evidence = group.value.evidence { page.evidence(evidence, indent: indent + 4) }
            if let hint = group.value.hint { page.hint(hint, indent: indent) }
        }
    }
}

enum FailureGroups {
    /// Failures that are alike but for their host, together; a failure of no host is of the host ``.
    static func of(_ failures: [RunFailure]) -> [MemberGroup<RunFailure>] {
        MemberGroups.of(
            failures.map { failure in
                var shared = failure
                shared.host = nil
                return (failure.host ?? "", shared)
            }
        )
    }
}
