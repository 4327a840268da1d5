#!/usr/bin/env python3
"""Writes a file to upload: `noise`, which does not shrink, or `kube`, Kubernetes-like objects with random names and numbers.

usage: bench/upload-data.py FILE noise|kube MIB
"""
import hashlib, json, os, random, sys


def pods(generator):
    number = 0
    while True:
        number += 1
        uid = "%032x" % generator.getrandbits(128)
        name = f"web-{generator.randrange(400)}-{uid[:5]}"
        labels = {"app": name[:7], "pod-template-hash": uid[5:15], "tier": generator.choice(["front", "back", "cache"])}
        env = [{"name": f"SETTING_{i}", "value": hashlib.sha1(b"%d" % generator.randrange(500)).hexdigest()} for i in range(8)]
        image = f"registry.example/shop/{name[:7]}@sha256:{hashlib.sha256(uid[:3].encode()).hexdigest()}"
        status = {"phase": "Running", "podIP": f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}", "startTime": f"2026-11-{number % 28 + 1:02}"}
        pod = {"kind": "Pod", "apiVersion": "v1", "metadata": {"name": name, "namespace": f"team-{number % 40}", "uid": uid, "labels": labels},
               "spec": {"containers": [{"name": "main", "image": image, "env": env, "resources": {"limits": {"cpu": "500m", "memory": "256Mi"}}}]}, "status": status}
        yield json.dumps(pod).encode() + generator.randbytes(60)


def main(path, kind, size):
    with open(path, "wb") as out:
        if kind == "noise":
            for _ in range(size >> 20):
                out.write(os.urandom(1 << 20))
            return
        made = pods(random.Random(1))
        while out.tell() < size:
            out.write(next(made))
        out.truncate(size)


if __name__ == "__main__":
    if len(sys.argv) != 4 or sys.argv[2] not in ("noise", "kube"):
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]) << 20)
