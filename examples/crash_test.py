"""Kill a training run again and again, half of the times inside the write of a checkpoint; lose nothing.

python examples/crash_test.py --kills 200

The run has all that has to survive: dropout, ADA, LeCam, a moving average, a lazy penalty, five steps an execution and
a learning-rate schedule. Each life is a process that ends by SIGKILL at a random time; the next one resumes. The last
state, ten samples and the log of the epochs must then be those of a run that was never interrupted, bit for bit.
"""

import argparse
import multiprocessing
import random
import tempfile
from pathlib import Path

import keras
import numpy as np

import keras_gan
from keras_gan import augmentation, callbacks, penalties
from keras_gan.runs import Run
from keras_gan.training.resume import checkpoint_files as files


def live(directory, epochs, pipe):
    """Train from where `directory` stands to the end, and tell of each write of a checkpoint."""
    write = files.write

    def told(*given):
        pipe.send_bytes(b"begin")
        path = write(*given)
        pipe.send_bytes(b"end")
        return path

    files.write = told
    keras.utils.set_random_seed(0)
    networks = keras_gan.models.mlp((8, 8, 1), latent_dim=16, hidden=(512, 512), dropout=0.1, seed=0)
    gan = keras_gan.GAN(*networks, ema=0.99, seed=0)
    rate = keras.optimizers.schedules.CosineDecay(1e-3, epochs * 20)
    gan.compile(
        *(keras.optimizers.Adam(rate, beta_1=0.5) for _ in range(2)),
        terms=[penalties.R1(0.5, interval=4), penalties.LeCam(0.001)],
        augmentation=augmentation.ADA(groups=["blit"], speed=2000),
        steps_per_execution=5,
    )
    run, options = Run(directory), {"epochs": epochs, "steps_per_epoch": 20, "verbose": 0}
    log = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: run.log(gan, epoch, logs))
    kept = {"callbacks": [log, callbacks.Checkpoint(run.checkpoints, every=5)], "resume": run.checkpoints}
    gan.fit(keras_gan.data.load("digits", batch_size=32), **options, **kept)
    held = {name: np.array(value) for name, value in gan.hold_state().items()}
    np.savez(directory / "end.npz", samples=gan.sample(10, seed=1), **held)


def life(context, directory, epochs, kill=None):
    """Return what was told of writes last, and the exit code; `kill` says where to: "write", "any" or nowhere."""
    ours, theirs = context.Pipe(duplex=False)
    (process := context.Process(target=live, args=(directory, epochs, theirs))).start()
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


def main(kills):
    random.seed(0)
    multiprocessing.set_forkserver_preload(["keras_gan"])
    context = multiprocessing.get_context("forkserver")
    epochs = 10 + 2 * kills  # so that no life but the last comes to the end
    with tempfile.TemporaryDirectory() as root:
        unbroken, broken = Path(root, "unbroken"), Path(root, "broken")
        life(context, unbroken, epochs)
        inside = 0
        for died in range(kills):
            last, code = life(context, broken, epochs, "write" if 2 * inside <= died else "any")
            assert code == -9, f"a life ended by itself, with {code}"
            inside += last == [b"begin"]
            print(f"kill {died + 1}: {inside} inside the write of a checkpoint", flush=True)
        life(context, broken, epochs)
        ends = [np.load(path / "end.npz") for path in (unbroken, broken)]
        unequal = [name for name in ends[0] if not np.array_equal(*(end[name] for end in ends))]
        logs = [(path / "log.csv").read_text() for path in (unbroken, broken)]
    print(f"{kills} kills, {inside} inside a write; {len(ends[0].files)} arrays, unequal: {unequal}")
    print(f"logs of {len(logs[1].splitlines()) - 1} epochs, equal: {logs[0] == logs[1]}")
    return not unequal and logs[0] == logs[1] and 2 * inside >= kills


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=200)
    raise SystemExit(not main(**vars(parser.parse_args())))
