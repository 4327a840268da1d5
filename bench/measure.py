#!/usr/bin/env python3
"""Runs a command three times; prints seconds, CPU seconds and peak resident memory in KiB of the fastest run.

The command's output is dropped. Memory below some 12 MB is that of this script before it becomes the command.

usage: bench/measure.py COMMAND [ARGUMENT...]
"""
import os, subprocess, sys, time


def run(words):
    start = time.monotonic()
    child = subprocess.Popen(words, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    if status:
        sys.exit(f"{words[0]} failed: {os.waitstatus_to_exitcode(status)}")
    return time.monotonic() - start, used.ru_utime + used.ru_stime, used.ru_maxrss


if len(sys.argv) < 2:
    sys.exit(__doc__)
seconds, cpu, memory = min(run(sys.argv[1:]) for _ in range(3))
print(f"{seconds:.3f} {cpu:.3f} {memory}")
