# shellcheck shell=bash
# Power of one host, and taking a whole lab down. Sourced by up, down and power.

# mount_host I: the host's disk; a plain directory with an overlay of this machine's /usr, so that nothing is installed twice.
mount_host() {
    local h=$LAB_DIR/hosts/$1 lower=$LAB_DIR/base/usr
    [ "$LAB_ETCD" = 3.5 ] && lower+=:$LAB_CACHE/etcd-3.5/usr
    mountpoint -q "$h/root/usr" ||
        mount -t overlay "rk-$LAB_NAME-$1" -o "lowerdir=$lower:/usr,upperdir=$h/usr.upper,workdir=$h/usr.work" "$h/root/usr"
    [ -f "$h/disk.img" ] || return 0
    mountpoint -q "$h/root$LAB_DATA_DIR" || mount -o loop "$h/disk.img" "$h/root$LAB_DATA_DIR"
}

# own_cgroups NAME: a cgroup of its own for every host. Without it all hosts' systemds share one tree, and stopping etcd in one
# kills it in the others. Only the two hierarchies that a container's systemd writes to.
own_cgroups() {
    local line dir
    while IFS= read -r line; do
        case $line in
            *:name=systemd:*) dir=/sys/fs/cgroup/systemd ;;
            0::*) dir=/sys/fs/cgroup; [ -d /sys/fs/cgroup/unified ] && dir=/sys/fs/cgroup/unified ;;
            *) continue ;;
        esac
        [ -f "$dir/cgroup.procs" ] || continue
        mkdir -p "$dir/rekindle-lab/$1" && printf '%s\n' "$dir/rekindle-lab/$1"
    done < /proc/self/cgroup
}

# boot_host I: returns at once; the host boots.
boot_host() {
    local i=$1 h=$LAB_DIR/hosts/$1 machine cg
    machine=$(host_netns "$i")
    mount_host "$i"
    cg=$(own_cgroups "$machine")
    (
        for d in $cg; do echo "$BASHPID" > "$d/cgroup.procs"; done
        exec 8>&- 9>&- </dev/null >>"$h/console" 2>&1
        export SYSTEMD_NSPAWN_LOCK=0
        exec setsid systemd-nspawn --quiet --boot --directory="$h/root" --machine="$machine" --hostname="etcd-$i" \
            --network-namespace-path="/run/netns/$machine" --register=no --keep-unit --console=read-only \
            --resolv-conf=off --timezone=off --link-journal=no
    ) &
    echo $! > "$h/pid"
}

# kill_host I: as a power cut does. What is in the host's network namespace or is its nspawn dies at once.
kill_host() {
    local i=$1 pid
    if pid=$(nspawn_pid "$i"); then kill -KILL "$pid" 2>/dev/null || true; fi
    kill_netns "$(host_netns "$i")"
    rm -f "$LAB_DIR/hosts/$i/pid"
    remove_cgroups "$(host_netns "$i")"
}

# kill_netns NAME: all processes in it but this one and those that called it (lab/down may itself have been called through lab/run).
kill_netns() {
    local pid pids spare left
    [ -e "/run/netns/$1" ] || return 0
    spare=" $(ancestors) "
    for _ in $(seq 1 200); do
        left=
        mapfile -t pids < <(ip netns pids "$1" 2>/dev/null)
        for pid in "${pids[@]}"; do
            case $spare in *" $pid "*) continue ;; esac
            # What is gone by now was our own `ip`.
            if kill -KILL "$pid" 2>/dev/null; then left+=" $pid"; fi
        done
        [ -n "$left" ] || return 0
        sleep 0.02
    done
    die "processes in $1 do not die:$left"
}

ancestors() {
    local pid=$BASHPID
    while [ "$pid" -gt 1 ]; do
        printf '%s ' "$pid"
        pid=$(sed 's/.*) //' "/proc/$pid/stat" | cut -d' ' -f2)
    done
}

remove_cgroups() {
    local root
    for root in /sys/fs/cgroup/systemd /sys/fs/cgroup/unified /sys/fs/cgroup; do
        [ -d "$root/rekindle-lab/$1" ] || continue
        for _ in $(seq 1 50); do
            find "$root/rekindle-lab/$1" -depth -type d -exec rmdir {} + 2>/dev/null || true
            [ -d "$root/rekindle-lab/$1" ] || break
            sleep 0.02
        done
        rmdir "$root/rekindle-lab" 2>/dev/null || true
    done
}

# destroy_lab: whatever is left of $LAB_NAME, also of one that crashed half-way up. The caller holds its lock, and so do the
# children of an `up` that was killed: when it is free, nothing builds there any more.
destroy_lab() {
    local ns i d m names
    names=$(ip netns list 2>/dev/null | awk '{print $1}' | grep -E "^rk-$LAB_NAME-(co|[0-9]+)$" || true)
    for d in "$LAB_DIR"/hosts/*/; do
        [ -d "$d" ] || continue
        i=$(basename "$d")
        if ns=$(nspawn_pid "$i"); then kill -KILL "$ns" 2>/dev/null || true; fi
    done
    for ns in $names; do kill_netns "$ns"; done
    for ns in $names; do
        remove_cgroups "$ns"
        rm -rf "/run/systemd/nspawn/propagate/$ns"
        ip netns delete "$ns"
    done
    for m in $(awk -v p="$LAB_DIR/" 'index($5, p) == 1 {print $5}' /proc/self/mountinfo | sort -r); do
        umount "$m" 2>/dev/null || umount -l "$m"
    done
    if grep -qF " $LAB_DIR/" /proc/self/mountinfo; then die "something under $LAB_DIR stays mounted; nothing was deleted"; fi
    rm -rf --one-file-system "$LAB_DIR"
}
