import ArgumentParser
import FoundationEssentials
import Testing
import Yams

@testable import RekindleCommands

@Suite("A Schedule of Velero that saves snapshots")
struct VeleroScheduleTests {
    @Test("is of velero.io/v1, and has what its definition asks for and nothing that it lacks")
    func schedule() throws {
        let documents = try Self.documents(Self.schedule())
        #expect(
            documents.map { $0["kind"]?.string }
                == ["PersistentVolumeClaim", "Deployment", "Schedule"]
        )
        let schedule = try #require(documents.last)
        #expect(schedule["apiVersion"]?.string == "velero.io/v1")
        #expect(schedule["metadata"]?["namespace"]?.string == "velero")
        let spec = try #require(schedule["spec"])
        #expect(Set(Self.keys(spec)) == ["schedule", "template"], "both are required")
        #expect(spec["schedule"]?.string == "0 */6 * * *")
        let template = try #require(spec["template"])
        // Velero 1.9, config/crd/v1/bases/velero.io_schedules.yaml; later ones add to it
        let known: Set = [
            "excludedNamespaces", "excludedResources", "hooks", "includeClusterResources",
            "includedNamespaces", "includedResources", "labelSelector", "metadata",
            "orderedResources", "snapshotVolumes", "storageLocation", "ttl",
            "volumeSnapshotLocations",
        ]
        #expect(Set(Self.keys(template)).subtracting(known) == [])
        #expect(template["includedNamespaces"]?.array().map(\.string) == ["rekindle"])
        #expect(template["snapshotVolumes"]?.bool == false)
        let labels = try #require(template["labelSelector"]?["matchLabels"]?.mapping)
        for document in documents.dropLast() {
            let metadata = try #require(document["metadata"])
            #expect(metadata["namespace"]?.string == "rekindle")
            for (key, value) in labels {
                #expect(metadata["labels"]?[key.string ?? ""] == value, "Velero finds it")
            }
        }
        let pod = try #require(documents[1]["spec"]?["template"])
        #expect(documents[1]["spec"]?["selector"]?["matchLabels"]?.mapping == labels)
        for (key, value) in labels {
            #expect(pod["metadata"]?["labels"]?[key.string ?? ""] == value)
        }
    }

    @Test("has a hook that Velero takes, and that is a save of rekindle to the volume it copies")
    func hook() throws {
        let pod = try #require(try Self.documents(Self.schedule())[1]["spec"]?["template"])
        let annotations = try #require(pod["metadata"]?["annotations"]?.mapping)
        // Velero, internal/hook/item_hook_handler.go; pkg/podvolume: backup-volumes
        let hook = "pre.hook.backup.velero.io"
        #expect(
            Set(annotations.keys.compactMap(\.string)) == [
                "\(hook)/container", "\(hook)/command", "\(hook)/timeout", "\(hook)/on-error",
                "backup.velero.io/backup-volumes",
            ]
        )
        let container = try #require(pod["spec"]?["containers"]?[0])
        #expect(annotations["\(hook)/container"]?.string == container["name"]?.string)
        #expect(annotations["\(hook)/timeout"]?.string == "21600s")
        #expect(annotations["\(hook)/on-error"]?.string == "Fail")
        let command = try #require(annotations["\(hook)/command"]?.string)
        #expect(command.hasPrefix("["))
        let words = try JSONDecoder().decode([String].self, from: Data(command.utf8))
        #expect(words.first == "rekindle")
        let save = try #require(
            try RekindleCommand.parseAsRoot(Array(words.dropFirst())) as? SnapshotSaveCommand
        )
        let copied = try #require(annotations["backup.velero.io/backup-volumes"]?.string)
        let mount = try #require(
            container["volumeMounts"]?.array().first { $0["name"]?.string == copied }?["mountPath"]?
                .string
        )
        #expect(save.to.hasPrefix(mount + "/"))
    }

    @Test("mounts every volume that it has, and has every volume that it mounts")
    func volumes() throws {
        let documents = try Self.documents(Self.schedule())
        let pod = try #require(documents[1]["spec"]?["template"]?["spec"])
        let volumes = Set(pod["volumes"]?.array().compactMap { $0["name"]?.string } ?? [])
        let mounts = ["containers", "initContainers"].flatMap { kind in
            pod[kind]?.array().flatMap { $0["volumeMounts"]?.array() ?? [] } ?? []
        }
        #expect(Set(mounts.compactMap { $0["name"]?.string }) == volumes)
        #expect(volumes == ["inventory", "ssh", "state", "home", "tmp"])
        for kind in ["containers", "initContainers"] {
            let context = pod[kind]?[0]?["securityContext"]
            #expect(context?["readOnlyRootFilesystem"]?.bool == true, "\(kind)")
        }
    }

    @Test(
        "keeps a word what it is, through YAML and through JSON",
        arguments: HostileWords.all
    )
    func word(_ word: String) throws {
        var schedule = Self.schedule()
        schedule.schedule.words = ["snapshot", word]
        let pod = try #require(try Self.documents(schedule)[1]["spec"]?["template"])
        let command = try #require(
            pod["metadata"]?["annotations"]?["pre.hook.backup.velero.io/command"]?.string
        )
        #expect(
            try JSONDecoder().decode([String].self, from: Data(command.utf8))
                == ["rekindle", "snapshot", word]
        )
    }

    private static func schedule() -> VeleroSchedule {
        VeleroSchedule(
            schedule: JobSchedule(
                job: .snapshot,
                name: "rekindle-snapshot-prod",
                cluster: "prod",
                every: .hours(6),
                words: ["snapshot", "save", "--to", "/var/lib/rekindle/snapshots"],
                limit: 21_600
            ),
            image: "registry.example/rekindle:1",
            namespace: "rekindle",
            veleroNamespace: "velero"
        )
    }

    private static func documents(_ schedule: VeleroSchedule) throws -> [Node] {
        Array(try compose_all(yaml: schedule.file.text))
    }

    private static func keys(_ node: Node) -> [String] {
        node.mapping?.keys.compactMap(\.string) ?? []
    }
}
