/// Where the bytes of a source come out, and the program that puts them there.
struct Origin {
    var output: Descriptor
    /// nil for a file, standard input, and what another task of this process writes.
    var program: ChildProgram?
}

/// What a source is read with.
package struct SourceSurroundings: Sendable {
    package var keys: LayerKeys
    /// Of an S3 server that is not Amazon's.
    package var endpointURL: String?
    package var environment: [String: String]
    package var patience: Patience

    package init(
        keys: LayerKeys = LayerKeys(),
        endpointURL: String? = nil,
        environment: [String: String],
        patience: Patience = Patience()
    ) {
        self.keys = keys
        self.endpointURL = endpointURL
        self.environment = environment
        self.patience = patience
    }

    var programs: ProgramPath { ProgramPath(environment["PATH"]) }
}
