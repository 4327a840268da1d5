"""A stand-in for the kubelet, which Debian does not have: it runs a static pod's container with crun, and no more.

Real are the container (crun: namespaces, its own root), the manifest as kubeadm lays it out, and what matters to whoever moves it: a file in
the directory is run, one that is gone is stopped with SIGTERM and thirty seconds, one that changed is run anew, one that ends is run again.
Run in a host of the lab by lab/static-pods; reads block YAML as kubeadm writes it, nothing else.
"""

import json
import os
import re
import signal
import subprocess
import sys
import time

MANIFESTS = "/etc/kubernetes/manifests"
STATE = "/run/lab-kubelet"


def crun(*words):
    return subprocess.run(["crun", "--root", STATE + "/crun", "--cgroup-manager=disabled", *words], capture_output=True, text=True)


def said(text):
    print(text, file=sys.stderr, flush=True)


def bundle(name, text):
    """The pod as an OCI bundle; the container's root is this host's /usr, with nothing else of it but the mounts that the manifest names."""
    words = re.findall(r"^    - (\S.*)$", text, re.M)
    inside = re.findall(r"^    - mountPath: (\S+)\n      name: (\S+)$", text, re.M)
    outside = {volume: path for path, volume in re.findall(r"^  - hostPath:\n      path: (\S+)\n(?:      \S.*\n)*    name: (\S+)$", text, re.M)}
    user = re.search(r"^      runAsUser: (\d+)$", text, re.M)
    words = [word for word in words if not word.startswith("mountPath:")]
    root = f"{STATE}/{name}/rootfs"
    for directory in ["usr", "proc", "dev", "etc", "tmp"]:
        os.makedirs(f"{root}/{directory}", exist_ok=True)
    for link in ["bin", "lib", "lib64", "sbin"]:
        if not os.path.lexists(f"{root}/{link}"):
            os.symlink("usr/" + link, f"{root}/{link}")
    mounts = [
        {"destination": "/proc", "type": "proc", "source": "proc"},
        {"destination": "/dev", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "mode=755"]},
        {"destination": "/usr", "type": "bind", "source": "/usr", "options": ["rbind", "ro"]},
    ]
    for path, volume in inside:
        os.makedirs(outside[volume], mode=0o700, exist_ok=True)
        mounts.append({"destination": path, "type": "bind", "source": outside[volume], "options": ["rbind", "rw"]})
    number = int(user.group(1)) if user else 0
    config = {
        "ociVersion": "1.0.2",
        "process": {
            "terminal": False, "user": {"uid": number, "gid": number}, "args": words, "cwd": "/",
            "env": ["PATH=/usr/local/bin:/usr/bin"], "noNewPrivileges": True,
        },
        "root": {"path": "rootfs"},
        "hostname": name,
        "mounts": mounts,
        # hostNetwork: true, as kubeadm's etcd
        "linux": {"namespaces": [{"type": kind} for kind in ["pid", "mount", "ipc", "uts"]]},
    }
    with open(f"{STATE}/{name}/config.json", "w") as file:
        json.dump(config, file)


class Pod:
    def __init__(self, name, text):
        self.name, self.text, self.process, self.ended = name, text, None, 0.0

    def start(self):
        if time.monotonic() - self.ended < 1:
            return
        bundle(self.name, self.text)
        crun("delete", "--force", self.name)
        log = open(f"/var/log/lab-pod-{self.name}.log", "ab")
        self.process = subprocess.Popen(
            ["crun", "--root", STATE + "/crun", "--cgroup-manager=disabled", "run", "--no-new-keyring", "--bundle", f"{STATE}/{self.name}", self.name],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        said(f"started {self.name}")

    def stop(self):
        if self.process and self.process.poll() is None:
            crun("kill", self.name, "TERM")
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                crun("kill", self.name, "KILL")
                self.process.wait()
        crun("delete", "--force", self.name)
        said(f"stopped {self.name}")

    def tend(self):
        if self.process is None or self.process.poll() is not None:
            if self.process is not None:
                self.process, self.ended = None, time.monotonic()
            self.start()


def manifests():
    found = {}
    for file in sorted(os.listdir(MANIFESTS)):
        # as the kubelet: every file that does not begin with a dot
        if not file.startswith("."):
            with open(f"{MANIFESTS}/{file}") as text:
                found[file.split(".")[0]] = text.read()
    return found


def main():
    os.makedirs(STATE, mode=0o700, exist_ok=True)
    os.makedirs(MANIFESTS, exist_ok=True)
    pods = {}
    # the kubelet leaves its pods alone when it ends; here nobody else would end them
    signal.signal(signal.SIGTERM, lambda *_: (_ for _ in ()).throw(SystemExit))
    try:
        while True:
            wanted = manifests()
            for name in [name for name in pods if pods[name].text != wanted.get(name)]:
                pods.pop(name).stop()
            for name, text in wanted.items():
                pods.setdefault(name, Pod(name, text)).tend()
            time.sleep(0.3)
    finally:
        for pod in pods.values():
            pod.stop()


main()
