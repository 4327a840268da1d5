import ClusterInventory

/// Writes down what of production a drill must not change.
package struct ObserveProduction: Step {
    package let name = "observe-production"
    package let summary = "write down what production's units, directories and ports are like"
    package let defaults = StepLimits(retries: 3, timeoutSeconds: 60)
    package let requires: Set<Condition> = []
    package let excludes: Set<Condition> = [.scratchStarted]
    package let establishes: Set<Condition> = [.productionObserved]

    package init() {}

    package func stages(_ cluster: PlannedCluster) -> [Stage] {
        ProductionLook(.before, of: cluster).map { [Stage("look", production: $0)] } ?? []
    }
}

/// Proves that production is as it was before the drill.
package struct CompareProduction: Step {
    package let name = "compare-production"
    package let summary = "prove that production's units, directories and ports are untouched"
    package let defaults = StepLimits(retries: 3, timeoutSeconds: 60)
    package let requires: Set<Condition> = [.productionObserved, .scratchRemoved]
    package let establishes: Set<Condition> = [.productionCompared]

    package init() {}

    package func stages(_ cluster: PlannedCluster) -> [Stage] {
        ProductionLook(.after, of: cluster).map { [Stage("compare", production: $0)] } ?? []
    }
}

extension ProductionLook {
    /// nil on a machine without production.
    fileprivate init?(_ moment: Moment, of cluster: PlannedCluster) {
        guard !cluster.isLocal else { return nil }
        self.init(
            moment,
            cluster.targets.map {
                Subject(
                    member: $0.name,
                    unit: $0.service.kind == .systemd ? $0.service.unit : "",
                    dataDir: $0.paths.dataDir,
                    walDir: $0.paths.walDir
                )
            }
        )
    }
}
