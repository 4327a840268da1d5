"""Loads keys into etcd over its JSON gateway; started by lab/load. Standard library only."""
import argparse, base64, http.client, json, multiprocessing, random, ssl, sys, time, urllib.parse

KINDS = ("pods", "secrets", "configmaps", "events", "replicasets", "services/endpoints", "leases")
LINE = b'{"name":"container-%04d","image":"registry.invalid/team/app:1.%d","env":[{"name":"A","value":"'


def value(rng, size):
    """A protobuf-like head, then half text that repeats and half bytes that do not, as in real objects."""
    out = bytearray(b"k8s\0\n\x0f\n\x02v1\x12\x09Something\x12")
    while len(out) < size:
        out += LINE % (rng.randrange(10000), rng.randrange(100)) + rng.randbytes(len(LINE))
    return bytes(out[:max(size, 1)])


def connect(endpoint, pki):
    url = urllib.parse.urlsplit(endpoint)
    if url.scheme == "http":
        return http.client.HTTPConnection(url.hostname, url.port, timeout=60)
    context = ssl.create_default_context(cafile=pki + "/ca.crt")
    context.load_cert_chain(pki + "/client.crt", pki + "/client.key")
    return http.client.HTTPSConnection(url.hostname, url.port, timeout=60, context=context)


def load(job):
    worker, first, count, args = job
    endpoints = args.endpoints.split(",")
    connection, size = None, args.size * 1048576 // args.keys
    batch = max(1, min(128, 900_000 // (size + 200)))
    done = 0
    while done < count:
        n = min(batch, count - done)
        puts = []
        for i in range(first + done, first + done + n):
            rng = random.Random(args.seed * 1_000_003 + i)
            key = f"{args.prefix}/{KINDS[i % len(KINDS)]}/namespace-{i % 97:02d}/object-{i:08d}"
            puts.append({"requestPut": {"key": base64.b64encode(key.encode()).decode(),
                                        "value": base64.b64encode(value(rng, size)).decode()}})
        body = json.dumps({"success": puts})
        for attempt in range(60):
            try:
                connection = connection or connect(endpoints[(worker + attempt) % len(endpoints)], args.pki)
                connection.request("POST", "/v3/kv/txn", body, {"Content-Type": "application/json"})
                answer = connection.getresponse()
                text = answer.read().decode(errors="replace")
                if answer.status == 200:
                    break
                if "exceeded" in text or "too large" in text or attempt > 20:
                    raise SystemExit(f"lab: etcd refused the keys: {text.strip()[:300]}")
            except (OSError, http.client.HTTPException) as error:
                text = str(error)
                if attempt > 20:
                    raise SystemExit(f"lab: etcd does not take the keys: {text}")
            connection = None
            time.sleep(0.3)
        done += n


def main():
    parser = argparse.ArgumentParser(prog="lab/load")
    parser.add_argument("size", type=int, metavar="SIZE_MIB")
    parser.add_argument("--keys", type=int)
    parser.add_argument("--prefix", default="/registry")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--endpoints", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--pki", help=argparse.SUPPRESS)
    args = parser.parse_args()
    args.keys = args.keys or max(1, args.size * 1048576 // 6144)
    if args.keys < 1 or args.size < 0 or args.size * 1048576 // args.keys > 1_000_000:
        parser.error("at least one key, and none of more than 1 MB")
    workers = min(4, max(1, args.keys // 64))
    share = [args.keys * w // workers for w in range(workers + 1)]
    jobs = [(w, share[w], share[w + 1] - share[w], args) for w in range(workers)]
    began = time.monotonic()
    if workers == 1:
        load(jobs[0])
    else:
        processes = [multiprocessing.Process(target=load, args=(job,)) for job in jobs]
        for process in processes:
            process.start()
        for process in processes:
            process.join()
        if any(process.exitcode for process in processes):
            sys.exit(1)
    print(f"loaded {args.keys} keys, {args.size} MiB, in {time.monotonic() - began:.1f} s")


main()
