import Testing

@testable import RunReport

/// WCAG 2.2: 4.5 to 1 for text (1.4.3), 3 to 1 for what is drawn (1.4.11).
@Suite("The colours of a page")
struct PaletteTests {
    static let palettes = [Palette.light, Palette.dark]

    @Test("let every text be read on every ground that it stands on", arguments: palettes)
    func text(_ palette: Palette) throws {
        let pairs = [
            (
                palette.ink,
                [palette.paper, palette.wash, palette.goodWash, palette.warnWash, palette.badWash]
            ),
            (
                palette.muted,
                [palette.paper, palette.wash, palette.goodWash, palette.warnWash, palette.badWash]
            ),
            (palette.good, [palette.paper, palette.goodWash]),
            (palette.warn, [palette.paper, palette.warnWash]),
            (palette.bad, [palette.paper, palette.badWash]),
        ]
        for (ink, grounds) in pairs {
            for ground in grounds {
                let contrast = try Self.contrast(ink, ground)
                #expect(contrast >= 4.5, "\(ink) on \(ground): \(contrast)")
            }
        }
    }

    @Test("let every bar be seen, also where the cluster was down", arguments: palettes)
    func bars(_ palette: Palette) throws {
        for bar in [palette.bar, palette.good, palette.bad, palette.warn, palette.ink] {
            for ground in [palette.paper, palette.down] {
                let contrast = try Self.contrast(bar, ground)
                #expect(contrast >= 3, "\(bar) on \(ground): \(contrast)")
            }
        }
    }

    @Test("are measured as WCAG measures")
    func measure() throws {
        #expect(abs(try Self.contrast("#000000", "#ffffff") - 21) < 0.001)
        #expect(abs(try Self.contrast("#777777", "#ffffff") - 4.478) < 0.001)
    }

    private static func contrast(_ one: String, _ other: String) throws -> Double {
        let (a, b) = (try luminance(one), try luminance(other))
        return (max(a, b) + 0.05) / (min(a, b) + 0.05)
    }

    private static func luminance(_ color: String) throws -> Double {
        let number = try #require(UInt32(color.dropFirst(), radix: 16))
        let parts = [number >> 16, number >> 8, number].map { part -> Double in
            let value = Double(part & 0xFF) / 255
            return value <= 0.04045 ? value / 12.92 : power((value + 0.055) / 1.055)
        }
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
    }

    /// To the 2.4, by the fifth root of the twelfth power: no library is needed for it.
    private static func power(_ base: Double) -> Double {
        var target = 1.0
        for _ in 0..<12 { target *= base }
        var root = 1.0
        for _ in 0..<200 { root -= (root - target / (root * root * root * root)) / 5 }
        return root
    }
}
