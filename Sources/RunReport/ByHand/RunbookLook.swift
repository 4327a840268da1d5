import EtcdModel
import RestorePlanning

/// The section of a runbook that compares with the hosts what a plan has only taken for granted.
struct RunbookLook {
    let plan: Plan

    /// Empty for a plan that asked the hosts.
    var text: String {
        guard plan.kind == .restore, !plan.outlook.askedHosts else { return "" }
        return """
            ## Before you begin

            These blocks only look. A line with NOT SO is to be mended first, in the inventory, with a
            new plan. Note down of each host whether etcd runs now: once it is stopped nobody can tell.


            """ + plan.targets.map(host).joined()
    }

    private func host(_ target: MemberTarget) -> String {
        let unasked =
            target.member.clientURLs.isEmpty
            ? "The inventory has no client URL of this member: `etcdctl` below asks its own default, "
                + "127.0.0.1:2379.\n\n" : ""
        return """
            - [ ] **\(MarkdownText.plain(target.name))** \
            (\(MarkdownText.plain(PlanMarkdown.host(target)))): everything is so; \
            etcd ran before: yes / no

            \(unasked)\(MarkdownText.block(
                ["(", "say() { printf '%s\\n' \"$*\"; }"] + HandLook(target: target).script + [")"]
            ))

            """
    }
}
