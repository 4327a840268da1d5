/// Columns as wide as their widest cell; a column without a filled cell is left out.
struct Table {
    enum Alignment {
        case left
        case right
    }

    struct Column {
        var title: String
        var alignment: Alignment

        init(_ title: String, _ alignment: Alignment = .left) {
            self.title = title
            self.alignment = alignment
        }
    }

    var columns: [Column]
    var rows: [[StyledLine]]

    init(_ columns: [Column], rows: [[StyledLine]]) {
        self.columns = columns
        self.rows = rows
    }

    /// The columns with a filled cell, by position.
    var filledColumns: [Int] {
        columns.indices.filter { index in rows.contains { !$0[index].isEmpty } }
    }

    /// The head, where any column has a title, and the rows.
    func lines(_ style: Style) -> [StyledLine] {
        let kept = filledColumns
        let head = kept.map { StyledLine(columns[$0].title, .dim) }
        let body = rows.map { row in kept.map { row[$0] } }
        let all = head.allSatisfy(\.isEmpty) ? body : [head] + body
        let widths = kept.indices.map { index in
            all.map { $0[index].width(style) }.max() ?? 0
        }
        return all.map { row in
            var line = StyledLine("")
            for (index, cell) in row.enumerated() {
                let isLast = row[(index + 1)...].allSatisfy(\.isEmpty)
                let space = String(repeating: " ", count: widths[index] - cell.width(style))
                switch columns[kept[index]].alignment {
                case .right: line = line + StyledLine(space) + cell
                case .left: line = line + cell + StyledLine(isLast ? "" : space)
                }
                if isLast { break }
                line = line + StyledLine("  ")
            }
            return line
        }
    }
}
