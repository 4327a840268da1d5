"""Puts one key after the other, and prints what each took in milliseconds; started by bench/drill. Standard library only."""
import argparse, base64, http.client, json, os, ssl, time, urllib.parse

parser = argparse.ArgumentParser()
parser.add_argument("--endpoint", required=True)
parser.add_argument("--pki")
parser.add_argument("--seconds", type=float)
parser.add_argument("--while", dest="process", type=int)
args = parser.parse_args()
url = urllib.parse.urlsplit(args.endpoint)
if url.scheme == "http":
    connection = http.client.HTTPConnection(url.hostname, url.port, timeout=60)
else:
    context = ssl.create_default_context(cafile=args.pki + "/ca.crt")
    context.load_cert_chain(args.pki + "/client.crt", args.pki + "/client.key")
    connection = http.client.HTTPSConnection(url.hostname, url.port, timeout=60, context=context)


def runs():
    if args.process is None:
        return time.monotonic() < end
    try:
        with open(f"/proc/{args.process}/stat") as status:
            return status.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


end = time.monotonic() + (args.seconds or 0)
key, value = base64.b64encode(b"/bench/drill").decode(), base64.b64encode(os.urandom(512)).decode()
body = json.dumps({"key": key, "value": value})
while runs():
    began = time.monotonic()
    connection.request("POST", "/v3/kv/put", body, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    text = answer.read()
    if answer.status != 200:
        raise SystemExit(f"bench: etcd refused a put: {text[:200]!r}")
    print(f"{(time.monotonic() - began) * 1000:.3f}", flush=True)
    time.sleep(0.005)
