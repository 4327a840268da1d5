import RemoteHost
import Testing

@testable import SSHTransport

@Suite("The algorithms that are asked for")
struct AlgorithmPreferenceTests {
    @Test("have the MACs over the ciphertext first, and GCM for hosts that allow nothing else")
    func order() {
        let preferences = AlgorithmPreferences()
        #expect(preferences.macs.prefix(2).allSatisfy { $0.contains("-etm@") })
        #expect(!preferences.macs.dropFirst(2).contains { $0.contains("-etm@") })
        #expect(preferences.ciphers.contains("aes256-gcm@openssh.com"))
        #expect(preferences.ciphers.contains("aes128-gcm@openssh.com"))
        #expect(preferences.ciphers.allSatisfy { !$0.contains("cbc") && !$0.contains("chacha20") })
        #expect(AlgorithmPreferences(withSHA1: true).macs.last == "hmac-sha1")
    }

    @Test(
        "that this machine's libssh2 lacks are named where the host has nothing else",
        arguments: [
            (AlgorithmOffer.Category.cipherToServer, ["aes256-gcm@openssh.com"]),
            (.macToClient, ["hmac-sha2-256-etm@openssh.com"]), (.hostKey, ["rsa-sha2-512"]),
        ]
    )
    func lacking(_ category: AlgorithmOffer.Category, _ theirs: [String]) {
        let gap = AlgorithmGap(category: category, ours: ["other"], theirs: theirs + ["x"])
        #expect(AlgorithmPreferences.lackedByLibrary(gap) == theirs)
        let words = hint(gap)
        #expect(words.contains("libssh2 \(AlgorithmPreferences.libraryVersion)"))
        #expect(words.contains(theirs[0]) && words.contains("1.11"))
        let own = AlgorithmGap(category: category, ours: theirs, theirs: ["x"])
        #expect(AlgorithmPreferences.lackedByLibrary(own) == [])
        #expect(!hint(own).contains("libssh2"))
    }

    private func hint(_ gap: AlgorithmGap) -> String {
        let endpoint = HostEndpoint(host: "etcd-1", user: "ops")
        return HostFailure(.noCommonAlgorithm([gap]), endpoint: endpoint).hint ?? ""
    }
}
