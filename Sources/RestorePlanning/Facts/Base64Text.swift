import FoundationEssentials

/// What our scripts encode because it may hold anything.
enum Base64Text {
    static func bytes(_ text: String) -> [UInt8]? {
        Data(base64Encoded: text).map(Array.init)
    }
}
