/// The `service` section, of the file or of one member.
enum ServiceReading {
    static let keys = ["kind", "unit"]

    /// Reads the settings; the place is the unit's, or the given one where no unit is named.
    static func read(
        _ section: YAMLSection?,
        place: TextPlace,
        findings: inout Findings
    ) -> Located<ServiceSettings> {
        var settings = ServiceSettings()
        guard let section else { return Located(settings, at: place) }
        let kind: Located<ServiceSettings.Kind>? = section.choice("kind", findings: &findings)
        settings.kind = kind?.value ?? settings.kind
        guard let unit = section.text("unit", findings: &findings) else {
            return Located(settings, at: place)
        }
        if findings.check(unit, called: "unit", NameRules.unitFault) { settings.unit = unit.value }
        return Located(settings, at: unit.place)
    }
}
