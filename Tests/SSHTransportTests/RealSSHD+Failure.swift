import RemoteHost
import SSHTransport

extension RealSSHD {
    /// Why an endpoint cannot be reached.
    ///
    /// - Throws: where it can.
    static func failure(
        _ endpoint: HostEndpoint,
        _ settings: SSHConnector.Settings = SSHConnector.Settings()
    ) async throws -> HostFailure {
        do {
            let connection = try await SSHConnector(settings: settings).connect(to: endpoint)
            await connection.close()
            throw LocalSSHD.Failed("it connected")
        } catch let failure as HostFailure {
            return failure
        }
    }
}
