/// Bytes of a journal to its records, with the whole chain verified.
package enum JournalReader {
    /// Reads a journal; a torn last line is set apart and told.
    ///
    /// - Throws: `JournalFault` where anything else is not as it was written.
    package static func read<Event: Decodable>(
        _ bytes: [UInt8],
        as event: Event.Type = Event.self
    ) throws(JournalFault) -> JournalContents<Event> {
        let (contents, fault) = salvage(bytes, as: event)
        if let fault { throw fault }
        guard let contents else { throw JournalFault(.neverBegun, line: 1, trustworthyRecords: 0) }
        return contents
    }

    /// Reads as far as a journal can be trusted, for a person to go on from.
    ///
    /// - Returns: the good lines before the fault, nil where not even the header is good; and the
    ///   fault, nil where there is none.
    package static func salvage<Event: Decodable>(
        _ bytes: [UInt8],
        as event: Event.Type = Event.self
    ) -> (contents: JournalContents<Event>?, fault: JournalFault?) {
        var contents: JournalContents<Event>?
        var start = 0
        var number = 1
        // What has no line end was being written when the coordinator died: it was never
        // acknowledged, so nothing was done because of it.
        while let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
            let line = bytes[start..<end]
            do {
                if var good = contents {
                    let record = try record(line, after: good.head, as: event)
                    good.records.append(record)
                    good.head = JournalHead(seq: record.seq, hash: record.hash)
                    good.length = end + 1
                    contents = good
                } else {
                    contents = try header(line, length: end + 1)
                }
            } catch {
                let fault = JournalFault(
                    error,
                    line: number,
                    trustworthyRecords: contents?.records.count ?? 0
                )
                return (contents, fault)
            }
            start = end + 1
            number += 1
        }
        contents?.torn = Array(bytes[start...])
        let isBegun = contents != nil
        return (
            contents,
            isBegun ? nil : JournalFault(.neverBegun, line: 1, trustworthyRecords: 0)
        )
    }

    private static func header<Event>(
        _ line: ArraySlice<UInt8>,
        length: Int
    ) throws(JournalFault.Problem) -> JournalContents<Event> {
        // The version is looked at first: another one may hash in another way.
        guard let header = try? JournalLine.decode(LineHeader.self, from: line),
            header.format == JournalLine.format
        else { throw .notAJournal }
        guard header.version == JournalLine.version else { throw .unknownVersion(header.version) }
        let head = try verify(line, after: JournalHead(seq: -1, hash: JournalLine.noHash))
        return JournalContents(
            run: header.run,
            records: [],
            head: head,
            length: length,
            torn: []
        )
    }

    private static func record<Event: Decodable>(
        _ line: ArraySlice<UInt8>,
        after head: JournalHead,
        as event: Event.Type
    ) throws(JournalFault.Problem) -> JournalRecord<Event> {
        let own = try verify(line, after: head)
        do {
            let body = try JournalLine.decode(LineEvent<Event>.self, from: line)
            return JournalRecord(seq: own.seq, at: body.at, event: body.event, hash: own.hash)
        } catch {
            throw .unknownEvent(String(describing: error))
        }
    }

    /// The line's own bytes first, then its place: a changed byte is called so.
    private static func verify(
        _ line: ArraySlice<UInt8>,
        after head: JournalHead
    ) throws(JournalFault.Problem) -> JournalHead {
        guard let hashes = JournalLine.hashes(of: line) else {
            throw .unreadable("it does not end in a hash")
        }
        guard hashes.written == hashes.computed else { throw .wrongHash }
        let frame: LineFrame
        do {
            frame = try JournalLine.decode(LineFrame.self, from: line)
        } catch {
            throw .unreadable(String(describing: error))
        }
        guard frame.seq == head.seq + 1 else {
            throw .wrongSequence(expected: head.seq + 1, found: frame.seq)
        }
        guard frame.prev == head.hash else { throw .brokenChain }
        return JournalHead(seq: frame.seq, hash: hashes.written)
    }
}

extension JournalFault.Problem: Error {}
