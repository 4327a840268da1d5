/// The right that a call of the `aws` program needs, as IAM calls it.
///
/// `docs/BACKUPS.md` lists which command needs which; a test holds the calls against that list.
enum BucketRights {
    case get, list, put, delete

    /// - Parameter arguments: the call's, from `s3` or `s3api` on.
    init(of arguments: [String]) {
        switch arguments.dropFirst().first {
        case "list-objects-v2", "head-bucket": self = .list
        case "delete-objects": self = .delete
        case "cp" where arguments.last != "-" && !arguments.contains("--recursive"): self = .put
        default: self = .get
        }
    }

    /// What the credentials need.
    func words(at place: BucketPlace) -> String {
        switch self {
        case .get:
            "the credentials need s3:GetObject on it, and s3:ListBucket on \(place.bucket) for "
                + "`latest` and manifests"
        case .list: "the credentials need s3:ListBucket on the bucket \(place.bucket)"
        case .put: "the credentials need s3:PutObject on it, and no other right to save"
        case .delete: "the credentials need s3:DeleteObject on it, which only `prune` needs"
        }
    }
}
