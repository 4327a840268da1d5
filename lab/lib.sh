# shellcheck shell=bash disable=SC2034
# Shared by all lab commands. Sourced, never run.
# Names: a lab NAME has hosts etcd-1..etcd-N, each with a network namespace rk-NAME-I, and the coordinator's rk-NAME-co.

LAB_HOME=$(CDPATH="" cd -- "$(dirname "${BASH_SOURCE[0]}")" && pwd)
LAB_STATE=${REKINDLE_LAB_DIR:-/var/lib/rekindle-lab}
LAB_CACHE=$LAB_STATE/cache
LAB_NAME=${REKINDLE_LAB:-main}
LAB_TIMEOUT=${REKINDLE_LAB_TIMEOUT:-60}     # seconds that anything polled for may take
LC_ALL_BEFORE_LAB=${LC_ALL-}; export LC_ALL=C

die() { printf 'lab: %s\n' "$*" >&2; exit 1; }
note() { printf 'lab: %s\n' "$*" >&2; }

# The comment at the top of a command is its help.
usage() { sed -n '2,/^[^#]/{/^#/!d;s/^# \{0,1\}//;p}' "$0"; }
bad_usage() { printf 'lab: %s\n\n' "$*" >&2; usage >&2; exit 64; }

# common_options "$@": reads --lab NAME and --help where they stand in front; the rest is in ARGS.
common_options() {
    while [ $# -gt 0 ]; do
        case $1 in
            -h|--help) usage; exit 0 ;;
            --lab) [ $# -ge 2 ] || bad_usage "--lab needs a name"; LAB_NAME=$2; shift 2 ;;
            --lab=*) LAB_NAME=${1#*=}; shift ;;
            *) break ;;
        esac
    done
    ARGS=("$@")
    use_name
}

use_name() {
    [[ $LAB_NAME =~ ^[a-z0-9]([a-z0-9-]{0,22}[a-z0-9])?$ ]] || die "a lab's name is 1 to 24 of a-z, 0-9 and -, not '$LAB_NAME'"
    LAB_DIR=$LAB_STATE/labs/$LAB_NAME
    LAB_LOCK=$LAB_STATE/locks/$LAB_NAME
    LAB_NETNS=rk-$LAB_NAME-co
}

need_root() { [ "$(id -u)" = 0 ] || die "this needs root"; }

# load_lab: what `up` wrote down about the lab that runs.
load_lab() {
    need_root
    [ -f "$LAB_DIR/env" ] || die "no lab '$LAB_NAME' is up; start one with lab/up"
    # shellcheck disable=SC1091
    . "$LAB_DIR/env"
}

# host_number MEMBER: etcd-2 or 2 gives 2.
host_number() {
    local n=${1#etcd-}
    [[ $n =~ ^[1-9][0-9]?$ ]] && [ -d "$LAB_DIR/hosts/$n" ] || die "lab '$LAB_NAME' has no member '$1' (it has: ${LAB_MEMBERS:-none})"
    printf '%s\n' "$n"
}

host_netns() { printf 'rk-%s-%s\n' "$LAB_NAME" "$1"; }
host_ip() { printf '10.87.%s.%s\n' "$LAB_INDEX" "$((10 + $1))"; }
numbers() { seq 1 "$LAB_COUNT"; }
# Those that are members from the start; the others are spare.
member_numbers() { seq 1 $((LAB_COUNT - LAB_SPARE)); }

# in_coordinator CMD...: only the network differs; directory, environment and mounts stay.
in_coordinator() { nsenter --net="/run/netns/$LAB_NETNS" -- "$@"; }

# in_host I CMD...: as root in the host, without SSH.
in_host() {
    local pid
    pid=$(leader_pid "$1") || die "etcd-$1 is not running; lab/power on etcd-$1"
    shift
    nsenter --target "$pid" --mount --uts --ipc --net --pid --cgroup --root --wd -- \
        /usr/bin/env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
        HOME=/root USER=root LOGNAME=root SHELL=/bin/bash TERM="${TERM:-dumb}" LANG=C.UTF-8 "$@"
}

# leader_pid I: the host's PID 1 as this machine sees it, or failure.
leader_pid() {
    local pid child
    pid=$(nspawn_pid "$1") || return 1
    for child in $(cat "/proc/$pid/task/$pid/children" 2>/dev/null); do
        [ "$(cat "/proc/$child/comm" 2>/dev/null)" = systemd ] && { printf '%s\n' "$child"; return 0; }
    done
    return 1
}

# nspawn_pid I: from the pid file, and only if that process is still this host's (pids are used again).
nspawn_pid() {
    local pid
    pid=$(cat "$LAB_DIR/hosts/$1/pid" 2>/dev/null) || return 1
    # no pipe: where grep is done first, its writer's SIGPIPE would be the answer
    grep -qszxF -- "--machine=$(host_netns "$1")" "/proc/$pid/cmdline" || return 1
    printf '%s\n' "$pid"
}

# take_lock FD FILE: waits for it. A file that its last holder removed is no lock, so look again.
take_lock() {
    local fd=$1 file=$2
    while :; do
        mkdir -p -m 700 "$(dirname "$file")"
        if eval "exec $fd> \"\$file\"" 2>/dev/null; then
            flock -w "$LAB_TIMEOUT" "$fd" || die "another lab/up or lab/down has held $file for $LAB_TIMEOUT s"
            [ "$file" -ef "/proc/self/fd/$fd" ] && return 0
        fi
    done
}

# wait_for WHAT CMD...: polls until CMD succeeds.
wait_for() {
    local what=$1 deadline=$((SECONDS + LAB_TIMEOUT))
    shift
    until "$@" >/dev/null 2>&1; do
        [ "$SECONDS" -lt "$deadline" ] || { note "gave up after $LAB_TIMEOUT s waiting for $what"; return 1; }
        sleep 0.05
    done
}

# A banner and not just the port: sshd is then through its start.
sshd_answers() { in_coordinator timeout 1 bash -c "exec 3<>/dev/tcp/$1/22 && read -r -t 1 line <&3 && [[ \$line == SSH-2.0-* ]]"; }

etcdctl() {
    local tls=()
    [ "$LAB_TLS" = 1 ] && tls=(--cacert "$LAB_DIR/pki/ca.crt" --cert "$LAB_DIR/pki/client.crt" --key "$LAB_DIR/pki/client.key")
    in_coordinator env -u ETCDCTL_ENDPOINTS ETCDCTL_API=3 "$LAB_ETCDCTL" "${tls[@]}" "$@"
}

cluster_healthy() { etcdctl --endpoints "$LAB_ENDPOINTS" --dial-timeout 1s --command-timeout 2s endpoint health; }

# on_all FUNCTION: FUNCTION I for every host at the same time; fails when one fails.
on_all() {
    local i failed=0 pids=()
    for i in $(numbers); do "$@" "$i" & pids+=($!); done
    for i in "${pids[@]}"; do wait "$i" || failed=1; done
    return $failed
}
