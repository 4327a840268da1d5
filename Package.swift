// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InferIsolatedConformances"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

let yams: Target.Dependency = .product(name: "Yams", package: "Yams")
let argumentParser: Target.Dependency =
    .product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
    name: "rekindle",
    products: [.executable(name: "rekindle", targets: ["rekindle"])],
    dependencies: [
        // the command line: help, completion, validation
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        // YAML with line and column of every node
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        // MARK: the pure core: no I/O, no clock, no async

        /** The words for talking to a host. */
        .target(name: "RemoteHost", swiftSettings: strict),
        /** The words for etcd: members, IDs, snapshots, tool output. */
        .target(
            name: "EtcdModel",
            dependencies: ["RemoteHost", "CLibCrypto", "CChecksum"],
            swiftSettings: strict
        ),
        /** zstd: a snapshot crosses the wire at a fraction of its size. */
        .systemLibrary(
            name: "CZstd",
            pkgConfig: "libzstd",
            providers: [.apt(["libzstd-dev"])]
        ),
        /** zlib: the same for hosts that have gzip only. */
        .systemLibrary(
            name: "CZlib",
            pkgConfig: "zlib",
            providers: [.apt(["zlib1g-dev"])]
        ),
        /** Calls of Linux that Swift's module of glibc leaves out: a header, nothing to link. */
        .systemLibrary(name: "CLinux"),
        /** CRC-32C by the CPU's own instruction: a header, nothing to link. */
        .systemLibrary(name: "CChecksum"),
        /** YAML to `Inventory`, with located diagnostics. */
        .target(
            name: "ClusterInventory",
            dependencies: ["EtcdModel", "RemoteHost", yams],
            swiftSettings: strict
        ),
        /** Playbook, inventory and facts to `Plan`; one file per step. */
        .target(
            name: "RestorePlanning",
            dependencies: ["ClusterInventory", "EtcdModel", "RemoteHost"],
            swiftSettings: strict
        ),
        /** The state machine of a run. */
        .target(name: "RestoreRun", dependencies: ["RestorePlanning"], swiftSettings: strict),
        /** Plan and run as text, JSON, Markdown, shell, HTML. */
        .target(name: "RunReport", dependencies: ["RestoreRun"], swiftSettings: strict),

        // MARK: effects

        /** libssh2's headers, and a function for each macro that Swift cannot import. */
        .systemLibrary(
            name: "CLibSSH2",
            pkgConfig: "libssh2",
            providers: [.apt(["libssh2-1-dev"])]
        ),
        /** Half of libssh2's time for a byte, won back; a few lines of C. */
        .target(name: "CFastCTR", dependencies: ["CLibCrypto"]),
        /** OpenSSL's libcrypto: digests and RSA signatures. */
        .systemLibrary(
            name: "CLibCrypto",
            pkgConfig: "libcrypto",
            providers: [.apt(["libssl-dev"])]
        ),
        /** libssh2 owned by Swift. */
        .target(
            name: "SSHTransport",
            dependencies: ["CLibSSH2", "CLibCrypto", "CFastCTR", "RemoteHost"],
            swiftSettings: strict + [.strictMemorySafety()]
        ),
        /** This machine as a host: for drills that need no other. */
        .target(
            name: "LocalTransport",
            dependencies: ["CLinux", "RemoteHost"],
            swiftSettings: strict
        ),
        /** Where a snapshot's bytes come from. */
        .target(
            name: "SnapshotSource",
            dependencies: [
                "EtcdModel", "RemoteHost", "CLibCrypto", "CLinux", "CZstd", "CZlib",
            ],
            swiftSettings: strict
        ),
        /** Where backups are kept: names, manifests, retention, and the destinations. */
        .target(
            name: "SnapshotStore",
            dependencies: ["EtcdModel", "RemoteHost", "SnapshotSource", "CLibCrypto"],
            swiftSettings: strict
        ),
        /** The durable log of a run, its hash chain, the run directory, the local lock. */
        .target(
            name: "RunJournal",
            dependencies: ["RestoreRun", "CLibCrypto"],
            swiftSettings: strict
        ),
        /** Gathers facts and interprets a plan. */
        .target(
            name: "RestoreEngine",
            dependencies: ["RunJournal", "SnapshotSource", "RestoreRun"],
            swiftSettings: strict
        ),

        // MARK: the command line

        /** One file per command; the only place that puts the parts together. */
        .target(
            name: "RekindleCommands",
            dependencies: [
                "LocalTransport", "RestoreEngine", "RunReport", "SSHTransport", "SnapshotSource",
                "SnapshotStore", argumentParser,
            ],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "rekindle",
            dependencies: ["RekindleCommands", "CLinux"],
            swiftSettings: strict
        ),

        /** An upload without a cluster around it, for `bench/upload`. */
        .executableTarget(
            name: "upload-bench",
            dependencies: ["SSHTransport", "SnapshotSource", "RemoteHost"],
            path: "bench/wire",
            swiftSettings: strict
        ),

        // MARK: tests

        /** Fakes that fail loudly, golden files, marked text. */
        .target(
            name: "TestSupport",
            dependencies: ["RestorePlanning", "ClusterInventory", "EtcdModel", "RemoteHost"],
            path: "Tests/TestSupport",
            swiftSettings: strict
        ),
        .testTarget(
            name: "RemoteHostTests",
            dependencies: ["RemoteHost", "TestSupport"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "EtcdModelTests",
            dependencies: ["EtcdModel", "SnapshotSource", "TestSupport"],
            resources: [.copy("Fixtures")],
            swiftSettings: strict
        ),
        .testTarget(
            name: "SnapshotSourceTests",
            dependencies: [
                "SnapshotSource", "SnapshotStore", "LocalTransport", "CZstd", "TestSupport",
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "ClusterInventoryTests",
            dependencies: ["ClusterInventory", "TestSupport"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "SSHTransportTests",
            dependencies: [
                "SSHTransport", "LocalTransport", "CFastCTR", "CLibCrypto", "TestSupport",
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "RestorePlanningTests",
            dependencies: ["RestorePlanning", "RunReport", "TestSupport"],
            resources: [.copy("Fixtures")],
            swiftSettings: strict
        ),
        .testTarget(
            name: "RestoreRunTests",
            dependencies: ["RestoreRun", "TestSupport"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "RestoreModelTests",
            dependencies: ["RestoreEngine", "RestoreRun", "TestSupport"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "RunReportTests",
            dependencies: ["RunReport", "TestSupport"],
            resources: [.copy("Fixtures")],
            swiftSettings: strict
        ),
        .testTarget(
            name: "RunJournalTests",
            dependencies: ["RunJournal", "TestSupport"],
            resources: [.copy("Fixtures")],
            swiftSettings: strict
        ),
        .testTarget(
            name: "RestoreEngineTests",
            dependencies: ["RestoreEngine", "TestSupport"],
            swiftSettings: strict
        ),
        /** Every reader of untrusted bytes, fed with what nobody would write. */
        .testTarget(
            name: "FuzzTests",
            dependencies: ["RestoreEngine", "RunReport", "SSHTransport", "TestSupport"],
            swiftSettings: strict
        ),
        /** The program as a whole, on files of this machine: old runs, damaged runs. */
        .testTarget(
            name: "RekindleCommandsTests",
            dependencies: [
                "RekindleCommands", "SnapshotStore", "SnapshotSource", "EtcdModel", "TestSupport",
                argumentParser, yams,
            ],
            resources: [.copy("Fixtures")],
            swiftSettings: strict
        ),
        .testTarget(
            name: "LabTests",
            dependencies: ["RekindleCommands", "TestSupport"],
            swiftSettings: strict
        ),
        .testTarget(name: "ArchitectureTests", swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
