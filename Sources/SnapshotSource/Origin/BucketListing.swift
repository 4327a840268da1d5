import FoundationEssentials

/// The objects below a prefix of a bucket: all of them, or a failure.
///
/// The server is asked page by page, and each page says whether it is the last. `aws` would put the
/// pages together itself, but then nothing in its answer tells whether the list is whole.
struct BucketListing {
    let client: BucketClient

    struct Row: Sendable, Hashable {
        var key: String
        var bytes: UInt64
        /// As the server writes it; such texts sort by time.
        var modified: String
    }

    /// What is asked of each page, by `--query`.
    private struct Page: Decodable {
        struct Object: Decodable {
            var Key: String
            var Size: UInt64
            var LastModified: String?
        }
        var Contents: [Object]?
        var IsTruncated: Bool?
        var NextContinuationToken: String?
        var KeyCount: Int?
    }

    private static let query =
        "{Contents: Contents[].{Key: Key, Size: Size, LastModified: LastModified}, "
        + "IsTruncated: IsTruncated, NextContinuationToken: NextContinuationToken, "
        + "KeyCount: KeyCount}"

    /// - Throws: `SourceFailure`, `CancellationError`.
    func rows(below prefix: String) throws -> [Row] {
        var rows: [Row] = []
        var tokens: Set<String> = []
        var token: String?
        repeat {
            let page = try page(below: prefix, from: token)
            rows += try (page.Contents ?? []).map { object in
                guard object.Key.hasPrefix(prefix) else {
                    throw unusable("it has \(object.Key), which does not begin with \(prefix)")
                }
                return Row(key: object.Key, bytes: object.Size, modified: object.LastModified ?? "")
            }
            token = page.NextContinuationToken
            if let token, !tokens.insert(token).inserted {
                throw unusable("it goes on where it went on before")
            }
        } while token != nil
        return rows
    }

    private func page(below prefix: String, from token: String?) throws -> Page {
        let answer = try client.answer(
            [
                "s3api", "list-objects-v2", "--no-paginate", "--bucket", client.place.bucket,
                "--prefix", prefix, "--output", "json", "--query", Self.query,
            ] + (token.map { ["--continuation-token", $0] } ?? []),
            atMost: 64 << 20
        )
        guard let page = try? JSONDecoder().decode(Page.self, from: Data(answer)) else {
            let said = String(decoding: answer.prefix(400), as: UTF8.self)
            throw unusable(
                answer.isEmpty ? "`aws` printed nothing" : "`aws` printed something else",
                evidence: said.split(separator: "\n").map(String.init)
            )
        }
        guard let isTruncated = page.IsTruncated else {
            throw unusable("it does not say whether it is whole (IsTruncated)")
        }
        guard isTruncated == (page.NextContinuationToken != nil) else {
            throw unusable("it is cut, and does not say where it goes on")
        }
        let count = page.Contents?.count ?? 0
        guard (page.KeyCount ?? count) == count else {
            throw unusable("it has \(count) objects, and says that it has \(page.KeyCount ?? 0)")
        }
        return page
    }

    private func unusable(_ why: String, evidence: [String] = []) -> SourceFailure {
        SourceFailure(
            "the list of s3://\(client.place.bucket)/\(client.place.key) cannot be relied on: \(why)",
            evidence: evidence,
            hint: "try `aws s3api list-objects-v2 --no-paginate --bucket \(client.place.bucket)`; "
                + "a list that is not whole must not be taken for one that is"
        )
    }

    /// Everything below the place's prefix; with what is no snapshot.
    /// - Throws: `SourceFailure` where there is nothing, `CancellationError`.
    func latestObjects() throws -> [LatestObject] {
        let objects = try rows(below: client.place.key).map {
            LatestObject($0, bucket: client.place.bucket)
        }
        guard objects.contains(where: { $0.problem != .folder && $0.problem != .own }) else {
            throw client.nothingThere
        }
        return objects
    }
}
