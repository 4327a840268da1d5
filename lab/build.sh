# shellcheck shell=bash disable=SC2034
# The contents of the hosts: keys, the part that all have, and the part that is each host's own. Sourced by up.

issue() { # issue FILE CN SAN
    local san=()
    [ -z "$3" ] || san=(-addext "subjectAltName=$3")
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -CA ca.crt -CAkey ca.key \
        -subj "/O=rekindle-lab/CN=$2" -keyout "$1.key" -out "$1.crt" -addext basicConstraints=critical,CA:FALSE \
        -addext keyUsage=critical,digitalSignature -addext extendedKeyUsage=serverAuth,clientAuth "${san[@]}" 2>/dev/null
}

# build_keys: one CA, a server and a peer certificate for every host, one client certificate; SSH keys of the user and the hosts.
build_keys() {
    local i san
    mkdir -p "$LAB_DIR/pki" "$LAB_DIR/hostkeys"
    ssh-keygen -q -t ed25519 -N '' -C "rekindle-lab-$LAB_NAME" -f "$LAB_DIR/id_ed25519"
    : > "$LAB_DIR/known_hosts"
    for i in $(numbers); do
        ssh-keygen -q -t ed25519 -N '' -C "etcd-$i" -f "$LAB_DIR/hostkeys/$i"
        printf '%s,etcd-%s %s\n' "$(host_ip "$i")" "$i" "$(cut -d' ' -f1,2 "$LAB_DIR/hostkeys/$i.pub")" >> "$LAB_DIR/known_hosts"
    done
    [ "$LAB_TLS" = 1 ] || return 0
    cd "$LAB_DIR/pki" || return
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj "/O=rekindle-lab/CN=etcd-ca" \
        -keyout ca.key -out ca.crt -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign 2>/dev/null
    issue client root ''
    for i in $(numbers); do
        san="DNS:etcd-$i,DNS:localhost,IP:$(host_ip "$i"),IP:127.0.0.1"
        issue "server-$i" "etcd-$i" "$san"
        issue "peer-$i" "etcd-$i" "$san"
    done
    chmod 600 ./*.key
}

# build_base: what all hosts have. `root` is copied for each; `usr` is the upper-most read-only layer over this machine's /usr.
build_base() {
    local b=$LAB_DIR/base r=$LAB_DIR/base/root f d
    install -d -m 755 "$r" "$b/usr"
    for d in bin sbin lib lib32 lib64 libx32; do [ -L "/$d" ] && cp -a "/$d" "$r/$d"; done
    for d in boot dev etc home media mnt opt proc run srv sys usr; do install -d -m 755 "$r/$d"; done
    install -d -m 755 "$r"/var/{cache,lib,lib/misc,lib/systemd,local,log,opt,spool,mail}
    install -d -m 1777 "$r/tmp" "$r/var/tmp"
    install -d -m 700 "$r/root"
    ln -s /run "$r/var/run"; ln -s /run/lock "$r/var/lock"

    # Of this machine's /etc only what programs need; nothing that its owner set up.
    for f in adduser.conf alternatives debian_version group gshadow host.conf init.d inputrc issue ld.so.cache ld.so.conf ld.so.conf.d \
        localtime login.defs mke2fs.conf networks nsswitch.conf os-release pam.conf pam.d passwd protocols rpc security \
        selinux services shadow shells skel sudo.conf terminfo timezone dbus-1; do
        [ ! -e "/etc/$f" ] || cp -a "/etc/$f" "$r/etc/$f"
    done
    mkdir -p "$r/etc/ssl"; cp -a /etc/ssl/openssl.cnf "$r/etc/ssl/" 2>/dev/null || true
    mkdir -p "$r"/etc/{default,ssh,sudoers.d,profile.d,tmpfiles.d,sysctl.d,environment.d,systemd/system/multi-user.target.wants}
    : > "$r/etc/fstab"; : > "$r/etc/environment"; : > "$r/etc/resolv.conf"
    ln -s ../proc/self/mounts "$r/etc/mtab"
    printf 'LANG=C.UTF-8\n' > "$r/etc/locale.conf"
    printf 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\nexport PATH\nPS1='"'"'\\u@\\h:\\w\\$ '"'"'\n' > "$r/etc/profile"
    # The users of the system, without this machine's people.
    awk -F: '$3 < 1000 || $1 == "nobody"' /etc/passwd | sed 's,^\(root:.*\):[^:]*$,\1:/bin/bash,' > "$r/etc/passwd"
    awk -F: '$3 < 1000 || $1 == "nogroup"' /etc/group | sed 's/:[^:]*$/:/' > "$r/etc/group"
    awk -F: 'NR == FNR {have[$1] = 1; next} $1 in have {print $1 ":*:19000:0:99999:7:::"}' "$r/etc/passwd" /etc/shadow > "$r/etc/shadow"
    echo 'ops:x:1000:1000:Operator:/home/ops:/bin/bash' >> "$r/etc/passwd"
    echo 'ops:x:1000:' >> "$r/etc/group"
    echo 'ops:*:19000:0:99999:7:::' >> "$r/etc/shadow"
    awk -F: '{print $1 ":*::"}' "$r/etc/group" > "$r/etc/gshadow"
    chmod 640 "$r/etc/shadow" "$r/etc/gshadow"; chgrp shadow "$r/etc/shadow" "$r/etc/gshadow"

    install -d -m 755 -o 1000 -g 1000 "$r/home/ops"
    install -d -m 700 -o 1000 -g 1000 "$r/home/ops/.ssh"
    install -d -m 700 "$r/root/.ssh"
    install -m 600 -o 1000 -g 1000 "$LAB_DIR/id_ed25519.pub" "$r/home/ops/.ssh/authorized_keys"
    install -m 600 "$LAB_DIR/id_ed25519.pub" "$r/root/.ssh/authorized_keys"

    cat > "$r/etc/sudoers" <<'SUDO'
Defaults env_reset
Defaults secure_path="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
root ALL=(ALL:ALL) ALL
@includedir /etc/sudoers.d
SUDO
    echo 'ops ALL=(ALL:ALL) NOPASSWD: ALL' > "$r/etc/sudoers.d/ops"
    chmod 440 "$r/etc/sudoers" "$r/etc/sudoers.d/ops"
    cat > "$r/etc/ssh/sshd_config" <<'SSHD'
HostKey /etc/ssh/ssh_host_ed25519_key
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
UseDNS no
PrintMotd no
AcceptEnv LANG LC_*
Subsystem sftp /usr/lib/openssh/sftp-server
SSHD

    build_units "$r"
    build_usr "$b/usr"
    etcd_dirs "$r"
}

# Boot only what the host is for.
build_units() {
    local s=$1/etc/systemd f unit
    mkdir -p "$s/journald.conf.d" "$s/system.conf.d"
    printf '[Journal]\nStorage=volatile\nRuntimeMaxUse=32M\nForwardToSyslog=no\n' > "$s/journald.conf.d/lab.conf"
    printf '[Manager]\nStatusUnitFormat=name\n' > "$s/system.conf.d/lab.conf"
    ln -s /lib/systemd/system/multi-user.target "$s/system/default.target"
    ln -s /lib/systemd/system/ssh.service "$s/system/multi-user.target.wants/ssh.service"
    ln -s /lib/systemd/system/ssh.service "$s/system/sshd.service"
    for f in /usr/lib/systemd/system/{multi-user,graphical,basic,sysinit,sockets,timers,local-fs,remote-fs,getty,machines}.target.wants/*; do
        unit=$(basename "$f")
        case $unit in
            dbus.*|systemd-journald.service|systemd-journald.socket|systemd-journald-dev-log.socket|systemd-tmpfiles-setup.service| \
            systemd-user-sessions.service|'*') ;;
            *) ln -sf /dev/null "$s/system/$unit" ;;
        esac
    done
    # What other things would start: logind and polkit by D-Bus, sshd by socket, user managers by a login.
    for unit in systemd-logind.service polkit.service ssh.socket user@.service systemd-udevd.service systemd-udevd-control.socket \
        systemd-udevd-kernel.socket systemd-udev-trigger.service systemd-networkd.service systemd-resolved.service \
        systemd-timesyncd.service console-getty.service getty@.service systemd-remount-fs.service e2scrub_reap.service; do
        ln -sf /dev/null "$s/system/$unit"
    done
    f=$s/system/etcd.service
    if [ "$LAB_VENDOR_UNIT" = 1 ]; then
        mkdir -p "$LAB_DIR/base/usr/lib/systemd/system"
        f=$LAB_DIR/base/usr/lib/systemd/system/etcd.service
        ln -s /lib/systemd/system/etcd.service "$s/system/multi-user.target.wants/etcd.service"
    else
        ln -s /etc/systemd/system/etcd.service "$s/system/multi-user.target.wants/etcd.service"
    fi
    cat > "$f" <<'UNIT'
[Unit]
Description=etcd key-value store
After=network-online.target
Wants=network-online.target
StartLimitIntervalSec=0

[Service]
Type=notify
User=etcd
Group=etcd
EnvironmentFile=/etc/default/etcd
ExecStart=/usr/bin/etcd
Restart=always
RestartSec=1s
TimeoutStartSec=90s
LimitNOFILE=65536
OOMScoreAdjust=-900

[Install]
WantedBy=multi-user.target
UNIT
}

build_usr() {
    local u=$1 f
    # Empty, whatever this machine has there.
    install -d -m 755 "$u"/local/{bin,sbin,etc,lib,share,src} "$u/lib/tmpfiles.d" "$u/lib/systemd/system-generators"
    opaque "$u/local" "$u/lib/tmpfiles.d" "$u/lib/systemd/system-generators"
    for f in systemd tmp var legacy debian dbus sudo sshd openssh-server systemd-tmp; do
        [ ! -f "/usr/lib/tmpfiles.d/$f.conf" ] || cp -a "/usr/lib/tmpfiles.d/$f.conf" "$u/lib/tmpfiles.d/"
    done
    # Debian's 3.4 has none; one that this machine has from elsewhere must not show.
    mkdir -p "$u/bin"
    if [ "$LAB_ETCD" = 3.4 ] && [ -e /usr/bin/etcdutl ]; then mknod "$u/bin/etcdutl" c 0 0; fi
    rmdir "$u/bin" 2>/dev/null || true
}

opaque() {
    /usr/bin/python3 -c 'import os, sys
for d in sys.argv[1:]: os.setxattr(d, "trusted.overlay.opaque", b"y")' "$@"
}

etcd_dirs() {
    install -d -m 700 -o etcd -g etcd "$1$LAB_DATA_DIR"
    [ -z "$LAB_WAL_DIR" ] || install -d -m 700 -o etcd -g etcd "$1$(dirname "$LAB_WAL_DIR")"
}

# build_host I: its own names, addresses and keys.
build_host() {
    local i=$1 h=$LAB_DIR/hosts/$1 j r ip s=https p=$LAB_DIR/pki
    r=$h/pristine; ip=$(host_ip "$i")
    mkdir -p "$h" "$h/usr.upper" "$h/usr.work"
    chmod 755 "$h/usr.upper"
    cp -a "$LAB_DIR/base/root" "$r"
    echo "etcd-$i" > "$r/etc/hostname"
    tr -d '\n-' < /proc/sys/kernel/random/uuid > "$r/etc/machine-id"; echo >> "$r/etc/machine-id"; chmod 444 "$r/etc/machine-id"
    {
        echo '127.0.0.1 localhost'
        for j in $(numbers); do echo "$(host_ip "$j") etcd-$j"; done
    } > "$r/etc/hosts"
    install -m 600 "$LAB_DIR/hostkeys/$i" "$r/etc/ssh/ssh_host_ed25519_key"
    install -m 644 "$LAB_DIR/hostkeys/$i.pub" "$r/etc/ssh/ssh_host_ed25519_key.pub"

    [ "$LAB_TLS" = 1 ] || s=http
    {
        echo "ETCD_NAME=etcd-$i"
        echo "ETCD_DATA_DIR=$LAB_DATA_DIR"
        [ -z "$LAB_WAL_DIR" ] || echo "ETCD_WAL_DIR=$LAB_WAL_DIR"
        echo "ETCD_LISTEN_PEER_URLS=$s://$ip:2380"
        echo "ETCD_LISTEN_CLIENT_URLS=$s://$ip:2379,$s://127.0.0.1:2379"
        echo "ETCD_INITIAL_ADVERTISE_PEER_URLS=$s://$ip:2380"
        echo "ETCD_ADVERTISE_CLIENT_URLS=$s://$ip:2379"
        echo "ETCD_INITIAL_CLUSTER=$(for j in $(member_numbers); do echo "etcd-$j=$s://$(host_ip "$j"):2380"; done | paste -sd,)"
        echo "ETCD_INITIAL_CLUSTER_TOKEN=lab-$LAB_NAME"
        echo "ETCD_INITIAL_CLUSTER_STATE=new"
        echo "ETCD_QUOTA_BACKEND_BYTES=8589934592"
        echo "ETCD_LOGGER=zap"
        [ "$LAB_TLS" = 1 ] && cat <<'TLS'
ETCD_CLIENT_CERT_AUTH=true
ETCD_TRUSTED_CA_FILE=/etc/etcd/pki/ca.crt
ETCD_CERT_FILE=/etc/etcd/pki/server.crt
ETCD_KEY_FILE=/etc/etcd/pki/server.key
ETCD_PEER_CLIENT_CERT_AUTH=true
ETCD_PEER_TRUSTED_CA_FILE=/etc/etcd/pki/ca.crt
ETCD_PEER_CERT_FILE=/etc/etcd/pki/peer.crt
ETCD_PEER_KEY_FILE=/etc/etcd/pki/peer.key
TLS
        true
    } > "$r/etc/default/etcd"
    if [ "$LAB_TLS" = 1 ]; then
        install -d -m 755 "$r/etc/etcd"
        install -d -m 750 -o root -g etcd "$r/etc/etcd/pki"
        install -m 644 "$p/ca.crt" "$r/etc/etcd/pki/ca.crt"
        for j in "server-$i server" "peer-$i peer" "client client"; do
            # shellcheck disable=SC2086
            set -- $j
            install -m 644 "$p/$1.crt" "$r/etc/etcd/pki/$2.crt"
            install -m 640 -o root -g etcd "$p/$1.key" "$r/etc/etcd/pki/$2.key"
        done
    fi
    [ "$i" -le $((LAB_COUNT - LAB_SPARE)) ] || rm -f "$r/etc/systemd/system/multi-user.target.wants/etcd.service"
    cp -a "$r" "$h/root"
    [ "$LAB_MOUNT" -gt 0 ] || return 0
    truncate -s "${LAB_MOUNT}M" "$h/disk.img"
    mkfs.ext4 -q -m 0 -E root_owner="$(id -u etcd):$(id -g etcd)" "$h/disk.img"
}

# After the first mount: a fresh file system's root is 0755.
build_disk() {
    [ "$LAB_MOUNT" -gt 0 ] || return 0
    chmod 700 "$LAB_DIR/hosts/$1/root$LAB_DATA_DIR"
}

# build_net: one bridge in the coordinator's namespace, one veth pair to each host.
build_net() {
    local i ns
    ip netns add "$LAB_NETNS"
    ip -n "$LAB_NETNS" -batch - <<NET
link set lo up
link add br0 type bridge forward_delay 0
addr add 10.87.$LAB_INDEX.1/24 dev br0
link set br0 up
NET
    for i in $(numbers); do
        ns=$(host_netns "$i")
        ip netns add "$ns"
        ip link add "e$i" netns "$LAB_NETNS" type veth peer name eth0 netns "$ns"
        ip -n "$LAB_NETNS" -batch - <<NET
link set e$i master br0
link set e$i up
NET
        ip -n "$ns" -batch - <<NET
link set lo up
addr add $(host_ip "$i")/24 dev eth0
link set eth0 up
NET
    done
}

write_inventory() {
    local i s=https
    [ "$LAB_TLS" = 1 ] || s=http
    cat <<INV
cluster:
  name: lab
  initial-cluster-token: auto
etcd:
  data-dir: $LAB_DATA_DIR
  wal-dir: ${LAB_WAL_DIR:-~}
  user: etcd
  group: etcd
INV
    if [ "$LAB_TLS" = 1 ]; then
        printf '  cacert: /etc/etcd/pki/ca.crt\n  cert: /etc/etcd/pki/client.crt\n  key: /etc/etcd/pki/client.key\n'
    fi
    cat <<INV
service: {kind: systemd, unit: etcd.service}
ssh:
  user: ops
  port: 22
  identity-files: [$LAB_DIR/id_ed25519]
  known-hosts: $LAB_DIR/known_hosts
  become: sudo
members:
INV
    for i in $(member_numbers); do
        printf '  - {name: etcd-%s, host: %s, initial-advertise-peer-urls: [%s], advertise-client-urls: [%s]}\n' \
            "$i" "$(host_ip "$i")" "$s://$(host_ip "$i"):2380" "$s://$(host_ip "$i"):2379"
    done
}

write_env() {
    local i v s=https
    [ "$LAB_TLS" = 1 ] || s=http
    LAB_MEMBERS=$(for i in $(member_numbers); do echo "etcd-$i"; done | paste -sd' ')
    LAB_IPS=$(for i in $(numbers); do host_ip "$i"; done | paste -sd' ')
    LAB_ENDPOINTS=$(for i in $(member_numbers); do echo "$s://$(host_ip "$i"):2379"; done | paste -sd,)
    LAB_ETCDCTL=/usr/bin/etcdctl
    [ "$LAB_ETCD" = 3.5 ] && LAB_ETCDCTL=$LAB_CACHE/etcd-3.5/usr/bin/etcdctl
    LAB_INVENTORY=$LAB_DIR/inventory.yaml LAB_SSH_KEY=$LAB_DIR/id_ed25519 LAB_KNOWN_HOSTS=$LAB_DIR/known_hosts LAB_PKI=$LAB_DIR/pki
    for v in NAME DIR NETNS INDEX COUNT SPARE ETCD TLS MOUNT VENDOR_UNIT DATA_DIR WAL_DIR MEMBERS IPS ENDPOINTS ETCDCTL INVENTORY SSH_KEY \
        KNOWN_HOSTS PKI; do
        v=LAB_$v; printf '%s=%q\n' "$v" "${!v}"
    done
    for i in $(numbers); do printf 'LAB_IP_%s=%s\n' "$i" "$(host_ip "$i")"; done
}
