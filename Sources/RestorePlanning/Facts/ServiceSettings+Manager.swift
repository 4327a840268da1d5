package import ClusterInventory
package import RemoteHost

extension ServiceSettings {
    /// What stops, holds and starts it; the member's name tells apart what is kept of two on one host.
    package func manager(of member: String) -> any ServiceManager {
        switch kind {
        case .systemd: Systemd(unit: unit)
        case .staticPod: StaticPod(manifest: manifest ?? Self.usualManifest)
        case .commands:
            CommandService(
                name: member,
                start: commands?.start ?? [],
                stop: commands?.stop ?? [],
                status: commands?.status ?? [],
                hold: commands?.hold ?? [],
                release: commands?.release ?? []
            )
        }
    }
}
