import ClusterInventory

/// Reads what is sent as `Authorization: Bearer …`.
enum NoticeSecret {
    /// nil where none is wanted.
    /// - Throws: `NoticeFailure` for one that is not there, or cannot stand in a header.
    static func read(
        _ place: NotifySettings.Secret?,
        _ environment: [String: String]
    ) throws(NoticeFailure) -> String? {
        let (text, name): (String, String)
        switch place {
        case nil: return nil
        case .environment(let variable):
            name = "$\(variable)"
            guard let value = environment[variable] else {
                throw NoticeFailure(
                    fact: "no notice was sent: \(name), which has its secret, is not set",
                    hint: "set it where rekindle runs, or name a file with secret-file"
                )
            }
            text = value
        case .file(let path):
            name = path
            text = try file(path)
        }
        let secret = text.prefix { !$0.isNewline }.trimmingBlanks
        // what a header may hold (RFC 9110 §5.5); anything else would end it
        guard !secret.isEmpty, secret.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw NoticeFailure(
                fact: "no notice was sent: \(name) holds no secret that can be sent",
                hint: "its first line is to be the secret: visible ASCII without blanks"
            )
        }
        return String(secret)
    }

    private static func file(_ path: String) throws(NoticeFailure) -> String {
        do throws(UnreadableFile) {
            return String(decoding: try FileBytes.read(path), as: UTF8.self)
        } catch {
            throw NoticeFailure(
                fact: "no notice was sent: cannot read its secret from \(error)",
                hint: "the user who runs the drill must be able to read it"
            )
        }
    }
}

extension Substring {
    fileprivate var trimmingBlanks: Substring {
        let start = drop { $0 == " " || $0 == "\t" }
        let end = start.lastIndex { $0 != " " && $0 != "\t" }
        return end.map { start[...$0] } ?? start.prefix(0)
    }
}
