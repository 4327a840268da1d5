"""Clients that watch API servers as client-go's informers do; started by lab/informers. Standard library only."""
import http.client
import json
import os
import ssl
import sys
import threading
import time

PREFIX = "/registry/lab/"
path, servers = sys.argv[1], sys.argv[2:]
lock = threading.Lock()
# once: reading the system's certificates costs more than a request
context = ssl.create_default_context()
context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
seen = {server: {"server": server, "revision": 0, "listed": 0, "key": "", "at": 0} for server in servers}


def note(server, **changes):
    with lock:
        seen[server].update(changes, at=round(time.time(), 1))
        with open(path + ".new", "w") as file:
            file.writelines(json.dumps(one) + "\n" for one in seen.values())
        os.replace(path + ".new", path)


def connection(server):
    return http.client.HTTPSConnection(server, 6443, timeout=60, context=context)


def get(server, path):
    answer = connection(server)
    answer.request("GET", path)
    answer = answer.getresponse()
    if answer.status != 200:
        raise OSError(f"{server} says {answer.status}")
    return answer


def inform(server):
    revision = None
    while True:
        try:
            if revision is None:
                revision = json.load(get(server, f"/list?prefix={PREFIX}"))["resourceVersion"]
                note(server, revision=revision, listed=seen[server]["listed"] + 1)
            answer = get(server, f"/watch?prefix={PREFIX}&resourceVersion={revision}")
            while line := answer.readline():
                event = json.loads(line)
                if event["type"] == "ERROR":
                    revision = None
                    break
                revision = event["resourceVersion"]
                note(server, revision=revision, key=event["key"])
        except (OSError, http.client.HTTPException, ValueError):
            pass
        time.sleep(0.3)


with open(path + ".pid", "w") as file:
    file.write(str(os.getpid()))
for server in servers:
    note(server)
    threading.Thread(target=inform, args=(server,), daemon=True).start()
while True:
    time.sleep(3600)
