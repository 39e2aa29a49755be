"""The Python environment and the voices installed by `scripts/setup --for-narration`."""

import os
import sys
from pathlib import Path

NARRATION_FOLDER = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "karuna" / "narration"
VOICES = NARRATION_FOLDER / "voices"
PYTHON = NARRATION_FOLDER / "python" / "bin" / "python"


def restart_in_environment():
    """Restarts this script with the Python of the environment, unless it already runs with it."""
    if Path(sys.prefix).resolve() == (NARRATION_FOLDER / "python").resolve():
        return
    if not PYTHON.exists() or not VOICES.is_dir():
        raise SystemExit("the packages and voices for narration are not installed: run scripts/setup --for-narration")
    os.execv(PYTHON, [PYTHON, *sys.argv])


def limit_resources(jobs):
    """Lowers this process's priority, restricts it to `jobs` processors, and limits numeric libraries to one thread."""
    os.nice(max(0, 10 - os.nice(0)))
    for library in ("OMP", "OPENBLAS", "NUMBA"):
        os.environ[f"{library}_NUM_THREADS"] = "1"
    # Some libraries start a thread for each visible processor, so they see only `jobs` of them.
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:jobs])


def processor_count():
    """Returns the number of processors available to this process."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
