/// What is wrong with one value, as the end of a sentence that begins with the value.
struct Fault: Error, Hashable {
    /// As in "has no port".
    var message: String
    var hint: String?
    /// Whether the value may be repeated; false where it may hold a password.
    var mayShowValue = true

    init(_ message: String, hint: String? = nil, mayShowValue: Bool = true) {
        self.message = message
        self.hint = hint
        self.mayShowValue = mayShowValue
    }
}

extension Findings {
    /// Reports a fault of a value that is called by its key, if there is one.
    /// - Returns: whether the value is good.
    @discardableResult
    mutating func check(
        _ value: Located<String>,
        called name: String,
        _ fault: (String) -> Fault?
    ) -> Bool {
        guard let fault = fault(value.value) else { return true }
        let shown = fault.mayShowValue ? " \(value.value.quotedForMessage)" : ""
        error("\(name)\(shown) \(fault.message)", at: value.place, hint: fault.hint)
        return false
    }
}
