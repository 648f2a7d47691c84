"""Train for thousands of steps, write a hundred checkpoints, draw 50,000 samples: nothing may grow.

python examples/endurance.py --steps 2000 --samples 50000

Needs Linux (/proc). Prints resident memory, threads and open files from a quarter of the way on, how often the step was
traced, what lies in the directory of the checkpoints, and what `sample` takes beside its result.
"""

import argparse
import json
import os
import tempfile
from pathlib import Path

import keras
import numpy as np

import keras_gan
from keras_gan.callbacks import Checkpoint


def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


class Watch(keras.callbacks.Callback):
    """Notes what the process holds at the end of each epoch."""

    def __init__(self, keep):
        super().__init__()
        self.keep, self.seen = keep, []

    def on_epoch_end(self, epoch, logs=None):
        self.keep.wait()  # a file is open while it is written
        counts = [len(os.listdir(f"/proc/self/{what}")) for what in ("task", "fd")]
        self.seen.append((int(self.model.step.numpy()), resident(), *counts))


class Traced(keras_gan.GAN):
    """A GAN that counts how often its step is traced."""

    traces = 0

    def train_step(self, data):
        Traced.traces += 1
        return super().train_step(data)


def main(steps, samples):
    data = keras_gan.data.load("digits", batch_size=16)
    gan = Traced(*keras_gan.models.mlp((8, 8, 1), latent_dim=16, hidden=(64, 64), dropout=0.1), ema=0.99)
    gan.compile("adam", "adam", terms=[keras_gan.penalties.R1(0.5, interval=4)])
    epochs = 20
    with tempfile.TemporaryDirectory() as directory:
        keep = Checkpoint(directory, every=max(1, steps // 100))
        watch = Watch(keep)
        options = {"epochs": epochs, "steps_per_epoch": steps // epochs, "verbose": 0}
        gan.fit(data, **options, callbacks=[watch, keep])
        left = sorted(os.listdir(directory))
    late = [seen for seen in watch.seen if 4 * seen[0] >= steps]
    growth = max(memory for _, memory, _, _ in late) / late[0][1] - 1.0

    few = gan.sample(1000, seed=0)
    before = resident()
    drawn = gan.sample(samples, seed=0)
    beside = resident() - before - drawn.nbytes
    result = {
        "steps": int(gan.step.numpy()),
        "resident memory grew by": growth,
        "threads": sorted({threads for _, _, threads, _ in late}),
        "open files": sorted({files for *_, files in late}),
        "traces": Traced.traces,
        "checkpoints left": left,
        "samples": len(drawn),
        "bytes beside the samples": beside,
        "largest difference to the samples of another number": float(np.abs(few - drawn[: len(few)]).max()),
    }
    print(json.dumps(result, indent=1))
    return result


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=2000)
    parser.add_argument("--samples", type=int, default=50_000)
    main(**vars(parser.parse_args()))
