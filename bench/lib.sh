# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034
# Shared by the benchmarks. Sourced, never run. It gives rekindle, results, work and the functions below; the caller sets lab.
bench_home=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
results=$bench_home/results
cd "$bench_home/.." || exit

die() { printf 'bench: %s\n' "$*" >&2; exit 1; }
note() { printf '# %s\n' "$*" >&2; }
usage() { sed -n '2,/^[^#]/{/^#/!d;s/^# \{0,1\}//;p}' "$0"; }
whole() { [[ $2 =~ ^[1-9][0-9]*$ ]] || { echo "bench: $1 takes a whole number above 0, not '$2'" >&2; exit 64; }; }

x() { local command=$1; shift; "lab/$command" --lab "$lab" "$@"; }

# begin: the binary ($REKINDLE, else a release build), a place for files, and an end that leaves nothing.
begin() {
    lab/available || exit 1
    if [ -n "${REKINDLE:-}" ]; then rekindle=$REKINDLE
    else
        note "building"
        swift build -c release --product rekindle >&2
        rekindle=$PWD/.build/release/rekindle
    fi
    "$rekindle" --version >/dev/null || die "$rekindle does not run"
    mkdir -p "$results"
    work=$(mktemp -d "${TMPDIR:-/var/tmp}/rekindle-bench.XXXXXX")
    export REKINDLE_STATE_DIR=$work/state
    trap 'x down; rm -rf "$work"' EXIT
}

# cluster_up VERSION: and its description in the environment.
cluster_up() {
    x up 3 --etcd "$1" >&2
    set -a
    # shellcheck disable=SC1090
    . "$(x env)"
    set +a
    export REKINDLE_INVENTORY=$LAB_INVENTORY
}

count_keys() { x etcdctl get '' --prefix --limit 1 --keys-only -w fields | sed -nE 's/^"Count" : //p'; }
value_of() { x etcdctl get "$1" --print-value-only; }

# tidy_hosts: what earlier runs set aside goes away, and what is written is on disk, so that no run pays for the one before.
tidy_hosts() {
    local i
    for i in 1 2 3; do x exec "$i" sh -c 'rm -rf /var/lib/etcd/.rekindle /var/lib/etcd.before-*'; done
    sync
}

# idle_percent: how much of this machine's processors nobody wanted, for one second.
idle_percent() {
    local all1 idle1 all2 idle2
    read -r all1 idle1 < <(cpu_ticks)
    sleep 1
    read -r all2 idle2 < <(cpu_ticks)
    echo $((100 * (idle2 - idle1) / (all2 - all1)))
}
cpu_ticks() { awk '/^cpu / {for (i = 2; i <= 9; i++) all += $i; print all, $5 + $6}' /proc/stat; }

machine() {
    printf '%s, %s cores, %s GiB of memory, %s, kernel %s' "$(. /etc/os-release; echo "$PRETTY_NAME")" "$(nproc)" \
        "$(awk '/MemTotal/ {printf "%.0f", $2 / 1048576}' /proc/meminfo)" "$(sed -n 's/^model name[^:]*: //p;T;q' /proc/cpuinfo)" "$(uname -r)"
}
