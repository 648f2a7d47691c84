"""How much memory and room there is, and how people write it."""

import sys
from pathlib import Path

import psutil
import tensorflow as tf

_GROUP = Path("/proc/self/cgroup")  # names the group of processes of a container
_LIMITS = Path("/sys/fs/cgroup")
_UNITS = ("bytes", "KB", "MB", "GB", "TB")


def available_memory() -> int:
    """Return how many bytes this process can take before the machine, or its container, has none left."""
    free = int(psutil.virtual_memory().available)
    left = _left_in_group()
    return free if left is None else min(free, left)


def peak_memory() -> int:
    """Return the most bytes that this process has held at once."""
    if sys.platform == "win32":
        return int(psutil.Process().memory_info().peak_wset)
    import resource  # not there on Windows

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def peak_gpu_memory() -> int | None:
    """Return the most bytes that TensorFlow has taken of the first GPU; `None` without one."""
    if not tf.config.list_physical_devices("GPU"):
        return None
    return int(tf.config.experimental.get_memory_info("GPU:0")["peak"])


def readable(size: float) -> str:
    """Return a number of bytes as people write it: `2.5 GB`."""
    power = 0
    while size >= 1000 and power < len(_UNITS) - 1:
        size, power = size / 1000, power + 1
    return f"{size:.3g} {_UNITS[power]}"


def _left_in_group() -> int | None:
    """Return what is left of the limit of a container (version 2 of Linux's control groups); `None` without one."""
    try:
        own = next(line for line in _GROUP.read_text().splitlines() if line.startswith("0::"))
        group = _LIMITS / own.removeprefix("0::").lstrip("/")
        most, used = (int((group / name).read_text()) for name in ("memory.max", "memory.current"))
        statistics = dict(line.split() for line in (group / "memory.stat").read_text().splitlines())
        return max(most - used + int(statistics["inactive_file"]), 0)  # pages of files that make room when asked
    except (OSError, ValueError, KeyError, StopIteration):  # no such groups, or the limit is "max"
        return None
