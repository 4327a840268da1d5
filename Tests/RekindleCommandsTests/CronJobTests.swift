import Testing
import Yams

@testable import RekindleCommands

@Suite("A CronJob of a drill")
struct CronJobTests {
    @Test("is YAML of batch/v1 that runs one at a time and repeats none")
    func job() throws {
        let documents = try Self.documents(Self.job())
        #expect(documents.map { $0["kind"]?.string } == ["PersistentVolumeClaim", "CronJob"])
        let job = try #require(documents.last)
        #expect(job["apiVersion"]?.string == "batch/v1")
        let spec = try #require(job["spec"])
        #expect(spec["schedule"]?.string == "0 3 1 * *")
        #expect(spec["concurrencyPolicy"]?.string == "Forbid")
        let run = try #require(spec["jobTemplate"]?["spec"])
        #expect(run["backoffLimit"]?.int == 0)
        #expect(run["activeDeadlineSeconds"]?.int == 21_600)
        let pod = try #require(run["template"]?["spec"])
        #expect(pod["restartPolicy"]?.string == "Never")
        #expect(pod["automountServiceAccountToken"]?.bool == false)
        let container = try #require(pod["containers"]?[0])
        #expect(container["image"]?.string == "registry.example/rekindle:1")
        #expect(container["command"]?.array().compactMap(\.string) == ["rekindle"])
        #expect(
            container["args"]?.array().compactMap(\.string)
                == ["drill", "--snapshot", "s3://b/p/latest"]
        )
    }

    @Test("mounts every volume that it has, and has every volume that it mounts")
    func volumes() throws {
        let documents = try Self.documents(Self.job())
        let pod = try #require(
            documents.last?["spec"]?["jobTemplate"]?["spec"]?["template"]?["spec"]
        )
        let volumes = Set(pod["volumes"]?.array().compactMap { $0["name"]?.string } ?? [])
        let mounts = ["containers", "initContainers"].flatMap { kind in
            pod[kind]?.array().flatMap { $0["volumeMounts"]?.array() ?? [] } ?? []
        }
        #expect(Set(mounts.compactMap { $0["name"]?.string }) == volumes)
        #expect(volumes == ["inventory", "ssh", "state", "home", "tmp"])
        let claim = pod["volumes"]?.array().first { $0["name"]?.string == "state" }
        #expect(
            claim?["persistentVolumeClaim"]?["claimName"]?.string
                == documents.first?["metadata"]?["name"]?.string
        )
        for kind in ["containers", "initContainers"] {
            let context = pod[kind]?[0]?["securityContext"]
            #expect(context?["readOnlyRootFilesystem"]?.bool == true, "\(kind)")
            #expect(context?["allowPrivilegeEscalation"]?.bool == false, "\(kind)")
        }
    }

    @Test(
        "keeps a word what it is, through YAML and through Kubernetes",
        arguments: HostileWords.all
    )
    func word(_ word: String) throws {
        var job = Self.job()
        job.schedule.words = ["drill", word]
        let container = try Self.documents(job).last?["spec"]?["jobTemplate"]?["spec"]?[
            "template"
        ]?[
            "spec"
        ]?["containers"]?[0]
        let node = try #require(container?["args"]?.array().last)
        #expect(node.scalar?.style == .doubleQuoted)
        #expect(Self.expanded(node.string ?? "") == word)
    }

    @Test(
        "has a name that Kubernetes takes, and no other cluster's",
        arguments: [
            ("rekindle-drill-prod", "rekindle-drill-prod"),
            ("rekindle-drill-Prod", "rekindle-drill-prod-"),
            ("rekindle-drill-a.b", "rekindle-drill-a-b-"),
            ("rekindle-drill-a_b", "rekindle-drill-a-b-"),
            ("rekindle-drill-" + String(repeating: "x", count: 64), "rekindle-drill-xxxxxxxx"),
        ]
    )
    func name(_ given: String, _ start: String) {
        var job = Self.job()
        job.schedule.name = given
        #expect(job.name.hasPrefix(start))
        #expect(job.name.utf8.count <= 52)
        #expect(job.name.allSatisfy { $0 == "-" || $0.isNumber || $0.isLowercase && $0.isASCII })
        #expect(job.name.last != "-")
        var other = job
        other.schedule.name = given.replacing(".", with: "_") + (given.contains(".") ? "" : "_")
        #expect(other.name != job.name)
    }

    private static func job() -> CronJob {
        CronJob(
            schedule: JobSchedule(
                job: .drill,
                name: "rekindle-drill-prod",
                cluster: "prod",
                every: .monthly,
                words: ["drill", "--snapshot", "s3://b/p/latest"],
                limit: 21_600
            ),
            image: "registry.example/rekindle:1"
        )
    }

    private static func documents(_ job: CronJob) throws -> [Node] {
        Array(try compose_all(yaml: job.file.text))
    }

    /// As Kubernetes does it (third_party/forked/golang/expansion), with no variable that is set.
    private static func expanded(_ text: String) -> String {
        var result = ""
        var rest = text[...]
        while let first = rest.popFirst() {
            if first == "$", rest.first == "$" {
                rest.removeFirst()
            } else {
                #expect(first != "$" || rest.first != "(", "a variable in \(text)")
            }
            result.append(first)
        }
        return result
    }
}
