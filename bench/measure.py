#!/usr/bin/env python3
"""Runs a command and prints its seconds, its CPU seconds and its peak resident memory in KiB on standard error.

Memory below some 12 MB is that of this script before it becomes the command.

usage: bench/measure.py COMMAND [ARGUMENT...]
"""
import resource, subprocess, sys, time

start = time.monotonic()
status = subprocess.run(sys.argv[1:]).returncode
seconds = time.monotonic() - start
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(f"{seconds:.3f} {used.ru_utime + used.ru_stime:.3f} {used.ru_maxrss}", file=sys.stderr)
sys.exit(status)
