"""Medians of a bench/restore file, as Markdown. Standard library only."""
import collections, statistics, sys

METHODS = {"A": "Rekindle", "B": "by hand, followers first", "C": "by hand, all at once", "D": "Rekindle, staged", "E": "Ansible"}

times = collections.defaultdict(list)
order = collections.defaultdict(list)
with open(sys.argv[1]) as lines:
    next(lines)
    for line in lines:
        _, method, phase, seconds = line.rstrip("\n").split("\t")
        times[method, phase].append(float(seconds))
        if phase not in order[method]:
            order[method].append(phase)

median = {key: statistics.median(values) for key, values in times.items()}


def spread(key):
    return f"{median[key]:.2f} s ({min(times[key]):.2f} to {max(times[key]):.2f})"


print("| | total: median (range) | downtime: median (range) |")
print("| --- | --- | --- |")
METHODS = {method: name for method, name in METHODS.items() if (method, "total") in median}
for method, name in METHODS.items():
    downtime = spread((method, "downtime")) if (method, "downtime") in median else "–"
    print(f"| {method}: {name} | {spread((method, 'total'))} | {downtime} |")
print()
for other in "BC":
    for what in ("total", "downtime"):
        ratio = median["A", what] / median[other, what]
        print(f"- A takes {ratio:.2f} times the {what} of {other}.")
if "E" in METHODS:
    print(f"- A takes {median['A', 'total'] / median['E', 'total']:.2f} times the total of E.")
for other in "AB":
    print(f"- D takes {median['D', 'downtime'] / median[other, 'downtime']:.2f} times the downtime of {other}.")
print("\nWhere the time goes (medians):\n")
for method in METHODS:
    parts = [f"{p} {median[method, p]:.2f}" for p in order[method] if p not in ("total", "downtime", "idle")]
    print(f"- {method}: {', '.join(parts)}")
idle = [percent for method in METHODS for percent in times[method, "idle"]]
print(f"\nBefore the runs the machine was {statistics.median(idle):.0f} % idle (at worst {min(idle):.0f} %).")
