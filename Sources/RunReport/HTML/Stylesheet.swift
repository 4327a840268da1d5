/// How a page looks: on a screen, light or dark, wide or narrow, and on paper.
enum Stylesheet {
    /// The fonts are the system's own: nothing is loaded.
    ///
    /// `footer` stands at the foot of each printed sheet.
    static func css(footer: String) -> String {
        """
        :root{color-scheme:light dark;\(Palette.light.css)}
        @media (prefers-color-scheme:dark){:root{\(Palette.dark.css)}}
        \(text)\(verdict)\(lists)\(tables)\(timeline)\(narrow)
        \(PrintStyle.css(footer: footer))
        """
    }

    private static let text = """
        *{box-sizing:border-box}
        html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
        body{max-width:66rem;margin:0 auto;padding:2rem 1.5rem 3rem;background:var(--paper);color:var(--ink);
        font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Liberation Sans",sans-serif;
        font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
        h1,h2,h3{font-family:Charter,"Iowan Old Style","Source Serif 4",Georgia,"Noto Serif","Liberation Serif",serif;
        line-height:1.2}
        h2{font-size:1.35rem;margin:2.75rem 0 .75rem;padding-top:.75rem;border-top:1px solid var(--rule)}
        h3{font-size:1.05rem;margin:1.25rem 0 .4rem}
        p{margin:.4rem 0;max-width:46rem}
        code,pre{font-family:ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono","Liberation Mono",monospace;
        font-size:.875em}
        code{white-space:break-spaces}
        pre{margin:.5rem 0;padding:.75rem 1rem;background:var(--wash);border-left:3px solid var(--rule);
        white-space:pre-wrap;line-height:1.45}
        footer{margin-top:3rem;border-top:1px solid var(--rule);color:var(--muted);font-size:.875rem}
        summary{cursor:pointer;padding:.35rem 0;font-weight:600}
        :focus-visible{outline:2px solid var(--bar);outline-offset:2px}
        .note,.dim{color:var(--muted)}
        .note{margin-top:-.35rem;margin-bottom:.75rem}
        .strong{font-weight:600}
        .good{color:var(--good)}
        .warn{color:var(--warn)}
        .bad{color:var(--bad)}
        .hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
        .patterns{position:absolute}
        .sign{display:inline-block;min-width:1.15em;margin-right:.15em;font-weight:700}
        .failure,.stumble{margin:0 0 1.25rem;padding-left:1rem;border-left:4px solid var(--bad)}
        .stumble{border-left-color:var(--warn)}
        .fact,.hint{max-width:none}

        """

    private static let verdict = """
        .verdict{padding:1.5rem 1.75rem 1.25rem;border:1px solid currentColor;border-left-width:10px;border-radius:3px}
        .verdict.good{background:var(--good-wash)}
        .verdict.warn{background:var(--warn-wash)}
        .verdict.bad{background:var(--bad-wash)}
        .verdict p,.verdict dl{color:var(--ink)}
        .kicker{margin:0;max-width:none;font-size:.9375rem}
        .verdict h1{display:flex;align-items:center;gap:.9rem;margin:.6rem 0 .5rem;font-size:2.6rem}
        .mark{flex:none;width:3.4rem;height:3.4rem;fill:none;stroke:currentColor;stroke-width:4;
        stroke-linecap:round;stroke-linejoin:round}
        .meaning{max-width:52rem;font-size:1.0625rem}
        .figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(10.5rem,1fr));gap:1rem 1.5rem;
        margin:1.25rem 0 0;padding-top:1rem;border-top:1px solid var(--rule)}
        .figures dt{font-size:.8125rem;font-weight:600;color:var(--muted);padding:0}
        .figures dd{margin:0;line-height:1.3}
        .figures b{display:block;font-size:1.5rem;font-weight:600}
        .figures span{font-size:.8125rem}

        """

    private static let lists = """
        main dl{display:grid;grid-template-columns:minmax(7rem,max-content) 1fr;gap:.3rem 1.5rem;margin:.5rem 0}
        main dt{max-width:13rem;color:var(--muted)}
        main dd{margin:0}
        .commands dt{max-width:none;color:inherit;font-weight:600}
        .commands{grid-template-columns:max-content 1fr}

        """

    private static let tables = """
        table{width:100%;border-collapse:collapse;font-size:.9375rem}
        th,td{padding:.3rem .9rem .3rem 0;text-align:left;vertical-align:top;font-weight:400}
        thead th{font-size:.8125rem;font-weight:600;color:var(--muted);border-bottom:1px solid var(--ink);
        vertical-align:bottom}
        tbody td{border-bottom:1px solid var(--rule)}
        .right{text-align:right}
        .timeline .right{white-space:nowrap}

        """

    private static let timeline = """
        .timeline{margin:0 0 2rem;font-size:.8125rem;line-height:1.35}
        caption{text-align:left;font-size:.9375rem;font-weight:600;padding:.5rem 0}
        .timeline th,.timeline td{padding:.1rem .7rem .1rem 0;border:0;overflow-wrap:normal}
        .timeline thead th{padding-bottom:.3rem}
        .timeline tbody th{min-width:3.2rem;overflow-wrap:anywhere}
        .timeline .step .dim{white-space:nowrap}
        .timeline tbody+tbody tr:first-child>*{border-top:1px solid var(--rule)}
        .timeline tr.step th{padding-top:.35rem}
        .timeline tbody tr:last-child>*{padding-bottom:.35rem}
        .timeline tbody:not(.downtime) tr:not(.step)>th{padding-left:1.1rem}
        .timeline .downtime tr>th{font-weight:600;padding-left:0}
        .timeline .drawing{position:relative;width:46%;min-width:8rem;padding:0}
        .drawing svg{position:absolute;left:0;top:0;width:100%;height:100%;overflow:visible}
        .drawing line{stroke:var(--rule);stroke-width:1}
        thead .drawing line{display:none}
        .drawing text{fill:var(--muted);font-size:11px;font-weight:400}
        .band{fill:var(--down)}
        rect{transform:translateY(-5px)}
        .band,.swatch rect{transform:none}
        .bar-acted,.bar-found{fill:var(--bar);stroke:var(--bar);stroke-width:1.5}
        .bar-found{fill:var(--paper)}
        .bar-proved{fill:var(--good);stroke:var(--good);stroke-width:1.5}
        .bar-stumbled{fill:url(#hatch);stroke:var(--bad);stroke-width:1.5}
        .bar-open{fill:none;stroke:var(--warn);stroke-width:1.5;stroke-dasharray:4 3}
        .bar-down{fill:var(--ink);stroke:var(--ink);stroke-width:1.5}
        pattern line{stroke:var(--bad);stroke-width:2}
        .legend{display:flex;flex-wrap:wrap;gap:.2rem 1.4rem;margin:.5rem 0;padding:0;list-style:none;font-size:.8125rem}
        .swatch{width:24px;height:12px;margin-right:.45rem;vertical-align:-1px}
        .swatch .band{stroke:var(--rule)}

        """

    /// Tables that would not fit become one block for each row.
    private static let narrow = """
        @media screen and (max-width:44rem){
        body{padding:1rem .75rem 2rem}
        .verdict{padding:1rem;border-left-width:7px}
        .verdict h1{font-size:1.75rem;gap:.65rem}
        .mark{width:2.5rem;height:2.5rem}
        .figures{grid-template-columns:1fr 1fr;gap:.9rem}
        .figures b{font-size:1.2rem}
        main dl,.commands{display:block}
        main dt{max-width:none;font-size:.8125rem;margin-top:.5rem}
        .stack thead{display:none}
        .stack,.stack tbody,.stack tr,.stack td{display:block}
        .stack tr{padding:.5rem 0;border-bottom:1px solid var(--rule)}
        .stack td{display:flex;gap:.75rem;padding:.05rem 0;border:0;text-align:left}
        .stack td:empty{display:none}
        .stack td::before{content:attr(data-label);flex:none;width:6.5rem;color:var(--muted)}
        .stack tr{position:relative}
        .stack td[data-label=""]{position:absolute;top:.5rem;right:0}
        .stack td[data-label=""]::before{content:none}
        .timeline .clock{width:0;padding:0;font-size:0}
        .timeline .drawing{width:44%;min-width:7rem}
        .timeline th,.timeline td{padding-right:.45rem}
        .timeline tbody:not(.downtime) tr:not(.step)>th{padding-left:.4rem}
        pre{padding:.6rem .7rem;font-size:.75rem}
        }

        """
}
