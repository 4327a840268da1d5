/// What may stand where a host is named: a DNS name or an address.
enum HostName {
    static func fault(_ text: String) -> Fault? {
        if text.hasBlankOrControl { return Fault("has a blank or control character in it") }
        if text.contains("@") {
            return Fault("has a user in it", hint: "give the host alone; the user goes under ssh")
        }
        if text.contains("/") {
            return Fault("has a slash in it", hint: "give a name or an address, not a URL")
        }
        if text.hasPrefix("[") {
            return Fault("is in brackets", hint: "an IPv6 address is written here without them")
        }
        if text.contains(":") { return colonFault(text) }
        if text.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }) {
            return isIPv4(text) ? nil : Fault("is not an IPv4 address")
        }
        return nameFault(text)
    }

    static func isIPv4(_ text: String) -> Bool {
        let octets = text.split(separator: ".", omittingEmptySubsequences: false)
        return octets.count == 4 && octets.allSatisfy { UInt8($0).map { String($0) } == String($0) }
    }

    /// RFC 4291 §2.2, without a zone.
    static func isIPv6(_ text: String) -> Bool {
        let halves = text.split(separator: "::", omittingEmptySubsequences: false)
        guard halves.count <= 2 else { return false }
        var groups = 0
        for (index, half) in halves.enumerated() where !half.isEmpty {
            let parts = half.split(separator: ":", omittingEmptySubsequences: false)
            for (position, part) in parts.enumerated() {
                let isLast = index == halves.count - 1 && position == parts.count - 1
                if isLast && part.contains(".") {
                    guard isIPv4(String(part)) else { return false }
                    groups += 2
                } else {
                    guard (1...4).contains(part.count),
                        part.allSatisfy({ $0.isASCII && $0.isHexDigit })
                    else { return false }
                    groups += 1
                }
            }
        }
        return halves.count == 2 ? groups <= 7 : groups == 8
    }

    private static func colonFault(_ text: String) -> Fault? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        if parts.count == 2, let port = UInt16(parts[1]) {
            return Fault("has a port in it", hint: "give the SSH port as ssh: {port: \(port)}")
        }
        // A link-local address is of use only with the interface it is on.
        let address = text.split(separator: "%", maxSplits: 1, omittingEmptySubsequences: false)
        let isZoned = address.count == 1 || !address[1].isEmpty
        return isZoned && isIPv6(String(address[0])) ? nil : Fault("is not an IPv6 address")
    }

    /// RFC 1123 §2.1, and the underscore that some resolvers allow.
    private static func nameFault(_ text: String) -> Fault? {
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        let areGood = labels.allSatisfy { label in
            (1...63).contains(label.utf8.count)
                && label.allSatisfy {
                    $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_")
                }
                && !label.hasPrefix("-") && !label.hasSuffix("-")
        }
        if areGood && text.utf8.count <= 253 { return nil }
        let isForeign = !text.allSatisfy(\.isASCII)
        return Fault(
            "is not a host name",
            hint: isForeign ? "write an international name in its xn-- form" : nil
        )
    }
}
