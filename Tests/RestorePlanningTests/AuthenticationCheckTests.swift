import ClusterInventory
import EtcdModel
import RemoteHost
import RestorePlanning
import Testing

@Suite("Checks of authentication")
struct AuthenticationCheckTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var title: String
        /// `name: verdict` of every check about authentication.
        var wanted: [String]
        var says: String
        var user: String? = "root"
        var cert: String?
        var access: EtcdAccess? = .granted(authenticationIsOn: true)
        var roots: [String]? = ["admin", "root"]
        var isOn = true
        var certificateName: String?
        var looksAtCertificates = true
        var savesSafetySnapshot = true

        var testDescription: String { title }

        func checks() -> [Check] {
            var inventory = Sample.inventory()
            var findings: [String: MemberFindings] = [:]
            for index in inventory.members.indices {
                inventory.members[index].etcd.authUser = user
                inventory.members[index].etcd.authPasswordFile = user == nil ? nil : "/secret"
                inventory.members[index].etcd.cert = cert
                inventory.members[index].etcd.key = cert
                var facts = Sample.facts(index + 1)
                facts.access = access
                facts.certificateName = certificateName
                if looksAtCertificates {
                    var values = facts.configuration.values
                    values["client-cert-auth"] = "true"
                    facts.configuration = EtcdConfiguration(values: values)
                }
                findings["etcd-\(index + 1)"] = .facts(facts)
            }
            var proof = Sample.proof
            proof.authEnabled = isOn
            proof.rootUsers = roots
            return Preflight.checks(
                inventory,
                findings,
                snapshot: proof,
                savesSafetySnapshot: savesSafetySnapshot
            )
            .filter {
                ["authentication", "snapshot auth"].contains($0.name) && $0.member != "etcd-2"
                    && $0.member != "etcd-3"
            }
        }
    }

    @Test("tell beforehand whether the proof will be let in", arguments: cases)
    func verdict(_ given: Case) {
        let checks = given.checks()
        #expect(checks.map { "\($0.name): \($0.verdict.rawValue)" } == given.wanted)
        #expect(
            checks.contains { $0.saw.contains(given.says) },
            "\(checks.map(\.saw)) should say: \(given.says)"
        )
        for check in checks where check.verdict == .fails { #expect(check.hint?.isEmpty == false) }
    }

    static let cases: [Case] = [
        Case(
            title: "a user with the role root, now and in the snapshot",
            wanted: ["authentication: holds", "snapshot auth: warns"],
            says: "users, roles and passwords will be those of its time"
        ),
        Case(
            title: "no user, and none is needed",
            wanted: ["authentication: holds"],
            says: "no user is needed",
            user: nil,
            access: .granted(authenticationIsOn: nil),
            isOn: false
        ),
        Case(
            title: "no user, and the snapshot asks for one",
            wanted: ["authentication: holds", "snapshot auth: fails"],
            says: "the inventory names no user: the restored cluster would refuse the proof",
            user: nil,
            access: .granted(authenticationIsOn: nil)
        ),
        Case(
            title: "no user, and the running cluster asks for one",
            wanted: ["authentication: fails"],
            says: "authentication is on, and the inventory names no user",
            user: nil,
            access: .refused(.noUser),
            isOn: false
        ),
        Case(
            title: "the same where the running cluster is asked for no snapshot",
            wanted: ["authentication: warns"],
            says: "authentication is on, and the inventory names no user",
            user: nil,
            access: .refused(.noUser),
            isOn: false,
            savesSafetySnapshot: false
        ),
        Case(
            title: "a wrong password",
            wanted: ["authentication: fails", "snapshot auth: warns"],
            says: "etcd does not take the password of the user root",
            access: .refused(.wrongPassword)
        ),
        Case(
            title: "a user without the role root",
            wanted: ["authentication: fails", "snapshot auth: fails"],
            says: "the user bob has not the role root",
            user: "bob",
            access: .refused(.notRoot)
        ),
        Case(
            title: "a user that is not in the snapshot",
            wanted: ["authentication: holds", "snapshot auth: fails"],
            says:
                "its user ops is missing or has not the role root; its users with the role root: admin, root",
            user: "ops"
        ),
        Case(
            title: "nobody can log in without a quorum, and nothing is saved",
            wanted: ["authentication: warns", "snapshot auth: warns"],
            says: "cannot log in, so no snapshot of what runs can be saved: deadline",
            access: .silent("deadline")
        ),
        Case(
            title: "a dead cluster",
            wanted: ["snapshot auth: warns"],
            says: "users, roles and passwords will be those of its time",
            access: nil
        ),
        Case(
            title: "a client certificate of a user with the role root",
            wanted: ["authentication: holds", "snapshot auth: warns"],
            says: "the client certificate names admin, who has the role root there",
            user: nil,
            cert: "/pki/admin.crt",
            access: .granted(authenticationIsOn: nil),
            certificateName: "admin"
        ),
        Case(
            title: "a client certificate of somebody else",
            wanted: ["authentication: holds", "snapshot auth: fails"],
            says: "whom the client certificate names, is missing there or has not the role root",
            user: nil,
            cert: "/pki/client.crt",
            access: .granted(authenticationIsOn: nil),
            certificateName: "lab-client"
        ),
        Case(
            title: "a client certificate that nobody can read",
            wanted: ["authentication: holds", "snapshot auth: warns"],
            says: "whose it is cannot be told before the proof",
            user: nil,
            cert: "/pki/client.crt",
            access: .granted(authenticationIsOn: nil)
        ),
        Case(
            title: "a client certificate that etcd does not look at",
            wanted: ["authentication: fails", "snapshot auth: fails"],
            says: "the unit does not set client-cert-auth",
            user: nil,
            cert: "/pki/root.crt",
            access: .refused(.noUser),
            certificateName: "root",
            looksAtCertificates: false
        ),
    ]

    @Test("a member that lets nobody in is not asked for the snapshot before the stop")
    func safetySource() {
        for access in [EtcdAccess.silent("deadline"), .refused(.noUser)] {
            let plan = Sample.plan { facts, _ in facts.access = access }
            #expect(plan.safetySnapshot == nil)
            #expect(!plan.steps.contains { $0.name == "save-old-data" })
        }
        let plan = Sample.plan { facts, number in
            facts.access = number == 2 ? .granted(authenticationIsOn: true) : .silent("deadline")
        }
        #expect(plan.safetySnapshot?.member == "etcd-2")
    }

    @Test("a drill is let in by a password, and by no certificate")
    func drill() {
        func verdicts(_ etcd: EtcdSettings) -> [Check.Verdict] {
            var proof = Sample.proof
            proof.authEnabled = true
            proof.rootUsers = ["root"]
            var findings: [String: MemberFindings] = [:]
            for number in 1...3 { findings["etcd-\(number)"] = .facts(Sample.facts(number)) }
            return Preflight.checks(
                ofDrill: DrillSettings(place: .members),
                Sample.inventory(etcd: etcd),
                findings,
                snapshot: proof
            )
            .filter { $0.name == "snapshot auth" }.map(\.verdict)
        }
        #expect(verdicts(EtcdSettings(authUser: "root", authPasswordFile: "/secret")) == [.warns])
        #expect(verdicts(EtcdSettings(authUser: "bob", authPasswordFile: "/secret")) == [.fails])
        #expect(verdicts(EtcdSettings(cert: "/c", key: "/k")) == [.fails])
        #expect(verdicts(EtcdSettings()) == [.fails])
    }

    @Test("a plan that is made offline says it as well, of every member that is restored")
    func offline() {
        var proof = Sample.proof
        proof.authEnabled = true
        proof.rootUsers = ["root"]
        let off = FencedMember(name: "etcd-3", host: "h", reason: "burnt")
        func failing(_ etcd: EtcdSettings) -> Int {
            Preflight.checksWithoutHosts(
                Sample.inventory(etcd: etcd),
                snapshot: proof,
                exceptions: PlanExceptions(fenced: [off])
            )
            .count { $0.name == "snapshot auth" && $0.verdict == .fails }
        }
        #expect(failing(EtcdSettings()) == 1)
        #expect(failing(EtcdSettings(authUser: "root", authPasswordFile: "/s")) == 0)
    }

    @Test("an etcd that asks for a user is not called silent")
    func serves() {
        var facts = Sample.facts(1)
        facts.live = nil
        facts.access = .refused(.noUser)
        let checks = Preflight.checks(
            Sample.inventory(),
            ["etcd-1": .facts(facts)],
            snapshot: nil
        )
        let etcd = checks.first { $0.name == "etcd" && $0.member == "etcd-1" }
        #expect(etcd?.verdict == .holds)
        #expect(etcd?.saw.contains("asks who wants to know") == true)
    }
}
