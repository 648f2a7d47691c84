"""Kill a training run again and again, half of the times inside the write of a checkpoint; lose nothing.

python examples/crash_test.py --kills 200

The run has all that has to survive: dropout, ADA, LeCam, a moving average, a lazy penalty, five steps an execution and
a learning-rate schedule; or it is that of a translation: `--game pix2pix`, `cut`, or `cyclegan` with its past fakes.
Each life is a process that ends by SIGKILL at a random time; the next one resumes. The last state, ten samples and the
log of the epochs must then be those of a run that was never interrupted, bit for bit.
"""

import argparse
import multiprocessing
import random
import tempfile
from pathlib import Path

import keras
import numpy as np
from crash.games import SMALL, made

from keras_gan import callbacks
from keras_gan.runs import Run
from keras_gan.training.resume import checkpoint_files as files


def live(name, directory, epochs, pipe):
    """Train from where `directory` stands to the end, and tell of each write of a checkpoint."""
    write = files.write

    def told(*given):
        pipe.send_bytes(b"begin")
        path = write(*given)
        pipe.send_bytes(b"end")
        return path

    files.write = told
    keras.utils.set_random_seed(0)
    game, seen, samples = made(name, epochs)
    run, options = Run(directory), {"epochs": epochs, "steps_per_epoch": 20, "verbose": 0}
    log = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: run.log(game, epoch, logs))
    kept = {"callbacks": [log, callbacks.Checkpoint(run.checkpoints, every=5)], "resume": run.checkpoints}
    game.fit(seen, **options, **kept)
    held = {name: np.array(value) for name, value in game.hold_state().items()}
    np.savez(directory / "end.npz", samples=samples(), **held)


def life(context, name, directory, epochs, kill=None):
    """Return what was told of writes last, and the exit code; `kill` says where to: "write", "any" or nowhere."""
    ours, theirs = context.Pipe(duplex=False)
    (process := context.Process(target=live, args=(name, directory, epochs, theirs))).start()
    theirs.close()
    seen, begun = [], 2 * random.randrange(1, 8) - 1
    try:
        while kill and len(seen) < begun:
            seen.append(ours.recv_bytes())
        if kill:
            process.join(random.uniform(0, 0.05 if kill == "write" else 0.5))
            process.kill()
        while True:
            seen.append(ours.recv_bytes())
    except EOFError:  # it is gone
        process.join()
    return seen[-1:], process.exitcode


def main(kills, game):
    random.seed(0)
    multiprocessing.set_forkserver_preload(["keras_gan"])
    context = multiprocessing.get_context("forkserver")
    epochs = 10 + 2 * kills  # so that no life but the last comes to the end
    with tempfile.TemporaryDirectory() as root:
        unbroken, broken = Path(root, "unbroken"), Path(root, "broken")
        life(context, game, unbroken, epochs)
        inside = 0
        for died in range(kills):
            last, code = life(context, game, broken, epochs, "write" if 2 * inside <= died else "any")
            assert code == -9, f"a life ended by itself, with {code}"
            inside += last == [b"begin"]
            print(f"kill {died + 1}: {inside} inside the write of a checkpoint", flush=True)
        life(context, game, broken, epochs)
        ends = [np.load(path / "end.npz") for path in (unbroken, broken)]
        unequal = [name for name in ends[0] if not np.array_equal(*(end[name] for end in ends))]
        logs = [(path / "log.csv").read_text() for path in (unbroken, broken)]
    print(f"{kills} kills, {inside} inside a write; {len(ends[0].files)} arrays, unequal: {unequal}")
    print(f"logs of {len(logs[1].splitlines()) - 1} epochs, equal: {logs[0] == logs[1]}")
    # Of few kills it is chance where they fall.
    return not unequal and logs[0] == logs[1] and (kills < 10 or 2 * inside >= kills)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--game", choices=["gan", *SMALL], default="gan")
    raise SystemExit(not main(**vars(parser.parse_args())))
