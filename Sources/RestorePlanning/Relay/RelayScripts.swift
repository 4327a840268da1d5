import RemoteHost

/// What a relay runs on the hosts; `docs/RELAY.md` says why so.
enum RelayScripts {
    /// Makes the host's keys, says the public ones, and once the host was introduced to the others
    /// runs an `sshd` of its own; all of it is gone with the channel.
    ///
    /// $1 directory, $2 what to listen on, as a line of `sshd_config`, $3 the partial copy. Says
    /// `keys HOST-KEY USER-KEY`, and `at BYTES` whenever the copy has grown.
    static let open = """
        d=$1 s= w=
        for t in ssh ssh-keygen mkfifo tee; do
          command -v $t >/dev/null || { echo "there is no $t" >&2; exit 69; }
        done
        sshd=$(command -v sshd) || sshd=/usr/sbin/sshd
        [ -x "$sshd" ] || { echo "there is no sshd" >&2; exit 69; }
        close() {
          trap '' TERM HUP INT
          [ -z "$s" ] || kill "$s" "$w" 2>/dev/null
          for t in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
            flock -n "$d/work" true && break
            g=$(cat "$d/worker") && kill -TERM -- "-$g"
            [ $t -lt 15 ] || kill -KILL -- "-$g"
            sleep 0.1
          done 2>/dev/null
          rm -rf --one-file-system -- "$d"
        }
        # where the channel is gone, so is who reads what is said on the way out
        trap '' PIPE
        trap 'exit 143' TERM HUP INT
        rm -rf --one-file-system -- "$d"; mkdir -m 0700 -- "$d" || exit
        trap close EXIT
        : >"$d/work"
        for k in host user; do
          ssh-keygen -q -t ed25519 -N '' -C rekindle -f "$d/$k" </dev/null >&2 || exit
        done
        echo keys $(cut -d ' ' -f 1,2 "$d/host.pub") $(cut -d ' ' -f 1,2 "$d/user.pub")
        while [ ! -e "$d/go" ]; do sleep 0.1; done
        # without PAM sshd lets nobody in whose password is locked
        case $(getent shadow root | cut -d : -f 2) in '!'*) pam=yes ;; *) pam=no ;; esac
        cat >"$d/config" <<END
        $2
        HostKey $d/host
        PidFile none
        AllowUsers root
        PermitRootLogin forced-commands-only
        AuthenticationMethods publickey
        AuthorizedKeysFile $d/authorized
        ForceCommand sh $d/receive
        PasswordAuthentication no
        ChallengeResponseAuthentication no
        UsePAM $pam
        DisableForwarding yes
        PermitTTY no
        PermitUserRC no
        MaxSessions 1
        MaxStartups 4
        MaxAuthTries 2
        LoginGraceTime 10
        ClientAliveInterval 5
        ClientAliveCountMax 3
        UseDNS no
        LogLevel ERROR
        END
        "$sshd" -D -e -f "$d/config" >&2 9>&- & s=$!
        # where this shell is killed, nobody else would end it
        { while kill -0 $$; do sleep 1; done; kill "$s"; rm -rf --one-file-system -- "$d"; } 2>/dev/null 9>&- & w=$!
        n= c=0
        while kill -0 "$s" 2>/dev/null; do
          # a coordinator whose machine is off closes no channel: the lock shows that it is gone
          c=$(((c + 1) % 25))
          if [ $c = 0 ] && [ -n "${REKINDLE_SESSION:-}" ] \
          && [ $(($(date +%s) - $(stat -c %Y -- lock))) -ge \(HostLock.staleSeconds) ]; then
            echo "no sign of life of the coordinator" >&2; exit 69
          fi
          b=$(stat -c %s -- "$3" 2>/dev/null) || b=0
          [ "$b" = "$n" ] || { n=$b; echo "at $b"; }
          sleep 0.2
        done
        wait "$s"
        """

    /// $1 directory, $2 authorized_keys, $3 known_hosts, $4 a line `HOST PORT` for each hop, $5 a line
    /// `OFFSET KEPT FORM`, $6 the partial copy's name and the data directory, a line each, $7 the receiver's text.
    static let introduce = """
        umask 077; cd -- "$1" || exit
        printf '%s\\n' "$2" >authorized
        printf '%s\\n' "$3" >known
        printf '%s\\n' "$4" >chain
        printf '%s\\n' "$5" >stream
        printf '%s\\n' "$6" >file
        printf '%s\\n' "$7" >receive
        : >go
        """

    /// `take [NEXT…]` writes standard input to the partial copy and hands it on, as it came, to the
    /// hop with that number; `reach NEXT` tells whether it answers.
    ///
    /// An `sshd` runs it without arguments: then they are the ones that the host before it sent, and
    /// hold numbers only. A copy that cannot be written here is handed on all the same, and one that
    /// nobody takes is written here: the `tee` goes on with what is left of its outputs.
    static let receive = """
        d=${0%/*} by=coordinator
        export LC_ALL=C
        \(WorkDirectory.functions)
        umask 077
        set -f
        if [ $# = 0 ]; then by=host; set -- $SSH_ORIGINAL_COMMAND; fi
        what=$1
        [ $# = 0 ] || shift
        for n; do
          case $n in *[!0-9]*|'') echo "not a hop: $n" >&2; exit 64 ;; esac
        done
        to() {
          read -r host port <<END
        $(sed -n "$1p" "$d/chain")
        END
          ssh -F none -T -x -a -i "$d/user" -l root -p "$port" -o BatchMode=yes \\
            -o IdentitiesOnly=yes -o IdentityAgent=none -o PreferredAuthentications=publickey \\
            -o StrictHostKeyChecking=yes -o UserKnownHostsFile="$d/known" \\
            -o GlobalKnownHostsFile=/dev/null -o HostKeyAlias="hop-$1" -o CheckHostIP=no \\
            -o ClearAllForwardings=yes -o ControlPath=none -o Compression=no \\
            -o ConnectTimeout=5 -o ServerAliveInterval=5 -o ServerAliveCountMax=3 \\
            -o Ciphers=aes128-gcm@openssh.com,aes256-gcm@openssh.com,aes128-ctr,chacha20-poly1305@openssh.com \\
            -o LogLevel=ERROR -- "$host" "$2"
        }
        case $by-$what in
        host-knock) exit 0 ;;
        coordinator-reach)
          b=$(date +%s)
          # its sshd may be about to begin
          while ! to "$1" knock </dev/null 2>"$d/why"; do
            [ $(($(date +%s) - b)) -lt 2 ] || { cat "$d/why" >&2; exit 69; }
            sleep 0.1
          done
          exit 0 ;;
        host-take|coordinator-take) ;;
        *) echo "not for a host to ask" >&2; exit 64 ;;
        esac
        if [ -z "$REKINDLE_LEADS" ]; then
          export REKINDLE_LEADS=yes
          # a group of its own, so that all of it can be ended
          exec setsid -w sh "$0" $([ $by = host ] || echo take "$@")
        fi
        exec 8>>"$d/work"
        flock -n 8 || { echo "the stream is taken already" >&2; exit \(PlannedEffect.busyStatus); }
        echo $$ >"$d/worker"
        read -r o kept REKINDLE_PACKED <"$d/stream"
        { IFS= read -r f; IFS= read -r p; } <"$d/file"
        # a plan of 0.1.0 names the file by its whole path
        [ -z "$p" ] || enter "$p" \(MemberPaths.rootName)
        truncate -s "$kept" -- "$f" || exit
        # a dd that copies nothing leaves the file at the offset for who writes next
        u() {
          {
            dd bs=1 count=0 seek="$o" oflag=seek_bytes conv=notrunc status=none && \(WireForm.unpacking)
          } 1<>"$f"
        }
        if [ $# = 0 ]; then u; exit; fi
        n=$1; shift
        rm -f "$d/on"; mkfifo "$d/on" || exit
        to "$n" "take $*" <"$d/on" >&2 & s=$!
        tee -p "$d/on" | u; r=$?
        wait $s && exit $r
        """
}
