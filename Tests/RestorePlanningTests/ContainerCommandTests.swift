import Testing

@testable import RestorePlanning

@Suite("A container's command in a unit")
struct ContainerCommandTests {
    private func settings(
        _ line: String,
        files: [String: String] = [:]
    ) throws -> EtcdConfiguration {
        let words = line.split(separator: " ").map(String.init)
        return try #require(ContainerCommand(words)).configuration(files)
    }

    @Test("tells etcd's settings, and not the container's of the same names")
    func quadlet() throws {
        let found = try settings(
            """
            /usr/bin/podman run --name etcd --cidfile=/run/etcd.cid --replace --rm --cgroups=split \
            --network host --sdnotify=conmon -d -v /var/lib/etcd:/etcd-data:Z \
            --label io.containers.autoupdate=registry quay.io/coreos/etcd:v3.5.16 \
            /usr/local/bin/etcd --name etcd-1 --data-dir /etcd-data
            """
        )
        #expect(found.values == ["name": "etcd-1", "data-dir": "/var/lib/etcd"])
    }

    @Test("is read as docker reads its options, with or without =, and short ones in one word")
    func options() throws {
        for options in [
            "-it -v /srv/a:/data", "-dv/srv/a:/data", "-d --volume=/srv/a:/data", "-v=/srv/a:/data",
            "--privileged --mount type=bind,source=/srv/a,target=/data -u 0",
            "--env-host --mount=type=bind,src=/srv/a,dst=/data,ro --",
        ] {
            let found = try settings("docker --debug run \(options) etcd etcd --data-dir=/data/x")
            #expect(found["data-dir"] == "/srv/a/x", "\(options)")
        }
    }

    @Test("has its variables from --env and --env-file, and none of the unit's")
    func variables() throws {
        let found = try settings(
            """
            docker run --env-file=/etc/etcd.env -e ETCD_NAME=etcd-2 \
            --env ETCD_DATA_DIR=/var/lib/etcd -v /var/lib/etcd:/var/lib/etcd etcd:3.5 etcd
            """,
            files: [
                "/etc/etcd.env":
                    "# a comment\nETCD_INITIAL_CLUSTER_TOKEN=\"a\"\nETCD_NAME=overridden\r\n"
            ]
        )
        #expect(
            found.values == [
                "name": "etcd-2", "data-dir": "/var/lib/etcd", "initial-cluster-token": "\"a\"",
            ]
        )
    }

    @Test("says no directory that would be gone with the container")
    func inside() throws {
        let found = try settings("podman run -v etcd-volume:/data etcd etcd --data-dir=/data")
        #expect(found["data-dir"] == nil)
    }

    @Test("has a configuration file, which is read where the host has it")
    func file() throws {
        let words =
            "podman run -v /srv/etcd:/etc/etcd -v /d:/e etcd etcd --config-file=/etc/etcd/a.yaml"
        let unread = try settings(words)
        #expect(unread.unreadableFile == "/srv/etcd/a.yaml")
        #expect(unread.values.isEmpty)
        let read = try settings(
            words,
            files: ["/srv/etcd/a.yaml": "name: etcd-1\ndata-dir: /e\n"]
        )
        #expect(read.values == ["name": "etcd-1", "data-dir": "/d"])
    }

    @Test("is no such command where nothing is run, or there is no image")
    func others() {
        for line in [
            "", "/usr/bin/etcd --name run", "podman start -a etcd", "docker run", "podman run --rm",
            "docker run --name", "/usr/local/bin/docker-etcd run x",
        ] {
            let words = line.split(separator: " ").map(String.init)
            #expect(ContainerCommand(words) == nil, "\(line)")
        }
    }
}
