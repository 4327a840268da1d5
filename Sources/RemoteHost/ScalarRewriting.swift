extension String {
    /// The text with a new form for some of its scalars.
    ///
    /// Never by characters: a quote with a combining mark behind it is another character than a quote, but not for
    /// a shell, for systemd or for Markdown.
    package func rewriting(_ form: (Unicode.Scalar) -> String?) -> String {
        var text = ""
        for scalar in unicodeScalars {
            if let new = form(scalar) { text += new } else { text.unicodeScalars.append(scalar) }
        }
        return text
    }
}
