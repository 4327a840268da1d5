import FoundationEssentials
import Glibc

/// Reads from S3 through the `aws` program, with its credentials, profiles and settings.
struct BucketClient {
    let place: BucketPlace
    let surroundings: SourceSurroundings

    /// What to say where the newest is meant and there is none.
    var nothingThere: SourceFailure {
        SourceFailure(
            "there is no object under s3://\(place.bucket)/\(place.key)",
            hint: "`aws s3 ls s3://\(place.bucket)/\(place.key)` shows what is there"
        )
    }

    /// When the object was written, in seconds since 1970; nil where that cannot be asked.
    func writtenAt() -> Double? {
        let answer = try? text(
            of: [
                "s3api", "head-object", "--bucket", place.bucket, "--key", place.key,
                "--output", "json", "--query", "LastModified",
            ]
        )
        return answer.flatMap { try? JSONDecoder().decode(String.self, from: Data($0)) }
            .flatMap { try? Date($0, strategy: .iso8601) }?.timeIntervalSince1970
    }

    /// The object's bytes.
    /// - Throws: `SourceFailure`.
    func origin() throws -> Origin {
        try origin(of: ["s3", "cp", "--only-show-errors", place.description, "-"])
    }

    /// The write end is the program's alone when this returns, or nobody would see its end.
    private func origin(
        of arguments: [String],
        _ explain: (([String]) -> SourceFailure)? = nil
    ) throws -> Origin {
        let ends = try Descriptor.pipe()
        let program = try start(arguments, output: ends.write.number, explain: explain)
        return Origin(output: ends.read, program: program)
    }

    /// Starts the program; `explain` says what its last words mean, if not what they usually do.
    private func start(
        _ arguments: [String],
        input: Descriptor? = nil,
        output: Int32,
        explain: (([String]) -> SourceFailure)? = nil
    ) throws(SourceFailure) -> ChildProgram {
        let path = try surroundings.programs.require("aws", package: "awscli", for: "\(place)")
        let nothing = input ?? Descriptor(open("/dev/null", O_RDONLY | O_CLOEXEC))
        // older versions of the program do not know the variables
        let endpoint =
            [
                surroundings.endpointURL, surroundings.environment["AWS_ENDPOINT_URL_S3"],
                surroundings.environment["AWS_ENDPOINT_URL"],
            ]
            .compactMap { $0 }.first { !$0.isEmpty }
        return try ChildProgram(
            path,
            (endpoint.map { ["--endpoint-url", $0] } ?? []) + arguments,
            input: nothing.number,
            output: output,
            // a pager or a prompt would wait for a person
            environment: surroundings.environment.merging(
                ["AWS_PAGER": "", "AWS_CLI_AUTO_PROMPT": "off"]
            ) { $1 },
            explain: explain ?? { self.explain($0, BucketRights(of: arguments)) }
        )
    }

    /// What the program prints to the end, at most so many bytes.
    /// - Throws: `SourceFailure`, `CancellationError`.
    func answer(_ arguments: [String], atMost limit: Int) throws -> [UInt8] {
        try text(of: arguments, atMost: limit)
    }

    /// Starts the program that stores what it is given as the object; its end of the pipe is its own.
    /// - Throws: `SourceFailure`.
    func startUpload(expecting bytes: UInt64?) throws(SourceFailure) -> (ChildProgram, Descriptor) {
        let ends = try Descriptor.pipe()
        let nothing = Descriptor(open("/dev/null", O_WRONLY | O_CLOEXEC))
        let program = try start(
            ["s3", "cp", "--only-show-errors"]
                + (bytes.map { ["--expected-size", String($0)] } ?? [])
                + ["-", place.description],
            input: ends.read,
            output: nothing.number
        )
        return (program, ends.write)
    }

    /// All that it prints; an answer that is longer than the limit is a failure, never cut.
    private func text(
        of arguments: [String],
        atMost limit: Int = 1 << 20,
        explain: (([String]) -> SourceFailure)? = nil
    ) throws -> [UInt8] {
        let stream = LayeredStream(
            try origin(of: arguments, explain),
            name: "\(place)",
            surroundings: surroundings
        )
        var text: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = try block.withUnsafeMutableBytes { try stream.read(into: $0) }
            if count == 0 { break }
            text += block.prefix(count)
            guard text.count <= limit else {
                throw SourceFailure(
                    "\(place): the answer is longer than \(limit) bytes",
                    hint: "is it the object that was meant?"
                )
            }
        }
        try stream.finish()
        return text
    }

    /// What its last words mean (AWS CLI 1.45 and 2.9, botocore).
    private func explain(_ said: [String], _ rights: BucketRights) -> SourceFailure {
        let words = said.joined(separator: "\n")
        func says(_ parts: String...) -> Bool { parts.contains { words.contains($0) } }
        func failure(_ fact: String, _ hint: String) -> SourceFailure {
            SourceFailure(fact, evidence: said, hint: hint)
        }
        let list = "`aws s3 ls s3://\(place.bucket)/` shows what is there"
        if says("NoSuchBucket") {
            return failure(
                "there is no bucket \(place.bucket)",
                "`aws s3 ls` shows those there are"
            )
        }
        if says("(404)", "NoSuchKey") {
            return isBucketThere
                ? failure("there is no object \(place.key) in the bucket \(place.bucket)", list)
                : failure("there is no bucket \(place.bucket)", "`aws s3 ls` shows those there are")
        }
        if says(
            "Unable to locate credentials",
            "NoCredentials",
            "could not be found",
            "Partial credentials"
        ) {
            return failure(
                "there are no credentials for \(place)",
                "`aws configure`, or set AWS_PROFILE, or AWS_ACCESS_KEY_ID and "
                    + "AWS_SECRET_ACCESS_KEY"
            )
        }
        if says("(403)", "AccessDenied", "Forbidden") {
            return failure(
                "access to \(place) is denied",
                "\(rights.words(at: place)); `aws sts get-caller-identity` shows whose they are"
            )
        }
        if says("InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken") {
            return failure(
                "the credentials for \(place) are not accepted",
                "they are wrong or have expired: `aws sts get-caller-identity` tells"
            )
        }
        if says("InvalidObjectState") {
            return failure(
                "\(place) is archived",
                "`aws s3api restore-object` brings it back first"
            )
        }
        if says("Could not connect", "Connection was closed", "timed out", "timeout", "resolve") {
            return SourceFailure(
                "cannot connect to the S3 server of \(place)",
                evidence: said,
                hint: "is --endpoint-url, the region and the network right?",
                isUnreachable: true
            )
        }
        switch rights {
        case .get, .list:
            return failure("cannot read \(place)", "try `aws s3 cp \(place) -` by hand")
        case .put:
            return failure("cannot write \(place)", "try `aws s3 cp FILE \(place)` by hand")
        case .delete:
            return failure("cannot delete under \(place)", "try `aws s3 rm` by hand")
        }
    }

    /// A missing bucket and a missing object look the same to who asks for the object.
    private var isBucketThere: Bool {
        do {
            _ = try text(of: ["s3api", "head-bucket", "--bucket", place.bucket]) {
                SourceFailure("no bucket", evidence: $0, hint: "")
            }
            return true
        } catch {
            return !((error as? SourceFailure)?.evidence ?? []).contains { $0.contains("(404)") }
        }
    }
}
