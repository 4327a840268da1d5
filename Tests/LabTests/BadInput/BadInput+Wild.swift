extension BadInput {
    /// What hosts have that people run etcd on, and what would be found too late.
    static let wild: [BadInput] = mounts + owners + settings

    private static let member = "/var/lib/etcd/member"

    private static let mounts: [BadInput] = [
        host(
            "a disk at member/wal",
            ["mounts", "\(member)/wal is a mount point below /var/lib/etcd"],
            fault: .on(
                2,
                "mount --bind \(member)/wal \(member)/wal",
                undo: "umount \(member)/wal"
            )
        ),
        host(
            "a line of fstab for a disk at member/wal that is not mounted now",
            ["/etc/fstab mounts something on \(member)/wal", "laid over the restored data"],
            fault: .on(
                2,
                "cp -p /etc/fstab /root/fstab; echo '/dev/vdb1 \(member)/wal ext4 noauto 0 0' >>/etc/fstab",
                undo: "cat /root/fstab >/etc/fstab; rm /root/fstab"
            )
        ),
        host(
            "a WAL that is a symbolic link to another disk",
            ["links", "\(member)/wal is a symbolic link to /srv/wal"],
            fault: .on(
                2,
                "systemctl stop etcd.service && mv \(member)/wal /srv/wal && ln -s /srv/wal \(member)/wal",
                undo:
                    "rm \(member)/wal && mv /srv/wal \(member)/wal && systemctl start etcd.service"
            )
        ),
    ]

    private static let owners: [BadInput] = [
        host(
            "a user that the host does not have",
            ["the inventory says the user etcdx", "getent passwd etcdx"]
        ) { try $0.inventory(member: 2, adding: "etcd: {user: etcdx}") },
        host(
            "a group that the host does not have",
            ["the inventory says the group etcdx", "getent group etcdx"]
        ) { try $0.inventory(member: 2, adding: "etcd: {group: etcdx}") },
    ]

    private static let dropIn = "/etc/systemd/system/etcd.service.d"

    private static let settings: [BadInput] = [
        host(
            "force-new-cluster left in a drop-in of one host",
            ["force-new-cluster is on (\(dropIn)/once.conf:3)", "take it out"],
            fault: .on(
                2,
                "mkdir \(dropIn) && printf '%s\\n' '[Service]' '# once' "
                    + "Environment=ETCD_FORCE_NEW_CLUSTER=true >\(dropIn)/once.conf && systemctl daemon-reload",
                undo: "rm -r \(dropIn) && systemctl daemon-reload"
            )
        )
    ]
}
