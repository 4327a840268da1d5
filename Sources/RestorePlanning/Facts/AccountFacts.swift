package import ClusterInventory

/// A directory's owner and group by number, as text.
package struct OwnerIDs: Sendable, Hashable {
    package var user: String
    package var group: String

    package init(user: String, group: String) {
        self.user = user
        self.group = group
    }
}

/// The accounts that a host is asked for: the inventory's, else the unit's; empty if neither says.
package struct AccountQuestion: Sendable, Hashable {
    package var user: String
    package var group: String

    package init(user: String = "", group: String = "") {
        self.user = user
        self.group = group
    }

    /// Asks for the inventory's accounts, else the unit's.
    package init(_ member: InventoryMember, _ unit: UnitFacts) {
        self.init(
            user: member.etcd.user ?? unit.user,
            group: member.etcd.group ?? unit.group
        )
    }

    /// Defines `account USER GROUP`, which says whether they exist, the user's number and own group.
    static let text = #"""
        exists() {
          case $2 in *[!0-9]*) ;; *) echo number; return ;; esac
          if command -v getent >/dev/null 2>&1; then getent "$1" "$2" >/dev/null 2>&1
          else N=$2 awk -F: '$1 == ENVIRON["N"] {f = 1} END {exit !f}' "/etc/$1"; fi
          if [ $? = 0 ]; then echo yes; else echo no; fi
        }
        account() {
          if [ -n "$1" ]; then
            say account.user "$(exists passwd "$1")"
            say account.uid "$(id -u -- "$1" 2>/dev/null)"
            say account.own "$(id -gn -- "$1" 2>/dev/null)"
          fi
          if [ -n "$2" ]; then say account.group "$(exists group "$2")"; fi
        }

        """#
}

/// Whether etcd's user and group exist on a host.
package struct AccountFacts: Sendable, Hashable {
    package enum Presence: String, Sendable, Hashable {
        case there = "yes"
        case missing = "no"
        /// A number, which needs no account.
        case number
    }

    /// nil if it was not asked, or the answer is none of these.
    package var user: Presence?
    package var group: Presence?
    /// The user's number; nil without such a user.
    package var userID: UInt32?
    /// The name of the user's own group; nil if unknown.
    package var ownGroup: String?

    package init(
        user: Presence? = nil,
        group: Presence? = nil,
        userID: UInt32? = nil,
        ownGroup: String? = nil
    ) {
        self.user = user
        self.group = group
        self.userID = userID
        self.ownGroup = ownGroup
    }

    init(_ lines: KeyedLines) {
        self.init(
            user: lines["account.user"].flatMap(Presence.init(rawValue:)),
            group: lines["account.group"].flatMap(Presence.init(rawValue:)),
            userID: lines["account.uid"].flatMap { UInt32($0) },
            ownGroup: lines["account.own"].flatMap { $0.isEmpty ? nil : $0 }
        )
    }

    /// Whether it is a number that systemd gives to a service while it runs
    /// (`DYNAMIC_UID_MIN` and `_MAX`, systemd 252).
    package var isDynamic: Bool { userID.map { (61_184...65_519).contains($0) } ?? false }
}
