import RemoteHost
import RestorePlanning

/// `runs verify --output json`.
package enum JournalVerdictJSON {
    /// `run`, `journal`, `whole`, `records`, `firstAt`, `lastAt`, `lastHash`, `tornBytes`, `phase`;
    /// `plans`, the files that are as the journal recorded them; `faults`, each with `line`, `message` and `hint`; where there are any, `byHand`: of each
    /// member `name`, `host`, `places` and `commands`.
    package static func encode(_ verdict: JournalVerdict) throws -> String {
        let faults = verdict.faults.map { fault -> JSONValue in
            [
                "line": fault.line.map { .int(Int64($0)) } ?? .null,
                "message": .string(fault.message),
                "hint": .string(fault.hint),
            ]
        }
        let targets = verdict.isWhole ? [] : verdict.plan?.targets ?? []
        let document: JSONValue = [
            "run": .string(verdict.run),
            "journal": .string(verdict.path),
            "whole": .bool(verdict.isWhole),
            "records": .int(Int64(verdict.records)),
            "firstAt": .optional(verdict.firstAt),
            "lastAt": .optional(verdict.lastAt),
            "lastHash": .optional(verdict.lastHash),
            "tornBytes": .int(Int64(verdict.tornBytes)),
            "phase": .optional(verdict.phase),
            "plans": .array(verdict.plans.map(JSONValue.string)),
            "faults": .array(faults),
            "byHand": .array(targets.map(byHand)),
        ]
        return try JSONText.encode(document)
    }

    private static func byHand(_ target: MemberTarget) -> JSONValue {
        let rescue = HandRescue(target: target)
        return [
            "name": .string(target.name),
            "host": .string(target.endpoint.host),
            "places": .object(
                Dictionary(uniqueKeysWithValues: rescue.places.map { ($0.what, .string($0.path)) })
            ),
            "commands": .array(rescue.commands.map(JSONValue.string)),
        ]
    }
}
