/// What the page of all drills has beyond a run's page.
enum TrendStyle {
    static let css = """
        .plot{padding:1.25rem 1rem 0 4.6rem}
        .chart{display:block;width:100%;height:182px;overflow:visible}
        .point{overflow:visible}
        .chart text{fill:var(--muted);font-size:12px}
        .chart .objective-name{fill:var(--ink);font-weight:600}
        .grid{stroke:var(--rule);stroke-width:1}
        .objective{stroke:var(--ink);stroke-width:1.5;stroke-dasharray:6 4}
        .trend{stroke:var(--bar);stroke-width:2}
        .mark-passed{fill:var(--good);stroke:var(--paper);stroke-width:1.5}
        .mark-missed{fill:var(--warn);stroke:var(--paper);stroke-width:1.5}
        .mark-failed{fill:none;stroke:var(--bad);stroke-width:3}
        .mark-stopped{fill:none;stroke:var(--warn);stroke-width:2}
        .mark-unknown{fill:var(--paper);stroke:var(--muted);stroke-width:2}
        .series{break-inside:auto}
        .series h3,.plot{break-inside:avoid}
        .series table{font-size:.875rem}
        .series td.right{white-space:nowrap}

        """
}
