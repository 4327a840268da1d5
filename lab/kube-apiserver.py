#!/usr/bin/python3 -I
"""A stand-in for kube-apiserver, with what matters to whoever restores the etcd below it.

- /readyz, /livez and /healthz say 200 as long as etcd serves a linearizable read, else 500.
- /list?prefix=P gives {"resourceVersion": R, "keys": N}; /watch?prefix=P&resourceVersion=R gives one JSON object a line. As the real
  one it takes a watch from a resourceVersion that is yet to come without an error, and sends nothing, ever; one from a compacted
  revision gets {"type": "ERROR", "code": 410}, and so its client lists anew.
- Without etcd it ends after ten seconds: its pod is then in back-off.
- On SIGTERM it serves no new request and ends at once if it never served a kubelet; else it waits for its watches, which no kubelet ends,
  and uses up its grace period. A second SIGTERM ends it at once with status 1 (SetupSignalHandler of k8s.io/apiserver).

Takes of the real one's flags --secure-port, --bind-address, --tls-cert-file, --tls-private-key-file, --etcd-servers, --etcd-cafile,
--etcd-certfile and --etcd-keyfile, and ignores the rest.
"""

import base64
import http.client
import http.server
import json
import os
import signal
import ssl
import sys
import threading
import time
import urllib.parse

FLAGS = dict(word[2:].split("=", 1) for word in sys.argv[1:] if word.startswith("--") and "=" in word)
seen = {"kubelet": False, "terms": 0}


def coded(text):
    return base64.b64encode(text.encode()).decode()


def client_context():
    context = ssl.create_default_context(cafile=FLAGS["etcd-cafile"])
    context.check_hostname = False
    context.load_cert_chain(FLAGS["etcd-certfile"], FLAGS["etcd-keyfile"])
    return context


def etcd(timeout=5, contexts=[]):
    """A connection to the first of --etcd-servers."""
    url = urllib.parse.urlsplit(FLAGS["etcd-servers"].split(",")[0])
    if url.scheme == "http":
        return http.client.HTTPConnection(url.hostname, url.port, timeout=timeout)
    if not contexts:
        contexts.append(client_context())
    context = contexts[0]
    return http.client.HTTPSConnection(url.hostname, url.port, timeout=timeout, context=context)


def span(prefix):
    end = prefix[:-1] + chr(ord(prefix[-1]) + 1)
    return {"key": coded(prefix), "range_end": coded(end)}


def ask(path, body):
    connection = etcd()
    try:
        connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
        answer = connection.getresponse()
        text = answer.read()
        if answer.status != 200:
            raise OSError(f"etcd says {answer.status}")
        return json.loads(text)
    finally:
        connection.close()


def is_ready():
    try:
        ask("/v3/kv/range", {"key": coded("health")})
        return True
    except (OSError, http.client.HTTPException, ValueError):
        return False


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.0"
    timeout = 3600

    def log_message(self, *_):
        pass

    def answer(self, status, text):
        self.send_response(status)
        self.end_headers()
        self.wfile.write(text.encode())

    def do_GET(self):
        if "kubelet" in self.headers.get("User-Agent", ""):
            seen["kubelet"] = True
        url = urllib.parse.urlsplit(self.path)
        query = {key: values[0] for key, values in urllib.parse.parse_qs(url.query).items()}
        try:
            if seen["terms"]:
                self.answer(503, "shutting down\n")
            elif url.path in ("/readyz", "/livez", "/healthz"):
                self.answer(*((200, "ok") if is_ready() else (500, "[-]etcd failed: reason withheld\n")))
            elif url.path == "/list":
                got = ask("/v3/kv/range", {**span(query["prefix"]), "keys_only": True})
                self.answer(200, json.dumps({"resourceVersion": int(got["header"]["revision"]), "keys": int(got.get("count", 0))}))
            elif url.path == "/watch":
                seen["kubelet"] = True
                self.watch(query)
            else:
                self.answer(404, "not found\n")
        except BrokenPipeError:
            pass
        except (OSError, http.client.HTTPException, ValueError, KeyError) as error:
            try:
                self.answer(500, f"{error}\n")
            except OSError:
                pass

    def watch(self, query):
        start = int(query["resourceVersion"]) + 1
        connection = etcd(timeout=3600)
        connection.request("POST", "/v3/watch", json.dumps({"create_request": {**span(query["prefix"]), "start_revision": str(start)}}),
                           {"Content-Type": "application/json"})
        answer = connection.getresponse()
        self.send_response(200)
        self.end_headers()
        self.wfile.flush()
        while line := answer.readline():
            result = json.loads(line).get("result", {})
            if int(result.get("compact_revision", 0)):
                self.wfile.write(b'{"type": "ERROR", "code": 410}\n')
                return
            if result.get("canceled"):
                return
            for event in result.get("events", []):
                pair = event["kv"]
                told = {"type": event.get("type", "PUT"), "key": base64.b64decode(pair["key"]).decode(errors="replace"),
                        "resourceVersion": int(pair["mod_revision"])}
                self.wfile.write(json.dumps(told).encode() + b"\n")
            self.wfile.flush()


def terminate(*_):
    seen["terms"] += 1
    if seen["terms"] > 1:
        os._exit(1)
    if not seen["kubelet"]:
        os._exit(0)
    print("waits for its watches", file=sys.stderr, flush=True)


def main():
    signal.signal(signal.SIGTERM, terminate)
    deadline = time.monotonic() + 10
    while not is_ready():
        if time.monotonic() > deadline:
            print("etcd does not answer", file=sys.stderr, flush=True)
            sys.exit(1)
        time.sleep(0.2)
    http.server.ThreadingHTTPServer.daemon_threads = True
    server = http.server.ThreadingHTTPServer((FLAGS.get("bind-address", "0.0.0.0"), int(FLAGS.get("secure-port", 6443))), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(FLAGS["tls-cert-file"], FLAGS["tls-private-key-file"])
    # a client that says nothing must not keep the others out
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    while True:
        signal.pause()


main()
