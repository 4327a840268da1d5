import RemoteHost

/// A schedule as a Kubernetes CronJob (`batch/v1`) and the volume that keeps its runs.
///
/// The inventory comes from a ConfigMap, key and known hosts from a Secret: the text names both and
/// how to make them, and holds neither.
struct CronJob: Sendable, Hashable {
    var schedule: JobSchedule
    var image: String

    static let inventoryPath = "/etc/rekindle/inventory.yaml"
    /// Rekindle makes it itself: the volume's own directory belongs to a group, and that it refuses.
    static let stateDir = "/var/lib/rekindle/state"

    var file: ScheduleFile { ScheduleFile(name: "\(name).yaml", text: text) }

    var name: String { Self.name(schedule.name) }

    /// RFC 1123 in lower case, and short enough for the eleven characters that each job adds to it.
    static func name(_ given: String) -> String {
        let plain = String(
            given.lowercased().map { character in
                character.isASCII && (character.isLetter || character.isNumber) ? character : "-"
            }
        )
        if plain == given, plain.utf8.count <= 52, !plain.hasSuffix("-") { return plain }
        // two clusters whose names differ in what was replaced must not be one
        return "\(plain.prefix(43))-\(digest(given))"
    }

    /// FNV-1a of 32 bits.
    private static func digest(_ text: String) -> String {
        let hash = text.utf8.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }

    /// Kubernetes replaces `$(NAME)` in a command, and `$$` by `$`.
    static func argument(_ text: String) -> String {
        YAMLText.quoted(text.rewriting { $0 == "$" ? "$$" : nil })
    }

    private var arguments: String {
        schedule.words.map { "                - \(Self.argument($0))" }.joined(separator: "\n")
    }

    private var text: String {
        """
        \(schedule.job.mark)
        # It needs, beside what is below:
        #   kubectl create configmap \(name) --from-file=inventory.yaml=FILE
        #   kubectl create secret generic \(name)-ssh --from-file=id_ed25519=FILE --from-file=known_hosts=FILE
        #   kubectl create secret generic \(name)-env --from-literal=AWS_ACCESS_KEY_ID=…   (only where it needs such)
        # The key and known_hosts lie in ~/.ssh of the container.
        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata:
          name: \(name)
        spec:
          accessModes: [ReadWriteOnce]
          resources:
            requests:
              storage: 1Gi
        ---
        apiVersion: batch/v1
        kind: CronJob
        metadata:
          name: \(name)
          labels:
            app.kubernetes.io/name: rekindle
            app.kubernetes.io/component: \(schedule.job.rawValue)
        spec:
          schedule: \(YAMLText.quoted(schedule.every.cron))
          concurrencyPolicy: Forbid
          # One that was due while the controllers were down is run within a day.
          startingDeadlineSeconds: 86400
          successfulJobsHistoryLimit: 3
          failedJobsHistoryLimit: 12
          jobTemplate:
            spec:
              # One that failed is looked at, not repeated.
              backoffLimit: 0
              activeDeadlineSeconds: \(schedule.limit)
              template:
                spec:
                  restartPolicy: Never
                  automountServiceAccountToken: false
                  terminationGracePeriodSeconds: 300
                  securityContext:
                    runAsNonRoot: true
                    runAsUser: 65532
                    runAsGroup: 65532
                    fsGroup: 65532
                    # Else every mount opens the runs to the group.
                    fsGroupChangePolicy: OnRootMismatch
                    seccompProfile: {type: RuntimeDefault}
                  initContainers:
        \(Self.keys(image))
                  containers:
                    - name: \(schedule.job.rawValue)
                      image: \(YAMLText.quoted(image))
                      command: [rekindle]
                      args:
        \(arguments)
                      env:
                        - {name: HOME, value: /home/rekindle}
                      envFrom:
                        - secretRef: {name: \(name)-env, optional: true}
                      securityContext: \(Self.confinement)
                      volumeMounts:
                        - {name: inventory, mountPath: /etc/rekindle, readOnly: true}
                        - {name: state, mountPath: /var/lib/rekindle}
                        - {name: home, mountPath: /home/rekindle}
                        - {name: tmp, mountPath: /tmp}
                  volumes:
                    - {name: inventory, configMap: {name: \(name)}}
                    - {name: ssh, secret: {secretName: \(name)-ssh}}
                    - {name: state, persistentVolumeClaim: {claimName: \(name)}}
                    - {name: home, emptyDir: {medium: Memory}}
                    - {name: tmp, emptyDir: {}}

        """
    }

    /// Rekindle takes no key that others can read, and the files of a Secret belong to a group.
    static func keys(_ image: String) -> String {
        """
                    - name: keys
                      image: \(YAMLText.quoted(image))
                      command: [sh, -c, "umask 077 && mkdir -p /home/rekindle/.ssh && cp -L /ssh/* /home/rekindle/.ssh/"]
                      securityContext: \(confinement)
                      volumeMounts:
                        - {name: ssh, mountPath: /ssh, readOnly: true}
                        - {name: home, mountPath: /home/rekindle}
        """
    }

    static let confinement =
        "{allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: {drop: [ALL]}}"
}
