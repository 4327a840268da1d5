#!/usr/bin/env python3
"""Records the fixtures of this folder from real etcd binaries; README.md says what they are.

usage: make-fixtures.py OUT_DIR BIN_DIR [BIN_DIR ...]      (each with etcd, etcdctl and, from 3.5, etcdutl)

Starts three-member clusters on loopback ports in a temporary directory and stops them by PID. Run it in a
network namespace of its own, so that no other etcd answers on those ports:
    unshare -n sh -c 'ip link set lo up; exec ./make-fixtures.py OUT_DIR BIN_DIR ...'
"""
import atexit, base64, glob, json, os, pathlib, shutil, signal, subprocess, sys, tempfile, time, urllib.request

NAMES = ["m1", "m2", "m3"]
CLIENT = [f"http://127.0.0.1:{21001 + i}" for i in range(3)]
PEER = [f"http://127.0.0.1:{21101 + i}" for i in range(3)]
INITIAL = ",".join(f"{n}={p}" for n, p in zip(NAMES, PEER))
ROOT = ["--user", "root:fixture"]
BUMP = ["--bump-revision", "1000000", "--mark-compacted"]
# etcdctl 3.4 has no --count-only; the count of a limited range is the whole range's in every version.
COUNT = ["get", "", "--prefix", "--keys-only", "--limit=1", "-w", "json"]


def clean_env():
    return {"PATH": os.environ["PATH"], "ETCDCTL_API": "3"}


class Cluster:
    def __init__(self, bin_dir, work, token):
        self.bin, self.work, self.token, self.procs = bin_dir, work, token, {}
        atexit.register(self.stop)

    def data(self, i):
        return f"{self.work}/{NAMES[i]}"

    def start(self, members=(0, 1, 2)):
        for i in members:
            log = open(f"{self.work}/{NAMES[i]}.log", "ab")
            self.procs[i] = subprocess.Popen(
                [f"{self.bin}/etcd", "--name", NAMES[i], "--data-dir", self.data(i),
                 "--listen-client-urls", CLIENT[i], "--advertise-client-urls", CLIENT[i],
                 "--listen-peer-urls", PEER[i], "--initial-advertise-peer-urls", PEER[i],
                 "--initial-cluster", INITIAL, "--initial-cluster-token", self.token,
                 "--initial-cluster-state", "new"],
                stdout=log, stderr=log, env=clean_env())
        for _ in range(200):
            r = self.ctl("endpoint", "status", "-w", "json", "--endpoints", ",".join(CLIENT), check=False)
            if r.returncode == 0 and all(s["Status"].get("leader") for s in json.loads(r.stdout)):
                return
            time.sleep(0.1)
        raise SystemExit("cluster did not start")

    def stop(self, members=None):
        members = list(self.procs) if members is None else members
        for i in members:
            os.kill(self.procs[i].pid, signal.SIGKILL)
        for i in members:
            self.procs.pop(i).wait()

    def ctl(self, *args, check=True, stdin=None):
        args = list(args)
        if "--endpoints" not in args:
            args += ["--endpoints", CLIENT[0]]
        r = subprocess.run([f"{self.bin}/etcdctl", *args], capture_output=True, env=clean_env(), input=stdin)
        if check and r.returncode:
            raise SystemExit(f"{args}: {r.returncode} {r.stderr.decode()}")
        return r

    def record(self, folder, name, *args, stdin=None, suffix="json"):
        r = self.ctl(*args, check=False, stdin=stdin)
        (folder / f"{name}.{suffix}").write_bytes(r.stdout)
        print(f"  {folder.name}/{name}.{suffix} rc {r.returncode} {r.stdout[:90]!r}")


def post(path, body):
    request = urllib.request.Request(CLIENT[0] + path, json.dumps(body).encode())
    return json.loads(urllib.request.urlopen(request).read())


def b64(text):
    return base64.b64encode(text.encode() if isinstance(text, str) else text).decode()


def put(key, value, lease=None):
    body = {"key": b64(key), "value": b64(value)}
    if lease:
        body["lease"] = lease
    post("/v3/kv/put", body)


def delete(key):
    post("/v3/kv/deleterange", {"key": b64(key)})


def revision():
    return int(post("/v3/kv/range", {"key": b64("x")})["header"]["revision"])


def version_of(bin_dir):
    text = subprocess.run([f"{bin_dir}/etcdctl", "version"], capture_output=True, env=clean_env()).stdout.decode()
    return text.split()[2]


def fill_plain():
    for i in range(12):
        put(f"/plain/{i}", f"value {i}")
    put("/plain/3", "overwritten")
    delete("/plain/4")
    put("/plain/4", "made again")
    delete("/plain/5")


def fill_busy():
    """Branch pages, overflow pages, sub-revisions, tombstones before and after the compaction."""
    lease = post("/v3/lease/grant", {"TTL": 86400, "ID": 0})["ID"]
    post("/v3/lease/grant", {"TTL": 86400, "ID": 0})
    for i in range(260):
        put(f"/busy/{i:03}", f"first value of {i} " + "x" * (i % 40))
    put("/busy/leased", "held", lease)
    put("/busy/long", "L" * 9000)
    for i in range(0, 60, 2):
        put(f"/busy/{i:03}", "second")
    for i in range(60, 80):
        delete(f"/busy/{i:03}")
    post("/v3/kv/txn", {"success": [
        {"requestPut": {"key": b64(f"/txn/{i}"), "value": b64(f"sub {i}")}} for i in range(9)]})
    post("/v3/kv/compaction", {"revision": revision() - 6, "physical": True})
    for i in range(40, 50):
        put(f"/busy/{i:03}", "third")
    for i in range(80, 90):
        delete(f"/busy/{i:03}")
    post("/v3/kv/txn", {"success": [
        {"requestDeleteRange": {"key": b64("/txn/2")}},
        {"requestPut": {"key": b64("/txn/3"), "value": b64("later")}},
        {"requestDeleteRange": {"key": b64("/txn/4")}}]})


def fill_tombstone():
    """The compaction's own revision is a tombstone: newer versions keep it, none hashes it."""
    for i in range(8):
        put(f"/t/{i}", "one")
    put("/t/1", "two")
    delete("/t/2")
    post("/v3/kv/compaction", {"revision": revision(), "physical": True})
    put("/t/9", "after")
    delete("/t/3")


def fill_deleted():
    """No key is left alive, so that etcd's set of kept revisions is empty."""
    for i in range(4):
        put(f"/d/{i}", "one")
    for i in range(4):
        delete(f"/d/{i}")
    post("/v3/kv/compaction", {"revision": revision() - 2, "physical": True})


def tool_of(bin_dir):
    tool = f"{bin_dir}/etcdutl"
    return tool if os.path.exists(tool) else f"{bin_dir}/etcdctl"


def restored(bin_dir, snapshot, work, extra=()):
    shutil.rmtree(work, ignore_errors=True)
    os.makedirs(work)
    cluster = Cluster(bin_dir, work, "tok-1")
    for i in range(3):
        subprocess.run([tool_of(bin_dir), "snapshot", "restore", snapshot, "--name", NAMES[i],
                        "--initial-cluster", INITIAL, "--initial-cluster-token", "tok-1",
                        "--initial-advertise-peer-urls", PEER[i], "--data-dir", cluster.data(i), *extra],
                       check=True, capture_output=True, env=clean_env())
    return cluster


def restore_and_measure(bin_dir, snapshot, work, auth, extra=()):
    """What a cluster restored from the file says of itself."""
    cluster = restored(bin_dir, snapshot, work, extra)
    wal = glob.glob(cluster.data(0) + "/member/wal/*.wal")[0]
    with open(wal, "rb") as f:
        head = f.read(4096)
    cluster.start()
    user = ROOT if auth else []
    every = ["--endpoints", ",".join(CLIENT)]
    try:
        hashes = json.loads(cluster.ctl("endpoint", "hashkv", "-w", "json", *every, *user).stdout)
        assert len({h["HashKV"]["hash"] for h in hashes}) == 1, hashes
        count = json.loads(cluster.ctl(*COUNT, *user).stdout)
        alarms = json.loads(cluster.ctl("alarm", "list", "-w", "json", *user).stdout)
        leases = json.loads(cluster.ctl("lease", "list", "-w", "json", *user).stdout)
        earlier = earlier_hashes(cluster, hashes[0]["HashKV"], user)
    finally:
        cluster.stop()
    status = json.loads(subprocess.run([tool_of(bin_dir), "snapshot", "status", snapshot, "-w", "json"],
                                       check=True, capture_output=True, env=clean_env()).stdout)
    first = hashes[0]["HashKV"]
    return head, {
        "hashKV": first["hash"], "revision": first["header"]["revision"],
        "compactRevision": first.get("compact_revision", 0), "keys": count.get("count", 0),
        "totalKeys": status["totalKey"], "alarms": len(alarms.get("alarms", [])),
        "leases": len(leases.get("leases") or []), "authEnabled": auth, "restoredBy": os.path.basename(tool_of(bin_dir)),
        "earlierHashKV": earlier,
    }


def earlier_hashes(cluster, latest, user):
    """What it says of some revisions after the compacted one."""
    last = latest["header"]["revision"]
    first = max(1, latest.get("compact_revision", 0) + 1)
    hashes = {}
    for revision in sorted({first, first + 1, (first + last) // 2, last - 1} & set(range(first, last))):
        answer = cluster.ctl("endpoint", "hashkv", f"--rev={revision}", "-w", "json", *user)
        hashes[str(revision)] = json.loads(answer.stdout)[0]["HashKV"]["hash"]
    return hashes


def save_bumped(bin_dir, snapshot, path, work):
    """A snapshot of a cluster that was restored with a bumped revision: a record of it has no key."""
    cluster = restored(bin_dir, snapshot, work, BUMP)
    cluster.start()
    put("/bumped/1", "later")
    if os.path.exists(path):
        os.remove(path)
    cluster.ctl("snapshot", "save", path)
    cluster.stop()


def main():
    out = pathlib.Path(sys.argv[1]).resolve()
    expected = {}
    top = tempfile.mkdtemp(prefix="rekindle-fixtures-")
    snapshots = out / "snapshots"
    snapshots.mkdir(parents=True, exist_ok=True)
    for bin_dir in sys.argv[2:]:
        version = version_of(bin_dir)
        print(version)
        outputs = out / "tool-output" / version
        outputs.mkdir(parents=True, exist_ok=True)
        for tool in ["etcdctl", "etcdutl"]:
            if os.path.exists(f"{bin_dir}/{tool}"):
                r = subprocess.run([f"{bin_dir}/{tool}", "version"], capture_output=True, env=clean_env())
                (outputs / f"{tool}-version.txt").write_bytes(r.stdout)
        for kind, fill in [("empty", lambda: None), ("plain", fill_plain), ("busy", fill_busy),
                           ("tombstone", fill_tombstone), ("deleted", fill_deleted)]:
            work = f"{top}/{version}-{kind}"
            os.makedirs(work)
            cluster = Cluster(bin_dir, work, "tok-1")
            cluster.start()
            fill()
            every = ["--endpoints", ",".join(CLIENT)]
            auth = kind == "busy"
            user = ROOT if auth else []
            if kind == "plain":
                record_outputs(cluster, outputs, every)
            if auth:
                leader = json.loads(cluster.ctl("endpoint", "status", "-w", "json").stdout)[0]["Status"]["header"]["member_id"]
                post("/v3/maintenance/alarm", {"action": "ACTIVATE", "memberID": str(leader), "alarm": "NOSPACE"})
                cluster.record(outputs, "alarm-list-nospace", "alarm", "list", "-w", "json")
                cluster.record(outputs, "endpoint-health-nospace", "endpoint", "health", "-w", "json", *every)
                cluster.record(outputs, "endpoint-status-nospace", "endpoint", "status", "-w", "json", *every)
                cluster.ctl("user", "add", "root:fixture")
                cluster.ctl("user", "grant-role", "root", "root", check=False)
                cluster.ctl("auth", "enable")
                cluster.record(outputs, "endpoint-health-without-credentials", "endpoint", "health", "-w", "json")
            name = f"{kind}-{version}"
            path = str(snapshots / f"{name}.db")
            if os.path.exists(path):
                os.remove(path)
            cluster.ctl("snapshot", "save", path, *user)
            if kind == "plain":
                record_failures(cluster, outputs, every)
            cluster.stop()
            raw = f"{cluster.data(0)}/member/snap/db"
            if kind == "plain":
                # Only the head: etcd grows the file in steps of 16 MiB, all zeros.
                with open(raw, "rb") as f:
                    (snapshots / f"raw-{version}.db").write_bytes(f.read(65536))
            head, truth = restore_and_measure(bin_dir, path, f"{top}/restored", auth)
            expected[name] = truth
            print(" ", name, os.path.getsize(path), truth)
            if kind == "plain":
                if os.path.exists(f"{bin_dir}/etcdutl"):
                    bumped = str(snapshots / f"bumped-{version}.db")
                    save_bumped(bin_dir, path, bumped, f"{top}/restored")
                    _, expected[f"bumped-{version}"] = restore_and_measure(bin_dir, bumped, f"{top}/restored", auth)
                (out / "wal").mkdir(exist_ok=True)
                (out / "wal" / f"restored-m1-{version}.wal-head").write_bytes(head.rstrip(b"\0") + b"\0" * 64)
            if kind in ("busy", "tombstone", "deleted", "empty") and os.path.exists(f"{bin_dir}/etcdutl"):
                _, bumped = restore_and_measure(bin_dir, path, f"{top}/restored", auth, BUMP)
                expected[name]["bumpedBy1000000"] = bumped["hashKV"]
                expected[name]["bumpedRevision"] = bumped["revision"]
    (snapshots / "expected.json").write_text(json.dumps(expected, indent=2) + "\n")
    pack(next(snapshots.glob("empty-*.db")), out / "packed", top)
    shutil.rmtree(top)


def pack(snapshot, packed, top):
    packed.mkdir(exist_ok=True)
    with open(snapshot, "rb") as source:
        plain = source.read()
    gpg = ["gpg", "--batch", "--homedir", top, "--pinentry-mode", "loopback", "--passphrase", "fixture", "-c"]
    for words in [["gzip", "-n"], ["zstd", "-q"], ["xz"], ["bzip2"], gpg]:
        done = subprocess.run(words, input=plain, capture_output=True, check=True, env=clean_env())
        (packed / f"empty.db.{words[0]}").write_bytes(done.stdout)
    # gpg leaves an agent behind; this ends the one of this folder and no other
    subprocess.run(["gpgconf", "--homedir", top, "--kill", "gpg-agent"], check=True, env=clean_env())


def record_outputs(cluster, outputs, every):
    cluster.record(outputs, "endpoint-status", "endpoint", "status", "-w", "json", *every)
    cluster.record(outputs, "endpoint-hashkv", "endpoint", "hashkv", "-w", "json", *every)
    cluster.record(outputs, "endpoint-health", "endpoint", "health", "-w", "json", *every)
    cluster.record(outputs, "member-list", "member", "list", "-w", "json")
    cluster.record(outputs, "alarm-list", "alarm", "list", "-w", "json")
    cluster.record(outputs, "get-count", *COUNT)
    cluster.record(outputs, "get-count-none", "get", "/none/", *COUNT[2:])
    fields = ["--prefix", "--keys-only", "--limit=1", "-w", "fields"]
    cluster.record(outputs, "get-count", "get", "", *fields, suffix="txt")
    cluster.record(outputs, "get-count-none", "get", "/none/", *fields, suffix="txt")
    canary = b'version("rekindle/never") > "0"\n\nput rekindle/never 1\n\nget rekindle/never\n\n'
    cluster.record(outputs, "txn-failure", "txn", "-w", "json", stdin=canary)
    cluster.record(outputs, "txn-success", "txn", "-w", "json",
                   stdin=b'version("rekindle/never") = "0"\n\nget rekindle/never\n\n\n')


def record_failures(cluster, outputs, every):
    time.sleep(6)  # strict reconfiguration asks for five seconds of steady connections
    cluster.ctl("member", "add", "m4", "--learner", "--peer-urls", "http://127.0.0.1:21104")
    cluster.record(outputs, "member-list-learner", "member", "list", "-w", "json")
    cluster.stop([2])
    cluster.record(outputs, "endpoint-status-one-down", "endpoint", "status", "-w", "json", *every)
    cluster.record(outputs, "endpoint-health-one-down", "endpoint", "health", "-w", "json", *every)
    cluster.stop([1])
    time.sleep(3)
    cluster.record(outputs, "endpoint-status-no-leader", "endpoint", "status", "-w", "json")
    cluster.record(outputs, "endpoint-health-no-leader", "endpoint", "health", "-w", "json")


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main()
