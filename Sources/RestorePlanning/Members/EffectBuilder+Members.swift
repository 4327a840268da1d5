import ClusterInventory
import EtcdModel
import RemoteHost

/// A member leaves, and comes again: what its agent tells the cluster, and how it is started.
extension EffectBuilder {
    /// nil for a member without a client URL: it cannot be told anything.
    package func removeMember(_ change: MembershipChange) -> PlannedEffect? {
        guard let client = EtcdClient(target: target), let old = change.oldID else { return nil }
        return effect(
            .removeMember,
            "remove \(change.name), member \(old), from the cluster",
            [Self.retried(Self.removal, [old.description], client)]
        )
    }

    package func addMember(_ change: MembershipChange) -> PlannedEffect? {
        guard let client = EtcdClient(target: target) else { return nil }
        return effect(
            .addMember,
            "add \(change.name) to the cluster as a learner, which counts for no quorum",
            [
                Self.retried(
                    Self.addition,
                    change.words + [change.name],
                    client
                )
            ]
        )
    }

    package func promoteMember(_ change: MembershipChange) -> PlannedEffect? {
        guard let client = EtcdClient(target: target) else { return nil }
        return effect(
            .promoteMember,
            "give \(change.name) its vote, once it has all that the others have",
            [
                Self.retried(
                    Self.promotion,
                    change.words,
                    client
                )
            ]
        )
    }

    package func disarmAlarms() -> PlannedEffect? {
        guard let client = EtcdClient(target: target) else { return nil }
        return effect(
            .disarmAlarms,
            "disarm the CORRUPT alarm, whose member is gone",
            [client.words(["alarm", "disarm"], timeoutSeconds: 10)]
        )
    }

    package func joinCluster(_ settings: JoinSettings) -> PlannedEffect {
        effect(
            .joinCluster,
            "start \(target.service.unit) as one that joins: for this start alone with "
                + "initial-cluster-state=existing",
            words(
                target.systemd.join(
                    run: target.paths.run,
                    execStart: settings.execStart,
                    initialCluster: settings.initialCluster,
                    configFile: settings.configFile
                ) + target.serviceManager.releaseAndStart()
            ) + [
                [
                    "sh", "-c", Self.joined, "rekindle", target.paths.effectiveWAL,
                    target.service.unit,
                ]
            ]
        )
    }

    /// etcd makes its log once it has found the cluster, and has been found to be of it.
    ///
    /// One that ends before is started again and again, and would be waited for in vain.
    private static let joined = """
        n=0
        until [ -d "$1" ]; do
          n=$((n + 1))
          if [ $n -ge 60 ]; then
            echo "etcd does not join; its last words:" >&2
            journalctl -u "$2" -p warning -n 3 -o cat --no-pager 2>/dev/null | cut -c1-600 >&2
            exit 1
          fi
          sleep 0.5
        done
        """

    package func forgetJoin() -> PlannedEffect {
        effect(
            .forgetJoin,
            "take away what its one start was given",
            words(target.systemd.forgetJoin())
        )
    }

    /// Until the cluster does it, or says why not.
    ///
    /// It refuses for five seconds after any member has connected (`HealthInterval`, server/etcdserver of
    /// 3.4 and 3.5), and cannot answer while it elects a leader.
    private static func retried(
        _ script: String,
        _ arguments: [String],
        _ client: EtcdClient
    ) -> [String] {
        let whole = """
            again() {
              case $out in
              \(script == promotion ? "*'in sync with leader'*|" : "")\
            *'unhealthy cluster'*|*'timed out'*|*'leader changed'*|*'no leader'*|*'deadline exceeded'*) ;;
              *) printf '%s\\n' "$out" >&2; exit 1 ;;
              esac
              n=$((${n:-0} + 1))
              [ $n -lt \(script == promotion ? 1500 : 40) ] || { printf '%s\\n' "$out" >&2; exit 1; }
              sleep 1
            }
            \(script)
            """
        return ["sh", "-c", whole, "rekindle"] + arguments + client.words([], timeoutSeconds: 10)
    }

    /// $1 the member's ID, then etcdctl's words.
    private static let removal = """
        id=$1; shift
        until out=$("$@" member remove "$id" 2>&1); do
          case $out in *'member not found'*|*'Member not found'*) exit 0 ;; esac
          again
        done
        """

    /// Prints the ID of the member with the peer URLs $1 that is not $2.
    private static let newcomer = """
        newcomer() {
          p=$1 o=$2; shift 2
          "$@" member list -w simple | awk -F', ' -v p="$p" -v o="$o" '$4 == p && $1 != o {print $1}'
        }
        """

    /// $1 peer URLs in order, $2 the old ID, $3 name, then etcdctl's words.
    ///
    /// It asks first each time: one whose answer was lost has come all the same.
    private static let addition =
        newcomer + "\n" + """
            p=$1 o=$2 name=$3; shift 3
            while [ -z "$(newcomer "$p" "$o" "$@")" ]; do
              out=$("$@" member add "$name" --peer-urls="$p" --learner 2>&1) && break
              again
            done
            """

    /// Promotes $id through whoever can.
    ///
    /// A follower passes the order on to the leader without its user (`promoteMemberHTTP`,
    /// server/etcdserver/cluster_util.go of 3.5): with authentication on the leader refuses it there, and the
    /// follower asks until it times out. So the others are asked, too; one of them is the leader.
    private static let promote = """
        at() {
          url=$1; shift
          for w; do
            shift
            case $w in --endpoints=*) w=--endpoints=$url ;; esac
            set -- "$@" "$w"
          done
          "$@"
        }
        promote() {
          out=$("$@" member promote "$id" 2>&1) && return 0
          case $out in *'timed out'*|*'user name is empty'*) ;; *) return 1 ;; esac
          for u in $("$@" member list -w simple 2>/dev/null \
        | awk -F', ' '$2 == "started" && $6 == "false" {split($5, u, ","); print u[1]}'); do
            case " $* " in *" --endpoints=$u "*) continue ;; esac
            out=$(at "$u" "$@" member promote "$id" 2>&1) && return 0
            case $out in *'in sync with leader'*|*'can only promote a learner'*) return 1 ;; esac
          done
          return 1
        }
        """

    private static let promotion =
        newcomer + "\n" + promote + "\n" + """
            p=$1 o=$2; shift 2
            id=$(newcomer "$p" "$o" "$@")
            [ -n "$id" ] || { echo "no member has the peer URLs $p" >&2; exit 1; }
            until promote "$@"; do
              case $out in
              *'in sync with leader'*) ;;
              *'can only promote a learner'*) exit 0 ;;
              esac
              again
            done
            """
}

extension MembershipChange {
    /// By which the scripts know the newcomer: its peer URLs as etcd lists them, and who it is not.
    fileprivate var words: [String] {
        [peerURLs.sorted().joined(separator: ","), oldID?.description ?? "none"]
    }
}

extension MemberTarget {
    var systemd: Systemd { Systemd(unit: service.unit) }
}
