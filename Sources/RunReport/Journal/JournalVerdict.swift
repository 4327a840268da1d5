package import RestorePlanning

/// What `runs verify` found out about the files of one run.
package struct JournalVerdict: Sendable {
    /// Something that is not as it was written.
    package struct Fault: Sendable, Hashable {
        /// The fact, with its file.
        package var message: String
        /// Of the journal, from 1, counting the header; nil where it is not about one.
        package var line: Int?
        package var hint: String

        package init(message: String, line: Int?, hint: String) {
            self.message = message
            self.line = line
            self.hint = hint
        }
    }

    package var run: String
    /// Of the journal.
    package var path: String
    /// How many records, from the first, are as they were written.
    package var records: Int
    /// When the first and the last of them were appended, as the journal has it.
    package var firstAt: String?
    package var lastAt: String?
    /// The hash of the last good line, which stands for all before it; nil without a good header.
    package var lastHash: String?
    /// The length of a last line that broke off, in bytes.
    package var tornBytes: Int
    /// Where the good records leave the run, in a word.
    package var phase: String?
    package var faults: [Fault]
    /// The restore's plan, where it can be read: it tells what the run has on which host.
    package var plan: Plan?
    /// The files of its plans that are as the journal recorded them.
    package var plans: [String] = []

    package init(
        run: String,
        path: String,
        records: Int = 0,
        firstAt: String? = nil,
        lastAt: String? = nil,
        lastHash: String? = nil,
        tornBytes: Int = 0,
        phase: String? = nil,
        faults: [Fault] = [],
        plan: Plan? = nil
    ) {
        self.run = run
        self.path = path
        self.records = records
        self.firstAt = firstAt
        self.lastAt = lastAt
        self.lastHash = lastHash
        self.tornBytes = tornBytes
        self.phase = phase
        self.faults = faults
        self.plan = plan
    }

    package var isWhole: Bool { faults.isEmpty }
}
