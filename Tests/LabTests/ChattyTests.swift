import Testing

@Suite(
    "Hosts that print what nobody asked for",
    .serialized,
    .enabled(if: Lab.unavailable == nil, "the lab cannot run on this machine"),
    .lab("chatty", etcd: "3.5")
)
struct ChattyTests {
    @Test("are restored as others are, profile scripts, rc file and banner or not")
    func restore() throws {
        let lost = try LostCluster(.current)
        let lab = try Lab.current
        for member in 1...3 {
            try lab.exec(
                member,
                """
                usermod -s /bin/bash ops
                cat >/home/ops/.bashrc <<'RC'
                echo "Welcome to $(hostname)"
                echo "$BASH_EXECUTION_STRING"
                echo 'stty: Inappropriate ioctl for device' >&2
                printf 'no end of line'
                RC
                echo 'seq 9999; echo rc >&2' >/home/ops/.ssh/rc
                chown ops: /home/ops/.bashrc /home/ops/.ssh/rc
                seq 500 | tr '7' '\\007' >/etc/banner
                echo 'Banner /etc/banner' >>/etc/ssh/sshd_config
                systemctl restart ssh
                """
            )
        }
        let noise = try lab.script("ssh", ["etcd-2", "true"])
        #expect(noise.outputText.contains("Welcome to") && noise.outputText.contains("9999"))
        let restore = try lost.rekindle("restore", "--snapshot", lost.snapshot, "--yes", "-v")
        #expect(restore.status == 0, "\(restore.errorText)")
        #expect(!(restore.outputText + restore.errorText).contains("Welcome to"))
        try lost.requireRestored()
    }
}
