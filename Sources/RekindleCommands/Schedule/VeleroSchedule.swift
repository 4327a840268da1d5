import FoundationEssentials

/// A schedule as a Velero `Schedule` (`velero.io/v1`), the pod whose hook saves a snapshot, and the
/// volume that Velero takes with it.
///
/// A snapshot has to be on a volume before Velero copies that volume: the pod's annotations are a hook
/// that does it (Velero, internal/hook/item_hook_handler.go), and the pod is there for nothing else.
struct VeleroSchedule: Sendable, Hashable {
    var schedule: JobSchedule
    var image: String
    /// Of the pod, its volume, and what it reads.
    var namespace: String
    /// Where Velero runs, and looks for its schedules.
    var veleroNamespace: String

    /// The volume that Velero copies: the snapshots and the state of the runs.
    static let volume = "/var/lib/rekindle"

    var file: ScheduleFile { ScheduleFile(name: "\(name).yaml", text: text) }

    var name: String { CronJob.name(schedule.name) }

    /// Velero reads a command that begins with `[` as a JSON array, and runs it without a shell.
    static func command(_ words: [String]) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.withoutEscapingSlashes]
        guard let bytes = try? encoder.encode(words) else {
            preconditionFailure("an array of strings is JSON")
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private var text: String {
        """
        \(schedule.job.mark)
        # It needs, beside what is below, Velero with its node agent (`velero install --use-node-agent`), and:
        #   kubectl create namespace \(namespace)
        #   kubectl -n \(namespace) create configmap \(name) --from-file=inventory.yaml=FILE
        #   kubectl -n \(namespace) create secret generic \(name)-ssh --from-file=id_ed25519=FILE --from-file=known_hosts=FILE
        #   kubectl -n \(namespace) create secret generic \(name)-env --from-literal=…   (only where it needs such)
        # Velero copies what has the label rekindle.io/schedule, and so neither of these.
        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata:
          name: \(name)
          namespace: \(YAMLText.quoted(namespace))
          labels:
            rekindle.io/schedule: \(name)
        spec:
          accessModes: [ReadWriteOnce]
          resources:
            requests:
              storage: 20Gi
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: \(name)
          namespace: \(YAMLText.quoted(namespace))
          labels:
            app.kubernetes.io/name: rekindle
            app.kubernetes.io/component: \(schedule.job.rawValue)
            rekindle.io/schedule: \(name)
        spec:
          replicas: 1
          # Two would write to one volume.
          strategy: {type: Recreate}
          selector:
            matchLabels:
              rekindle.io/schedule: \(name)
          template:
            metadata:
              labels:
                app.kubernetes.io/name: rekindle
                app.kubernetes.io/component: \(schedule.job.rawValue)
                rekindle.io/schedule: \(name)
              annotations:
                pre.hook.backup.velero.io/container: \(schedule.job.rawValue)
                pre.hook.backup.velero.io/command: \(YAMLText.quoted(Self.command(["rekindle"] + schedule.words)))
                pre.hook.backup.velero.io/timeout: \(schedule.limit)s
                # A backup without a new snapshot is PartiallyFailed.
                pre.hook.backup.velero.io/on-error: Fail
                backup.velero.io/backup-volumes: state
            spec:
              automountServiceAccountToken: false
              terminationGracePeriodSeconds: 30
              securityContext:
                runAsNonRoot: true
                runAsUser: 65532
                runAsGroup: 65532
                fsGroup: 65532
                # Else every mount opens the runs to the group.
                fsGroupChangePolicy: OnRootMismatch
                seccompProfile: {type: RuntimeDefault}
              initContainers:
        \(Self.shifted(CronJob.keys(image)))
              containers:
                - name: \(schedule.job.rawValue)
                  image: \(YAMLText.quoted(image))
                  # It waits for Velero's hook.
                  command: [sleep, infinity]
                  env:
                    - {name: HOME, value: /home/rekindle}
                  envFrom:
                    - secretRef: {name: \(name)-env, optional: true}
                  securityContext: \(CronJob.confinement)
                  volumeMounts:
                    - {name: inventory, mountPath: /etc/rekindle, readOnly: true}
                    - {name: state, mountPath: \(Self.volume)}
                    - {name: home, mountPath: /home/rekindle}
                    - {name: tmp, mountPath: /tmp}
              volumes:
                - {name: inventory, configMap: {name: \(name)}}
                - {name: ssh, secret: {secretName: \(name)-ssh}}
                - {name: state, persistentVolumeClaim: {claimName: \(name)}}
                - {name: home, emptyDir: {medium: Memory}}
                - {name: tmp, emptyDir: {}}
        ---
        apiVersion: velero.io/v1
        kind: Schedule
        metadata:
          name: \(name)
          namespace: \(YAMLText.quoted(veleroNamespace))
        spec:
          schedule: \(YAMLText.quoted(schedule.every.cron))
          template:
            includedNamespaces: [\(YAMLText.quoted(namespace))]
            labelSelector:
              matchLabels:
                rekindle.io/schedule: \(name)
            # The node agent copies the files: a snapshot of the disk beside it is another copy of every secret.
            snapshotVolumes: false

        """
    }

    /// A pod of a Deployment stands less deep than one of a CronJob.
    private static func shifted(_ text: String) -> String {
        text.split(separator: "\n").map { String($0.dropFirst(4)) }.joined(separator: "\n")
    }
}
