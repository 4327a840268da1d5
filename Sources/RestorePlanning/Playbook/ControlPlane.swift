/// Takes a control plane of static pods down and brings it up.
enum ControlPlane {
    /// A shell script that does what its name, `$0`, says: `stop`, `start` or `undo`.
    ///
    /// It moves the manifests away, or back, and waits for what comes of that. It never relies on the kubelet
    /// alone: one that has not reached an API server since its own start stops nothing, and one that counts
    /// crashes starts nothing for up to five minutes.
    static let script = #"""
        set -eu
        # `stop`, `start`, or `undo`: start, and demand no more than was there before the stop.
        act=$0
        m=/etc/kubernetes/manifests h=/etc/kubernetes/rekindle-control-plane
        nl='
        '
        # manifest POD: its file, wherever it is; empty if there is none.
        manifest() {
          if [ -e "$h/$1.yaml" ]; then echo "$h/$1.yaml"; elif [ -e "$m/$1.yaml" ]; then echo "$m/$1.yaml"; fi
        }
        # words FILE: what its container runs, a word a line; empty if it is not in block style.
        words() {
          awk '/^[ ]*(- )?(command|args):[ ]*$/ {on = 1; next}
            on && match($0, /^[ ]*- /) {w = substr($0, RLENGTH + 1); gsub(/^["\047]|["\047]$/, "", w); print w; next}
            {on = 0}' "$1"
        }
        # same WORDS: whether standard input, a command line, ends with them; their first word without its directory.
        same() {
          c=$(tr '\0' '\n' | tail -n "$(printf '%s\n' "$1" | wc -l)")
          a=${c%%"$nl"*} b=${1%%"$nl"*}
          [ "${a##*/}${c#"$a"}" = "${b##*/}${1#"$b"}" ]
        }
        # pids POD: the processes that run what its manifest says, or are in its pod's control group and have its name.
        # Never by the name alone: it may be another cluster's, in a pod or a container of its own.
        pids() {
          f=$(manifest "$1") w='' u=''
          [ -z "$f" ] || w=$(words "$f")
          # a static pod's UID is 32 digits without dashes; its logs are named after it
          for d in /var/log/pods/kube-system_"$1"-*; do
            d=${d##*_}
            case $d in *[!0-9a-f]*) ;; ????????????????????????????????) u="$u -e pod$d" ;; esac
          done
          for p in /proc/[0-9]*; do
            { read -r n <"$p/comm"; } 2>/dev/null || continue
            # the kernel keeps 15 bytes of a name
            case $1 in "$n"*) ;; *) continue ;; esac
            if [ -n "$w" ] && { same "$w" <"$p/cmdline"; } 2>/dev/null; then :
            elif [ -n "$u" ] && grep -qsF $u "$p/cgroup"; then :
            elif [ -z "$w$u" ]; then :
            else continue; fi
            printf '%s ' "${p#/proc/}"
          done
        }
        # known POD: whether its processes can be told from others of the same name.
        known() {
          f=$(manifest "$1")
          { [ -n "$f" ] && [ -n "$(words "$f")" ]; } || ls -d /var/log/pods/kube-system_"$1"-* >/dev/null 2>&1
        }
        # flag NAME: of the API server's manifest.
        flag() { words "$(manifest kube-apiserver)" | sed -n "s/^--$1=//p" | head -n 1; }
        # ready: whether the API server says so itself; `why` is what it said.
        ready() {
          [ -n "$(pids kube-apiserver)" ] || { why='kube-apiserver does not run'; return 1; }
          port=$(flag secure-port) host=$(flag bind-address)
          if [ -z "$port" ]; then
            # a manifest that says neither where it listens nor how it is probed: that it runs is all that can be seen
            grep -q readyz "$(manifest kube-apiserver)" || return 0
            port=6443
          fi
          case $host in '' | 0.0.0.0) host=127.0.0.1 ;; :: | '::0') host='[::1]' ;; *:*) host="[$host]" ;; esac
          url=https://$host:$port/readyz s=
          if command -v curl >/dev/null; then
            s=$(curl -sk --noproxy '*' -m 5 -o /dev/null -w '%{http_code}' "$url") || :
          elif command -v wget >/dev/null; then
            s=$(wget -S --no-proxy --no-check-certificate -T 5 -t 1 -O /dev/null "$url" 2>&1 \
              | awk '/HTTP\// {print $2; exit}') || :
          elif command -v openssl >/dev/null; then
            s=$(printf 'GET /readyz HTTP/1.0\r\n\r\n' \
              | timeout 5 openssl s_client -quiet -connect "$host:$port" 2>/dev/null | awk 'NR == 1 {print $2}') || :
          else
            echo "there is no curl, wget or openssl to ask $url: that kube-apiserver runs is all that is known" >&2
            return 0
          fi
          # who is not let in has been answered by a server that serves
          case $s in 200 | 401 | 403) return 0 ;; esac
          why="$url says ${s:-nothing}"
          return 1
        }
        if [ "$act" = stop ]; then
          mkdir -p -m 0700 "$h"
          # what an undo may demand, asked before anything is moved
          [ ! -e "$m/kube-apiserver.yaml" ] || ! ready || : >"$h/.was-ready"
          for p in kube-scheduler kube-controller-manager kube-apiserver; do
            [ -e "$m/$p.yaml" ] || continue
            [ ! -e "$h/$p.yaml" ] || { echo "$p.yaml is in $m and in $h: which is right?" >&2; exit 1; }
            mv -n -- "$m/$p.yaml" "$h/"
          done
          [ -e "$h/kube-apiserver.yaml" ] || { echo "there is no $m/kube-apiserver.yaml" >&2; exit 1; }
          n=0
          while :; do
            n=$((n + 1)) left=''
            for p in kube-apiserver kube-controller-manager kube-scheduler; do
              one=$(pids "$p")
              left=$left$one
              if [ -z "$one" ] || ! known "$p"; then continue; fi
              # A kubelet that has not reached an API server since its own start stops nothing. An API server
              # waits for its watches, for 30 s, unless it gets a second SIGTERM: that ends it at once.
              case $n in
              8 | 16 | 40 | 60) kill -TERM $one 2>/dev/null || : ;;
              100 | 140 | 180) kill -KILL $one 2>/dev/null || : ;;
              esac
            done
            [ -n "$left" ] || break
            if [ "$n" -gt 240 ]; then
              echo "after 120 s there still runs:" >&2
              for p in $left; do
                echo "process $p: $(tr '\0' ' ' 2>/dev/null <"/proc/$p/cmdline" | cut -c 1-200)" >&2
              done
              echo "HINT: end it on this host, with what starts it, then resume" >&2
              exit 1
            fi
            sleep 0.5
          done
        else
          for p in kube-apiserver kube-controller-manager kube-scheduler; do
            [ -e "$h/$p.yaml" ] || continue
            [ ! -e "$m/$p.yaml" ] || { echo "$p.yaml is in $m and in $h: which is right?" >&2; exit 1; }
            mv -n -- "$h/$p.yaml" "$m/"
          done
          began=$(date +%s) idle=$(date +%s) why=''
          while :; do
            down=''
            for p in kube-apiserver kube-controller-manager kube-scheduler; do
              [ ! -e "$m/$p.yaml" ] || [ -n "$(pids "$p")" ] || down="$down $p"
            done
            why=''
            if ready && [ -z "$down" ]; then break; fi
            now=$(date +%s)
            [ -n "$down" ] || idle=$now
            why="${why:-kube-apiserver is ready}${down:+; not running:$down}"
            # The pause after crashes, up to 5 min, outlives the manifest's removal and return, and ends with the
            # kubelet. The kubelet's restart touches no container.
            if [ $((now - idle)) -ge 8 ] && systemctl -q is-active kubelet.service 2>/dev/null; then
              echo "no$down after 8 s, perhaps in back-off: restarting the kubelet, which ends that" >&2
              systemctl restart kubelet.service || :
              idle=$((now + 60))
            fi
            if [ "$act" = undo ] && [ ! -e "$h/.was-ready" ] && [ $((now - began)) -gt 30 ]; then
              echo "the control plane was not ready before the stop, and is not now: $why" >&2
              break
            fi
            if [ $((now - began)) -gt 300 ]; then
              echo "after 5 min the control plane is not ready: $why" >&2
              echo "HINT: look into /var/log/pods; a pod that crashed may wait for 5 min (CrashLoopBackOff)" >&2
              exit 1
            fi
            sleep 1
          done
          rm -f -- "$h/.was-ready"
          [ ! -d "$h" ] || rmdir -- "$h"
        fi

        """#
}
