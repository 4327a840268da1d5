/// How a page is printed: on A4 and Letter, dark ink on white, with its run and number on every sheet.
enum PrintStyle {
    static func css(footer: String) -> String {
        """
        @page{margin:16mm 15mm 18mm;
        @bottom-left{content:"\(plain(footer))";font:8pt sans-serif}
        @bottom-right{content:counter(page) " / " counter(pages);font:8pt sans-serif}}
        @media print{
        :root{color-scheme:light;\(Palette.light.css)}
        html{font-size:9.5pt}
        body{max-width:none;padding:0}
        *{print-color-adjust:exact;-webkit-print-color-adjust:exact}
        h2,h3,caption,.note,.legend{break-after:avoid}
        tr,.stack,#next,#journal,.figures>div,.failure,.stumble,.verdict,dl>dd{break-inside:avoid}
        .timeline tbody{break-inside:avoid}
        thead{display:table-header-group}
        details::details-content{content-visibility:visible;block-size:auto}
        details>summary{list-style:none}
        pre{font-size:7.5pt}
        p{orphans:3;widows:3}
        .note{max-width:none;break-inside:avoid}
        }

        """
    }

    /// A run's ID has no other characters; a file that somebody wrote could.
    private static func plain(_ text: String) -> String {
        let others: Set<Character> = ["-", " ", ","]
        return String(
            text.filter { $0.isASCII && ($0.isLetter || $0.isNumber || others.contains($0)) }
        )
    }
}
