package import EtcdModel
package import RemoteHost

/// How the password of etcd's user gets to etcdctl on a host: by the environment, never by an argument.
package enum EtcdPassword {
    /// The variable that holds it, also in scripts that a person runs.
    package static let variable = "REKINDLE_ETCD_PASSWORD"

    /// The words before etcdctl's own.
    ///
    /// `env -i` cannot hand on a variable without naming its value in an argument. So a shell takes away
    /// all that is in the environment: a stray `ETCDCTL_ENDPOINTS` would ask somebody else.
    static func words(_ login: EtcdLogin) -> [String] {
        ["sh", "-c", script, "rekindle", login.user]
    }

    /// $1 the user, then etcdctl's words.
    private static let script = """
        [ -n "${\(variable):-}" ] || { \
        echo "rekindle: \(variable) must hold the password of the etcd user $1" >&2; exit 64; }
        for v in $(env | sed -n 's/^\\([A-Za-z_][A-Za-z0-9_]*\\)=.*/\\1/p'); do
          [ "$v" = \(variable) ] || unset "$v"
        done
        export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
        ETCDCTL_API=3 ETCDCTL_USER="$1" ETCDCTL_PASSWORD="$\(variable)"
        unset \(variable); shift; exec "$@"
        """

    /// Whether a command's words call etcdctl as a user.
    package static func isNeeded(by text: String) -> Bool { text.contains(variable) }
}

extension EtcdLogin {
    /// What a command that logs in is given.
    package var secret: SecretVariable {
        SecretVariable(name: EtcdPassword.variable, file: passwordFile)
    }
}
