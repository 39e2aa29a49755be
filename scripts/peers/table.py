"""Tables of medians with their spread; the rows of karuna also have the ratio to each peer."""
import sys
from statistics import median

OURS = "karuna"


class Table:
    def __init__(self, *columns):
        self.columns, self.rows = columns, {}

    def add(self, program, *values):
        self.rows.setdefault(program, []).append(values)

    def show(self, title):
        print(f"\n### {title}\n\n| program | " + " | ".join(self.columns) + " |\n|---|" + "---|" * len(self.columns))
        for program, runs in self.rows.items():
            print(f"| {program} | " + " | ".join(cell([run[n] for run in runs]) for n in range(len(self.columns))) + " |")
        for ours in [program for program in self.rows if program.startswith(OURS)]:
            for peer in [program for program in self.rows if not program.startswith(OURS)]:
                print(f"| {ours} ÷ {peer} | " + " | ".join(self.ratio(ours, peer, n) for n in range(len(self.columns))) + " |")
        sys.stdout.flush()

    def ratio(self, ours, peer, n):
        ours, theirs = ([run[n] for run in self.rows[program]] for program in (ours, peer))
        comparable = not isinstance(ours[0], bool) and median(theirs)
        return f"{median(ours) / median(theirs):.2f}" if comparable else ""


def cell(values):
    if isinstance(values[0], bool):
        return f"{sum(values)} of {len(values)}"
    digits = 3 if median(values) < 1 else 2 if median(values) < 10 else 1
    return f"{median(values):.{digits}f} ({min(values):.{digits}f}–{max(values):.{digits}f})"
