import FoundationEssentials

#if canImport(Foundation)
import Foundation
#endif

enum Fixtures {
    static func path(_ name: String) -> String {
        Bundle.module.bundlePath + "/Fixtures/" + name
    }

    static func bytes(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(filePath: path(name))))
    }

    static func text(_ name: String) throws -> String {
        String(decoding: try bytes(name), as: UTF8.self)
    }
}
