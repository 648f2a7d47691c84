"""Thousands of wrong command lines, pictures and model files, in one process.

A fault is an exit code other than 0, 1 and 2 (70 is an error nobody foresaw), an exception other than `InputError`, a
traceback, 10 seconds, a file written elsewhere, a process started, 1 GiB of memory above the start.
"""

import argparse
import collections
import contextlib
import io
import os
import random
import resource
import sys
import tempfile
import time
from pathlib import Path

import mutations

import keras_gan
from keras_gan_cli import main as program

ENDS = {0: "accepted", 1: "refused by the machine", 2: "refused"}
STARTS = ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "socket.connect")
faults, ends, inside = collections.Counter(), collections.Counter(), []


def watch(event, details):
    """Note what is written outside of the working directory, and what is started."""
    if not inside:
        return
    file = details[0] if event == "open" and (details[2] or 0) & (os.O_WRONLY | os.O_RDWR) else os.devnull
    outside = isinstance(file, str) and not os.path.realpath(file).startswith((*inside, os.devnull))
    if outside or event in STARTS:
        faults[f"{event} {details}"[:200]] += 1


def attempt(kind, case, call, *given, **options):
    """Make one attempt, and note how it ends."""
    started, printed, end = time.monotonic(), io.StringIO(), "accepted"
    try:
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            call(*given, **options)
    except (SystemExit, Exception) as error:
        end = ENDS.get(getattr(error, "code", None), f"{type(error).__name__} {error}"[:200])
        end = "refused" if isinstance(error, keras_gan.InputError) else end
    slow = time.monotonic() - started > 10
    if end not in ENDS.values() or slow or "Traceback" in printed.getvalue():
        faults[f"{kind} {case!r:.300}: {end}{', slow' * slow}: {printed.getvalue()[-300:]}"] += 1
    ends[f"{kind}: {end}"] += 1


def memory():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10


def main(commands, images, models, seed=0):
    sys.addaudithook(watch)
    chance, start = random.Random(seed), memory()
    with tempfile.TemporaryDirectory() as work, contextlib.chdir(work):
        tempfile.tempdir, inside[:] = work, [os.path.realpath(work)]
        here = Path("deeper")  # so that `../x` is inside too
        mutations.sound(here)
        os.chdir(here)
        for line in (mutations.command(chance) for _ in range(commands)):
            attempt("command", line, program.main, line)
        for number in range(images):
            mutations.mutated_picture(chance, Path(), Path(f"picture_{number}"))
            attempt("image", number, keras_gan.data.load, f"./picture_{number}", image_size=8)
        for number in range(models):
            mutations.mutated_model(chance, Path(), Path(f"model_{number}.keras"))
            attempt("model", number, program.main, ["info", f"model_{number}.keras"])
        tempfile.tempdir, inside[:] = None, []
    if memory() - start > 1024:
        faults["1 GiB of memory"] += 1
    print(*(f"{end}: {count}" for end, count in sorted(ends.items())), sep="\n")
    print(f"memory: {memory() - start} MB above the start\nfaults: {faults.total()}", *faults, sep="\n")
    return faults.total()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, count in {"commands": 10_000, "images": 1000, "models": 1000, "seed": 0}.items():
        parser.add_argument(f"--{name}", type=int, default=count)
    sys.exit(main(**vars(parser.parse_args())) > 0)
