"""The machine that a training runs on, and the versions of what it runs with."""

import os
import platform
from pathlib import Path

import psutil
import tensorflow as tf

from keras_gan.training.resume import fingerprint
from keras_gan.utils.memory import readable

_PROCESSORS = Path("/proc/cpuinfo")  # of Linux, where Python does not know the processor's name


def machine() -> dict[str, str]:
    """Return what the machine is, in words."""
    gpus = [tf.config.experimental.get_device_details(gpu) for gpu in tf.config.list_physical_devices("GPU")]
    told = {
        "system": platform.platform(),
        "processor": _processor(),
        "cores": str(os.cpu_count() or ""),
        "memory": readable(psutil.virtual_memory().total),
        "GPU": ", ".join(str(gpu.get("device_name", "unnamed")) for gpu in gpus),
    }
    return {name: text for name, text in told.items() if text}


def versions() -> dict[str, str]:
    """Return the versions, by name."""
    return {"Python": platform.python_version(), **{name: str(text) for name, text in fingerprint.versions().items()}}


def _processor() -> str:
    try:
        lines = _PROCESSORS.read_text().splitlines()
    except OSError:
        return platform.processor()
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.processor()
