"""Where the packages and voices for narration are, and how a script comes to run with them."""

import os
import sys
from pathlib import Path

HOME = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "karuna" / "narration"
VOICES = HOME / "voices"
PYTHON = HOME / "python" / "bin" / "python"


def enter():
    """Starts this script again with the Python of `scripts/setup --for-narration`, unless it already runs with it."""
    if Path(sys.prefix).resolve() == (HOME / "python").resolve():
        return
    if not PYTHON.exists() or not VOICES.is_dir():
        raise SystemExit("the packages and voices for narration are not installed: run scripts/setup --for-narration")
    os.execv(PYTHON, [PYTHON, *sys.argv])


def be_modest(jobs):
    """Runs after everything else on the machine; each of the `jobs` processes computes with one thread."""
    os.nice(max(0, 10 - os.nice(0)))
    for library in ("OMP", "OPENBLAS", "NUMBA"):
        os.environ[f"{library}_NUM_THREADS"] = "1"
    # With so many processes as processors, no library may choose for itself how many it uses.
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:jobs])


def processors():
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
