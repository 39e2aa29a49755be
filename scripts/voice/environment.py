"""The environment of packages and voices for narration."""

import os
import sys
from pathlib import Path

HOME = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "karuna" / "narration"
VOICES = HOME / "voices"
PYTHON = HOME / "python" / "bin" / "python"


def enter():
    """Restarts this script with the Python of `scripts/setup --for-narration`, unless it already runs with it."""
    if Path(sys.prefix).resolve() == (HOME / "python").resolve():
        return
    if not PYTHON.exists() or not VOICES.is_dir():
        raise SystemExit("the packages and voices for narration are not installed: run scripts/setup --for-narration")
    os.execv(PYTHON, [PYTHON, *sys.argv])


def limit_resources(jobs):
    """Lowers the priority, and limits each of the `jobs` processes to one thread."""
    os.nice(max(0, 10 - os.nice(0)))
    for library in ("OMP", "OPENBLAS", "NUMBA"):
        os.environ[f"{library}_NUM_THREADS"] = "1"
    # With one process per processor, the libraries must not use further threads.
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:jobs])


def processors():
    """Returns the number of processors available to this process."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
