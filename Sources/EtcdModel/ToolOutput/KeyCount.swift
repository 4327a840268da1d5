/// The count in `etcdctl get --prefix --limit=1 -w fields`: of all keys, whatever the limit.
package struct KeyCount: Sendable, Hashable {
    package var count: Int

    /// nil where the output has no line `"Count" : 11`.
    package init?(_ output: String) {
        for line in output.split(whereSeparator: \.isNewline) {
            let parts = line.split(separator: ":")
            guard parts.count == 2, parts[0] == "\"Count\" ", parts[1].first == " ",
                let count = Int(parts[1].dropFirst()), count >= 0
            else { continue }
            self.count = count
            return
        }
        return nil
    }
}
