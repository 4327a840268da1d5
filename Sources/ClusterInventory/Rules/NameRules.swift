/// What names may be made of.
enum NameRules {
    /// etcd's `--name`: it stands in `--initial-cluster`, a list of `name=url` with commas.
    static func memberFault(_ name: String) -> Fault? {
        if name.contains(",") || name.contains("=") {
            return Fault(
                "has \"\(name.contains(",") ? "," : "=")\" in it",
                hint: "--initial-cluster is a list of name=url with commas; etcd cannot read it"
            )
        }
        if name.hasBlankOrControl { return Fault("has a blank or control character in it") }
        return nil
    }

    /// The cluster's name: part of file names on every host, and typed by the operator.
    static func clusterFault(_ name: String) -> Fault? {
        let isPlain = name.allSatisfy {
            $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0))
        }
        if isPlain && !name.hasPrefix(".") && !name.hasPrefix("-") && name.count <= 64 {
            return nil
        }
        return Fault(
            "is not usable in file names",
            hint: "use at most 64 letters, digits, \".\", \"_\" and \"-\", a letter or digit first"
        )
    }

    static func tokenFault(_ token: String) -> Fault? {
        token.hasBlankOrControl
            ? Fault("has a blank or control character in it", hint: "leave it out, or write auto")
            : nil
    }

    /// A user or group of a host, by name or number: what `chown` takes, and nothing it would split.
    static func accountFault(_ name: String) -> Fault? {
        let isPlain = name.allSatisfy {
            $0.isASCII && ($0.isLetter || $0.isNumber || "._-$".contains($0))
        }
        return isPlain && !name.hasPrefix("-") ? nil : Fault("is not the name of an account")
    }

    /// A user of etcd, which takes any name that is UTF-8.
    static func etcdUserFault(_ name: String) -> Fault? {
        name.hasControl ? Fault("has a control character in it") : nil
    }

    /// A user to log in as; directory services allow more than the local ones.
    static func loginFault(_ name: String) -> Fault? {
        if name.hasBlankOrControl { return Fault("has a blank or control character in it") }
        return name.hasPrefix("-") ? Fault("begins with \"-\"") : nil
    }

    /// systemd.unit(5): letters, digits and `:-_.\@`, at most 255, with the suffix of a service.
    static func unitFault(_ unit: String) -> Fault? {
        let isPlain = unit.allSatisfy {
            $0.isASCII && ($0.isLetter || $0.isNumber || ":-_.\\@".contains($0))
        }
        guard isPlain, !unit.hasPrefix("-"), unit.count <= 255 else {
            return Fault("is not the name of a unit", hint: "as in \"etcd.service\"")
        }
        if unit.hasSuffix(".service") && unit != ".service" { return nil }
        return Fault("is not a service", hint: "write its full name, as in \"etcd.service\"")
    }
}
