/// Whether root would work in a directory of its own.
enum WorkDirectoryCheck {
    /// A failed check if something of another's lies there; nil otherwise.
    static func of(_ member: String, _ facts: HostFacts) -> Check? {
        facts.observation?.foreign.map { foreign in
            Check(
                "work directory",
                member: member,
                .fails,
                "\(foreign): root works in a directory of its own only",
                hint: "see who put it there, and look for root's own directory under another name "
                    + "beside it; move what is there out of the way"
            )
        }
    }
}
