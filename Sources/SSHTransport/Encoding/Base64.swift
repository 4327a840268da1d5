import FoundationEssentials

/// Base64 with the standard alphabet (RFC 4648 §4).
enum Base64 {
    /// - Returns: nil for anything that is not Base64.
    static func decode(_ text: some StringProtocol) -> [UInt8]? {
        Data(base64Encoded: String(text)).map(Array.init)
    }

    static func encode(_ bytes: [UInt8]) -> String {
        Data(bytes).base64EncodedString()
    }
}
