/// What to say to a person who gave a name that nothing has.
package enum NameSuggestion {
    /// The names that there are, and the one that was probably meant if there is one.
    ///
    /// `what` says what the names are, in the plural: `members`.
    package static func hint(for word: String, among names: [String], what: String) -> String {
        let all = "the \(what) are \(names.joined(separator: ", "))"
        return nearest(to: word, among: names).map { "did you mean \($0)? \(all)" } ?? all
    }

    /// The one name that was probably meant; nil if none is near, or several are as near.
    ///
    /// Digits tell hosts apart, so `etcd-9` is no misspelt `etcd-1`: a name is near only if it has the
    /// same digits in the same order.
    static func nearest(to word: String, among names: [String]) -> String? {
        guard let best = KeySuggestion.nearest(to: word, among: names.filter { isAlike($0, word) })
        else { return nil }
        let rest = names.filter { $0 != best && isAlike($0, word) }
        let isAmbiguous = rest.contains {
            KeySuggestion.distance(to: word, $0) <= KeySuggestion.distance(to: word, best)
        }
        return isAmbiguous ? nil : best
    }

    private static func isAlike(_ name: String, _ word: String) -> Bool {
        name.filter(\.isNumber) == word.filter(\.isNumber)
    }
}
