import ClusterInventory
import EtcdModel
import Glibc
import RestoreEngine
import RestorePlanning
import RestoreRun
import RunJournal
import RunReport

/// Looks at the files of one run as far as they can be read, and beyond where others stop.
struct JournalInspection {
    let directory: RunDirectory

    /// - Throws: `SystemFailure` where the journal is there and cannot be read.
    func verdict() throws -> JournalVerdict {
        var verdict = JournalVerdict(run: directory.id, path: directory.journalPath)
        let records: [JournalRecord<RunEvent>]
        do {
            let (contents, fault) = try directory.salvageJournal(RunEvent.self)
            records = take(contents, fault, into: &verdict)
        } catch let failure as SystemFailure where failure.code == ENOENT {
            records = []
            verdict.faults.append(fault(RunUnreadable(directory, .noJournal)))
        }
        lookAtPlans(RecordedPlans(records), &verdict)
        return verdict
    }

    /// - Returns: the records that can be relied on.
    private func take(
        _ contents: JournalContents<RunEvent>?,
        _ fault: JournalFault?,
        into verdict: inout JournalVerdict
    ) -> [JournalRecord<RunEvent>] {
        if let fault { verdict.faults.append(self.fault(fault)) }
        guard let contents else { return [] }
        if contents.run != directory.id {
            let other = JournalFault(.otherRun(contents.run), line: 1, trustworthyRecords: 0)
            verdict.faults = [self.fault(other)]
            return []
        }
        var (state, good) = (RunState(), contents.records)
        do throws(RunUnreadable) {
            try state.fold(contents.records, of: directory)
        } catch {
            if case .impossible(let line, _) = error.problem {
                good = Array(good.prefix(line - 2))
                verdict.faults.append(self.fault(error, line: line))
            }
        }
        verdict.records = good.count
        verdict.firstAt = good.first?.at.description
        verdict.lastAt = good.last?.at.description
        verdict.lastHash = good.last?.hash ?? (contents.records.isEmpty ? contents.head.hash : nil)
        verdict.tornBytes = fault == nil ? contents.torn.count : 0
        verdict.phase = state.phase?.word
        return good
    }

    /// The plan of the restore tells what the run has on the hosts; one that was changed does not.
    private func lookAtPlans(_ recorded: RecordedPlans, _ verdict: inout JournalVerdict) {
        for (kind, number) in recorded.all {
            do throws(RunUnreadable) {
                let plan = try recorded.read(kind, number, in: directory)
                if kind == recorded.first { verdict.plan = plan }
                if recorded.isRecorded(kind) {
                    verdict.plans.append(directory.path(of: kind, number))
                }
            } catch {
                verdict.faults.append(fault(error))
            }
        }
    }

    private func fault(_ fault: JournalFault) -> JournalVerdict.Fault {
        self.fault(RunUnreadable(directory, .fault(fault)), line: fault.line)
    }

    private func fault(_ problem: RunUnreadable, line: Int? = nil) -> JournalVerdict.Fault {
        JournalVerdict.Fault(message: problem.description, line: line, hint: problem.reason)
    }
}

/// The digests of its plans that a journal holds; a plan file counts only as the journal knows it.
struct RecordedPlans {
    private var digests: [Plan.Kind: [String]] = [:]
    /// What the run began as; a restore if no record tells.
    private(set) var first = Plan.Kind.restore

    init(_ records: [JournalRecord<RunEvent>]) {
        for record in records {
            if case .planned(let plan) = record.event {
                if digests.isEmpty { first = plan.kind }
                digests[plan.kind, default: []].append(plan.sha256)
            }
        }
    }

    /// Every plan of the run, the first one first; those of one kind are counted from 1.
    var all: [(kind: Plan.Kind, number: Int)] {
        [(first, 1)]
            + [.join, .unjoin, .rollback, .clean].flatMap { kind in
                (digests[kind] ?? []).indices.map { (kind, $0 + 1) }
            }
    }

    /// Whether the journal tells which bytes the file must have.
    func isRecorded(_ kind: Plan.Kind) -> Bool { digests[kind] != nil }

    /// Reads a plan; `number` counts those of its kind from 1, nil is the newest.
    ///
    /// - Throws: `RunUnreadable` where the file is gone, is not the one recorded, or is no plan.
    func read(
        _ kind: Plan.Kind,
        _ number: Int? = nil,
        in directory: RunDirectory
    ) throws(RunUnreadable) -> Plan {
        let known = digests[kind] ?? []
        let number = number ?? max(1, known.count)
        let path = directory.path(of: kind, number)
        do {
            let bytes = try FileBytes.read(path)
            if known.indices.contains(number - 1),
                known[number - 1] != SHA256Text.hex(of: bytes)
            {
                throw RunUnreadable(directory, .planChanged(path))
            }
            return try PlanJSON.decode(bytes, file: path)
        } catch let error as RunUnreadable {
            throw error
        } catch let error as Diagnostic {
            throw RunUnreadable(directory, .noPlan("\(error.file): \(error.message)"))
        } catch {
            throw RunUnreadable(directory, .noPlan("\(error)"))
        }
    }
}

extension RunDirectory {
    /// A second plan of a kind does not replace the first: the journal has the digests of both.
    func path(of kind: Plan.Kind, _ number: Int = 1) -> String {
        let tail = number > 1 ? "-\(number)" : ""
        return switch kind {
        case .restore, .drill, .member: planPath
        case .join: "\(path)/join\(tail).json"
        case .unjoin: "\(path)/\(kind.rawValue)\(tail).json"
        case .rollback: "\(path)/rollback\(tail).json"
        case .clean: "\(path)/clean\(tail).json"
        }
    }
}

extension RunState {
    /// Takes records in, as far as they can have followed on one another.
    ///
    /// - Throws: `RunUnreadable` with the line of the first that cannot.
    mutating func fold(
        _ records: [JournalRecord<RunEvent>],
        of directory: RunDirectory
    ) throws(RunUnreadable) {
        for record in records {
            do throws(IllegalTransition) {
                try apply(record.event, at: Double(record.at.milliseconds) / 1000)
            } catch {
                // the header is line 1
                throw RunUnreadable(
                    directory,
                    .impossible(line: record.seq + 1, error.description)
                )
            }
        }
    }
}
