"""Kill a training run again and again, half of the times inside the write of a checkpoint; lose nothing.

python examples/crash_test.py --kills 200

The run has everything that has to survive: dropout, batch statistics, ADA, LeCam, a moving average, a lazy penalty,
five steps an execution and a learning-rate schedule. Each life is a process that is ended by SIGKILL at a random time;
the next one resumes. The last state (both networks, the average, both optimizers and all else), ten samples and the log
of the epochs must then be those of a run that was never interrupted, bit for bit.
"""

import argparse
import csv
import multiprocessing
import pickle
import random
import tempfile
from pathlib import Path

import keras
import numpy as np

import keras_gan
from keras_gan import callbacks, checkpoint, penalties
from keras_gan.augmentation import ADA
from keras_gan.runs import Run

BATCH, STEPS = 32, 20


def live(directory, epochs, pipe):
    """Train from where `directory` stands to the end, and tell of each write of a checkpoint."""
    write = checkpoint.write

    def told(*arguments):
        pipe.send_bytes(b"begin")
        path = write(*arguments)
        pipe.send_bytes(b"end")
        return path

    checkpoint.write = told
    keras.utils.set_random_seed(0)
    networks = keras_gan.models.mlp((8, 8, 1), latent_dim=16, hidden=(512, 512), dropout=0.1, seed=0)
    gan = keras_gan.GAN(*networks, ema=0.99, seed=0)
    rate = keras.optimizers.schedules.CosineDecay(1e-3, epochs * STEPS)
    gan.compile(
        keras.optimizers.Adam(rate, beta_1=0.5),
        keras.optimizers.Adam(rate, beta_1=0.5),
        terms=[penalties.R1(0.5, interval=4), penalties.LeCam(0.001)],
        augmentation=ADA(groups=["blit"], speed=2000),
        steps_per_execution=5,
    )
    data = keras_gan.data.load("digits", batch_size=BATCH)
    run = Run(directory)
    log = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: run.log(gan, epoch, logs))
    keep = callbacks.Checkpoint(run.checkpoints, every=5)
    options = {"epochs": epochs, "steps_per_epoch": STEPS, "verbose": 0, "callbacks": [log, keep]}
    gan.fit(data, **options, resume=run.checkpoints)
    state = [np.array(variable) for variable in [gan.step, *gan.state]]
    (directory / "end.pickle").write_bytes(pickle.dumps((state, gan.sample(10, seed=1))))


def life(context, directory, epochs, kill=None):
    """Return the writes that had begun and ended; `kill` is "write" or "any", or nothing for a life to its end."""
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=live, args=(directory, epochs, theirs))
    process.start()
    theirs.close()
    seen, after = [], random.randrange(1, 8)
    try:
        while kill and len(seen) < 2 * after - 1:  # inside the write number `after`
            seen.append(ours.recv_bytes())
        if kill:
            process.join(random.uniform(0, 0.05 if kill == "write" else 0.5))
            process.kill()
        while True:
            seen.append(ours.recv_bytes())
    except EOFError:
        process.join()
    return seen, process.exitcode


def main(kills, seed=0):
    random.seed(seed)
    multiprocessing.set_forkserver_preload([__name__, "keras_gan"])
    context = multiprocessing.get_context("forkserver")
    epochs = 10 + 2 * kills  # so that no life but the last comes to the end
    with tempfile.TemporaryDirectory() as root:
        unbroken, broken = Path(root, "unbroken"), Path(root, "broken")
        life(context, unbroken, epochs)
        inside = died = 0
        while died < kills:
            seen, code = life(context, broken, epochs, "write" if 2 * inside <= died else "any")
            if code == 0:
                break  # it came to the end
            died += 1
            inside += seen[-1:] == [b"begin"]
            print(f"kill {died}: {inside} inside the write of a checkpoint", flush=True)
        _, code = life(context, broken, epochs)
        assert code == 0, f"the last life ended with {code}"
        ends = [pickle.loads((path / "end.pickle").read_bytes()) for path in (unbroken, broken)]
        equal = sum(np.array_equal(a, b) for a, b in zip(*(state for state, _ in ends), strict=True))
        same = np.array_equal(ends[0][1], ends[1][1])
        logs = [list(csv.DictReader((path / "log.csv").open())) for path in (unbroken, broken)]
        left = sorted(path.name for path in (broken / "checkpoints").iterdir())
    print(f"{died} kills, {inside} of them inside a write; {equal} of {len(ends[0][0])} variables are bit-equal")
    print(f"ten samples equal: {same}; log of {len(logs[1])} epochs equal: {logs[0] == logs[1]}; left: {left}")
    return equal == len(ends[0][0]) and same and logs[0] == logs[1] and died == kills


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    raise SystemExit(0 if main(**vars(parser.parse_args())) else 1)
