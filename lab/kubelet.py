"""A stand-in for the kubelet, which Debian does not have: it runs static pods with crun, and no more.

Real are the containers (crun: namespaces, their own root) and the manifests as kubeadm lays them out. What matters to whoever moves a
manifest is as a kubelet 1.36 was seen to do it:

1. A file in the directory is run within a second, one that changed is run anew, and one that is gone is stopped at once: SIGTERM, and
   SIGKILL after its terminationGracePeriodSeconds (30). Pods start and stop side by side, each with its own grace period.
2. With a kubeconfig (/etc/kubernetes/kubelet.conf) it stops nothing before it has reached an API server since its own start: "skipping
   delete because sources aren't ready yet". Without one, as a kubelet that stands alone, its sources are ready at once. A container
   that ends while its manifest is away is not started again, whoever ended it.
3. A container that ends is started again, and from the second time on after 10 s, 20 s, ... 5 min (CrashLoopBackOff). That belongs to
   the pod's UID, which is made from the manifest, its path and the host: it outlives the manifest's removal and return. A restart of the
   kubelet forgets it. LAB_BACKOFF in /etc/default/kubelet sets another first pause, for tests that have no time to crash often.
4. It leaves its containers alone when it ends, and finds them again when it starts.

How kube-apiserver takes its SIGTERM, and a watch from a revision that is yet to come, is lab/kube-apiserver.py's part.

Run in a host of the lab by lab/static-pods; reads block YAML as kubeadm writes it, nothing else.
"""

import hashlib
import json
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
import urllib.request

MANIFESTS = "/etc/kubernetes/manifests"
KUBECONFIG = "/etc/kubernetes/kubelet.conf"
STATE = "/run/lab-kubelet"
FIRST_PAUSE = float(os.environ.get("LAB_BACKOFF") or 10)
LONGEST_PAUSE = 300


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
        # hostNetwork: true, as kubeadm's
        "linux": {"namespaces": [{"type": kind} for kind in ["pid", "mount", "ipc", "uts"]]},
    }
    with open(f"{STATE}/{name}/config.json", "w") as file:
        json.dump(config, file)


def started_at(pid):
    """When the process began, in the kernel's ticks; None for one that is gone or waits to be reaped."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            fields = file.read().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in "ZX" else fields[19]


class BackOff:
    """How long each UID must wait; in memory alone, as the kubelet's is."""

    def __init__(self):
        self.pauses = {}

    def may_start(self, uid, ended):
        pause, _ = self.pauses.get(uid, (0, 0))
        return ended is None or time.monotonic() >= ended + pause

    def note_restart(self, uid):
        pause, noted = self.pauses.get(uid, (0, 0))
        # forgotten after twice the longest pause, as client-go's flowcontrol.Backoff does
        if time.monotonic() - noted > 2 * LONGEST_PAUSE:
            pause = 0
        self.pauses[uid] = (min(max(2 * pause, FIRST_PAUSE), LONGEST_PAUSE), time.monotonic())


class Pod:
    """One container, from its start to its end. A thread stops it, so that nobody waits for another's grace period."""

    def __init__(self, name, text):
        self.name, self.text = name, text
        self.uid = hashlib.md5(f"{text}host:{socket.gethostname()}file:{MANIFESTS}/{name}.yaml".encode()).hexdigest()
        self.pid = self.began = None
        self.stopping = None

    @property
    def runs(self):
        return self.pid is not None and started_at(self.pid) == self.began

    def start(self):
        bundle(self.name, self.text)
        crun("delete", "--force", self.name)
        with open(f"/var/log/lab-pod-{self.name}.log", "ab") as log:
            done = subprocess.run(
                ["crun", "--root", STATE + "/crun", "--cgroup-manager=disabled", "run", "--detach", "--no-new-keyring",
                 "--pid-file", f"{STATE}/{self.name}/pid", "--bundle", f"{STATE}/{self.name}", self.name],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        if done.returncode == 0:
            with open(f"{STATE}/{self.name}/pid") as file:
                self.pid = int(file.read())
            self.began = started_at(self.pid)
        # what another kubelet finds it by
        with open(f"{STATE}/{self.name}/pod.json", "w") as file:
            json.dump({"name": self.name, "text": self.text, "pid": self.pid, "began": self.began}, file)
        said(f"started {self.name}" if done.returncode == 0 else f"cannot start {self.name}: crun ended with {done.returncode}")

    def stop(self):
        if self.stopping is None:
            self.stopping = threading.Thread(target=self.end, daemon=True)
            self.stopping.start()

    def end(self):
        grace = re.search(r"^  terminationGracePeriodSeconds: (\d+)$", self.text, re.M)
        deadline = time.monotonic() + (int(grace.group(1)) if grace else 30)
        if self.runs:
            crun("kill", self.name, "TERM")
        while self.runs and time.monotonic() < deadline:
            time.sleep(0.05)
        if self.runs:
            said(f"{self.name} used up its grace period")
            crun("kill", self.name, "KILL")
        while self.runs:
            time.sleep(0.05)
        crun("delete", "--force", self.name)
        said(f"stopped {self.name}")

    @property
    def is_stopped(self):
        return self.stopping is not None and not self.stopping.is_alive()


def found_again():
    """The pods that an earlier kubelet left running."""
    pods = {}
    for name in sorted(os.listdir(STATE)):
        try:
            with open(f"{STATE}/{name}/pod.json") as file:
                told = json.load(file)
        except OSError:
            continue
        pod = Pod(told["name"], told["text"])
        pod.pid, pod.began = told["pid"], told["began"]
        if pod.runs:
            said(f"found {name} running")
            pods[name] = pod
    return pods


class Sources:
    """Whether the kubelet knows all that is to run on its host: it says so itself once it has reached an API server."""

    def __init__(self):
        self.are_ready = not os.path.exists(KUBECONFIG)
        if not self.are_ready:
            threading.Thread(target=self.ask, daemon=True).start()

    def ask(self):
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        while True:
            try:
                with open(KUBECONFIG) as file:
                    server = re.search(r"^ *server: (\S+)$", file.read(), re.M).group(1)
                request = urllib.request.Request(server + "/readyz", headers={"User-Agent": "kubelet/lab"})
                with urllib.request.urlopen(request, timeout=2, context=context):
                    if not self.are_ready:
                        said("sources are ready: reached an API server")
                    self.are_ready = True
            except (OSError, AttributeError):
                pass
            time.sleep(1)


def manifests():
    found = {}
    for file in sorted(os.listdir(MANIFESTS)):
        # as the kubelet: every file that does not begin with a dot
        if not file.startswith("."):
            try:
                with open(f"{MANIFESTS}/{file}") as text:
                    found[file.split(".")[0]] = text.read()
            except OSError:
                # it went between the two looks
                continue
    return found


def main():
    os.makedirs(STATE, mode=0o700, exist_ok=True)
    os.makedirs(MANIFESTS, exist_ok=True)
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    pods, back_off, sources, skipped = found_again(), BackOff(), Sources(), set()
    # when a container of the UID ended by itself
    ended = {}
    while True:
        wanted = manifests()
        for name in list(pods):
            pod = pods[name]
            if pod.is_stopped:
                del pods[name]
            elif pod.stopping is None and pod.text != wanted.get(name):
                if not pod.runs:
                    ended[pod.uid] = time.monotonic()
                    said(f"{name} ended, its manifest is away: not started again")
                    del pods[name]
                elif sources.are_ready:
                    skipped.discard(name)
                    pod.stop()
                elif name not in skipped:
                    skipped.add(name)
                    said(f"{name}: skipping delete because sources aren't ready yet")
        for name, text in wanted.items():
            pod = pods.get(name)
            if pod is None:
                pod = pods[name] = Pod(name, text)
            if pod.stopping is not None or pod.text != text or pod.runs:
                continue
            if pod.pid is not None:
                ended[pod.uid], pod.pid = time.monotonic(), None
            if back_off.may_start(pod.uid, ended.get(pod.uid)):
                if pod.uid in ended:
                    back_off.note_restart(pod.uid)
                pod.start()
        time.sleep(0.3)


main()
