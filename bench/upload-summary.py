"""Medians of a bench/upload file, as Markdown. Standard library only.

usage: upload-summary.py FILE MIB
"""
import collections, statistics, sys

times = collections.defaultdict(list)
with open(sys.argv[1]) as lines:
    next(lines)
    for line in lines:
        case, _, method, seconds = line.rstrip("\n").split("\t")
        times[case, method].append(float(seconds))

cases = list(dict.fromkeys(case for case, _ in times))
methods = list(dict.fromkeys(method for _, method in times))
print("\nMiB/s to each host (times scp's speed), medians:\n")
print("| | " + " | ".join(methods) + " |")
print("| --- |" + " --- |" * len(methods))
for case in cases:
    cells = []
    for method in methods:
        seconds = statistics.median(times[case, method])
        cell = f"{int(sys.argv[2]) / seconds:.0f}"
        if (case, "scp") in times:
            cell += f" ({statistics.median(times[case, 'scp']) / seconds:.2f})"
        cells.append(cell)
    print(f"| {case} | " + " | ".join(cells) + " |")
