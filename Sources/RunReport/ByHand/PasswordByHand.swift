import EtcdModel
import RestorePlanning

/// How a person gives etcd's password to commands that are run by hand: typed once into a shell, seen by
/// nobody, kept in no file and no history.
struct PasswordByHand {
    let login: EtcdLogin

    private var variable: String { EtcdPassword.variable }

    /// What stands before an etcdctl of a person's own: a variable, never an argument.
    static func environment(_ target: MemberTarget) -> String {
        guard let user = target.login?.user else { return "" }
        return "ETCDCTL_USER=\(ShellWord.quoted(user)) "
            + "ETCDCTL_PASSWORD=\"$\(EtcdPassword.variable)\" "
    }

    /// A function that asks for it, once in a script; from what is no terminal it takes a line.
    var function: String {
        """
        # The password of etcd's user is asked for once, and is in no argument and no file.
        password() {
          [ -z "${\(variable):-}" ] || return 0
          if [ -t 0 ]; then
            printf '%s' \(ShellWord.quoted(question)) >&2
            trap 'stty echo' EXIT; trap 'exit 130' INT TERM
            stty -echo
          fi
          IFS= read -r \(variable) || :
          if [ -t 0 ]; then stty echo; trap - EXIT INT TERM; echo >&2; fi
          export \(variable)
        }


        """
    }

    /// The same as lines to type into a shell that stays open.
    var lines: [String] {
        [
            "printf '%s' \(ShellWord.quoted(question)); stty -echo; "
                + "IFS= read -r \(variable); stty echo; echo",
            "export \(variable)",
        ]
    }

    private var question: String {
        "password of the etcd user \(VisibleText.escaped(login.user)): "
    }

    /// Whether a stage of a script needs it.
    static func isNeeded(by lines: [String]) -> Bool {
        lines.contains(where: EtcdPassword.isNeeded)
    }
}
