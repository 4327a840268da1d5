import RemoteHost
import Testing

@testable import SSHTransport

@Suite("The words of a failure")
struct FailureWordsTests {
    private static let errors: [(SSHError, HostFailure.Kind, Bool)] = [
        (.nameNotResolved("no such name"), .unreachable, true),
        (.notConnected(.refused, attempts: ["10.0.0.1:22: refused"]), .unreachable, true),
        (.notConnected(.noRoute, attempts: ["10.0.0.1:22: no route"]), .unreachable, true),
        (.notConnected(.noAnswer, attempts: ["10.0.0.1:22: no answer"]), .unreachable, true),
        (.noBanner(heard: "Exceeded MaxStartups"), .unreachable, true),
        (.keyExchange(code: -5, "no"), .unreachable, true),
        (.noCommonAlgorithm([]), .noCommonAlgorithm, true),
        (.authentication(AuthenticationReport(offeredMethods: "publickey")), .authentication, true),
        (.channelRefused("administratively prohibited"), .refusedChannel, true),
        (.disconnected("broken pipe", during: "running the command"), .disconnected, true),
        (.timedOut("running the command", after: .seconds(60)), .timedOut, true),
        (.silent("running the command", for: .seconds(15)), .timedOut, true),
        (.cancelled("connecting"), .cancelled, false), (.localInput("EIO"), .localInput, false),
        (.localOutput("EIO"), .localOutput, false),
        (.closed(because: "it was closed by this side"), .disconnected, false),
        (.library("closing a channel", code: -7, "no"), .transport, false),
        (.local("eventfd: too many open files"), .transport, false),
    ]

    @Test(
        "every error has its kind, a fact without a final stop, and a hint where one helps",
        arguments: errors
    )
    func words(_ error: SSHError, _ kind: HostFailure.Kind, _ hasHint: Bool) {
        let endpoint = HostEndpoint(host: "fe80::1", port: 2222, user: "ops")
        let failure = HostFailure(error, endpoint: endpoint)
        #expect(failure.kind == kind)
        #expect(failure.host == "fe80::1")
        #expect(failure.message.last != "." && failure.message.first?.isUppercase == false)
        #expect((failure.hint != nil) == hasHint)
        #expect(failure.hint?.isEmpty != true)
    }

    @Test(
        "a duration is said as a person says it",
        arguments: [(60_000, "60 s"), (2500, "2.5 s"), (200, "0.2 s"), (3042, "3 s")]
    )
    func seconds(_ milliseconds: Int, _ words: String) {
        #expect(Duration.milliseconds(milliseconds).inSeconds == words)
    }

    @Test("an IPv6 address stands in brackets before its port")
    func authority() {
        #expect(HostEndpoint(host: "fe80::1", port: 2222, user: "").authority == "[fe80::1]:2222")
        #expect(HostEndpoint(host: "etcd-1", user: "").authority == "etcd-1:22")
    }
}
