import FoundationEssentials
import Testing

@testable import SnapshotSource

/// An S3 server that grants some rights and refuses all others, and writes down what was asked.
///
/// It knows the rights as IAM calls them, and names its objects' versions: where objects are locked, a
/// deletion leaves them, as S3's Object Lock does.
struct RightsServer {
    let server: S3Server

    static var isAvailable: Bool { Tools.has("aws", "python3") }

    init(_ rights: [String], isLocked: Bool = false) throws {
        server = try S3Server(
            "python3 -c \"$SCRIPT\"",
            [
                "SCRIPT": Self.script, "RIGHTS": rights.joined(separator: " "),
                "LOCKED": isLocked ? "1" : "",
            ]
        )
    }

    func environment(_ more: [String: String] = [:]) -> [String: String] {
        server.folder.environment.merging(S3Server.credentials) { $1 }.merging(more) { $1 }
    }

    var surroundings: SourceSurroundings {
        SourceSurroundings(endpointURL: server.url, environment: environment())
    }

    /// Puts an object there by hand, whatever is granted; older than all others by some seconds.
    func place(_ bytes: [UInt8], at key: String, secondsAgo: Int = 0) throws {
        let name = key.replacing("/", with: "%2F")
        try server.folder.sh("mkdir -p objects")
        try server.folder.write(bytes, to: "objects/\(name)")
        try server.folder.sh("touch -d '-\(secondsAgo) seconds' 'objects/\(name)'")
    }

    /// What was asked, as "PutObject prod/x.db", in order.
    func asked() throws -> [String] {
        String(decoding: try server.folder.bytes("asked"), as: UTF8.self).split(separator: "\n")
            .map(String.init)
    }

    /// The objects that take room, with those that were deleted or written over.
    func versions() throws -> [String] {
        try server.folder.sh("ls objects versions 2>/dev/null; true").split(separator: "\n")
            .map(String.init).filter { !$0.hasSuffix(":") && !$0.isEmpty }
    }

    private static let script = #"""
        import base64, datetime, hashlib, os, re, urllib.parse
        from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
        from xml.sax.saxutils import escape

        folder, rights, locked = os.environ["FOLDER"], os.environ["RIGHTS"].split(), os.environ["LOCKED"]
        objects = folder + "/objects"
        for name in ("objects", "versions", "parts"):
            os.makedirs(folder + "/" + name, exist_ok=True)
        quote = lambda key: urllib.parse.quote(key, safe="")
        uploads = {}


        class S3(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def answer(self, status, body=b"", **headers):
                body = body if isinstance(body, bytes) else body.encode()
                self.send_response(status)
                for key, value in headers.items():
                    self.send_header(key.replace("_", "-"), value)
                self.send_header("Content-Length", headers.pop("size", None) or str(len(body)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(body)

            def error_answer(self, status, code):
                self.answer(status, f"<Error><Code>{code}</Code><Message>{code}</Message></Error>")

            def granted(self, right, key):
                with open(folder + "/asked", "a") as file:
                    file.write(f"{right} {key}\n")
                if right in rights:
                    return True
                self.error_answer(403, "AccessDenied")
                return False

            def body(self):
                data = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                if "aws-chunked" not in (self.headers.get("Content-Encoding") or ""):
                    return data
                whole = b""
                while data:
                    head, data = data.split(b"\r\n", 1)
                    size = int(head.split(b";")[0], 16)
                    if size == 0:
                        break
                    whole, data = whole + data[:size], data[size + 2:]
                return whole

            def store(self, key, data):
                path = objects + "/" + quote(key)
                self.retire(path)
                with open(path, "wb") as file:
                    file.write(data)

            def retire(self, path):
                if os.path.exists(path) and locked:
                    os.rename(path, folder + "/versions/" + os.path.basename(path))
                elif os.path.exists(path):
                    os.remove(path)

            def handle_all(self):
                url = urllib.parse.urlparse(self.path)
                query = dict(urllib.parse.parse_qsl(url.query, keep_blank_values=True))
                parts = urllib.parse.unquote(url.path).lstrip("/").split("/", 1)
                key = parts[1] if len(parts) > 1 else ""
                data = self.body()
                path = objects + "/" + quote(key)
                method = self.command
                copy = self.headers.get("x-amz-copy-source")
                if method == "POST" and "delete" in query:
                    keys = re.findall(r"<Key>(.*?)</Key>", data.decode())
                    if all([self.granted("DeleteObject", key) for key in keys]):
                        for key in keys:
                            self.retire(objects + "/" + quote(key))
                        self.answer(200, "<DeleteResult/>")
                elif method == "GET" and not key:
                    if self.granted("ListBucket", query.get("prefix", "")):
                        self.list(query.get("prefix", ""))
                elif method == "HEAD" and not key:
                    if self.granted("ListBucket", ""):
                        self.answer(200)
                elif "tagging" in query:
                    if self.granted("GetObjectTagging" if method == "GET" else "PutObjectTagging", key):
                        self.answer(200, "<Tagging><TagSet></TagSet></Tagging>")
                elif method == "PUT" and copy:
                    source = urllib.parse.unquote(copy).lstrip("/").split("/", 1)[1]
                    if self.granted("GetObject", source) and self.granted("PutObject", key):
                        self.store(key, open(objects + "/" + quote(source), "rb").read())
                        self.answer(200, "<CopyObjectResult><ETag>x</ETag></CopyObjectResult>")
                elif method == "PUT":
                    checked = any(
                        name.lower() == "content-md5" or name.lower().startswith("x-amz-checksum-")
                        for name in self.headers
                    ) or "trailer" in (self.headers.get("x-amz-content-sha256") or "").lower()
                    if not self.granted("PutObject", key):
                        pass
                    elif locked and not checked and "partNumber" not in query:
                        self.error_answer(400, "InvalidRequest")
                    elif "partNumber" in query:
                        uploads[query["uploadId"]][int(query["partNumber"])] = data
                        self.answer(200, ETag='"%s"' % hashlib.md5(data).hexdigest())
                    else:
                        self.store(key, data)
                        self.answer(200, ETag='"%s"' % hashlib.md5(data).hexdigest())
                elif method == "POST" and "uploads" in query:
                    if self.granted("PutObject", key):
                        name = str(len(uploads))
                        uploads[name] = {}
                        self.answer(
                            200,
                            f"<InitiateMultipartUploadResult><UploadId>{name}</UploadId>"
                            "</InitiateMultipartUploadResult>",
                        )
                elif method == "POST" and "uploadId" in query:
                    if self.granted("PutObject", key):
                        found = uploads.pop(query["uploadId"])
                        self.store(key, b"".join(found[number] for number in sorted(found)))
                        self.answer(
                            200, "<CompleteMultipartUploadResult><ETag>x</ETag></CompleteMultipartUploadResult>"
                        )
                elif method == "DELETE":
                    right = "AbortMultipartUpload" if "uploadId" in query else "DeleteObject"
                    if self.granted(right, key):
                        if "uploadId" not in query:
                            self.retire(path)
                        self.answer(204)
                elif method in ("GET", "HEAD"):
                    if not self.granted("GetObject", key):
                        return
                    if not os.path.exists(path):
                        self.error_answer(404, "NoSuchKey")
                        return
                    data = open(path, "rb").read()
                    time = datetime.datetime.fromtimestamp(os.path.getmtime(path), datetime.timezone.utc)
                    head = {"Last_Modified": time.strftime("%a, %d %b %Y %H:%M:%S GMT"), "ETag": '"x"'}
                    span = re.match(r"bytes=(\d+)-(\d*)", self.headers.get("Range") or "")
                    if method == "HEAD":
                        self.answer(200, b"", size=str(len(data)), **head)
                    elif span:
                        first, last = int(span[1]), int(span[2] or len(data) - 1)
                        part = data[first:last + 1]
                        head["Content_Range"] = f"bytes {first}-{first + len(part) - 1}/{len(data)}"
                        self.answer(206, part, **head)
                    else:
                        self.answer(200, data, **head)
                else:
                    self.error_answer(501, "NotImplemented")

            def list(self, prefix):
                text, count = "", 0
                for name in sorted(os.listdir(objects)):
                    key, path = urllib.parse.unquote(name), objects + "/" + name
                    if not key.startswith(prefix):
                        continue
                    time = datetime.datetime.fromtimestamp(os.path.getmtime(path), datetime.timezone.utc)
                    count += 1
                    text += (
                        f"<Contents><Key>{escape(key)}</Key><Size>{os.path.getsize(path)}</Size>"
                        f"<LastModified>{time:%Y-%m-%dT%H:%M:%S.000Z}</LastModified></Contents>"
                    )
                self.answer(
                    200,
                    "<ListBucketResult><IsTruncated>false</IsTruncated>"
                    f"<KeyCount>{count}</KeyCount>{text}</ListBucketResult>",
                )

            do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = handle_all


        ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), S3).serve_forever()
        """#
}
