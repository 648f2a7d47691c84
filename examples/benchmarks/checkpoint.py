"""How long training pauses for a checkpoint, against writing and syncing the same bytes: in alternation, medians.

python examples/benchmarks/checkpoint.py --saves 10

The pause lasts from the end of one step to the start of the next. The networks have 25 million parameters together;
with Adam's moments and the moving average a checkpoint holds more than three times as many numbers.
"""

import argparse
import json
import os
import statistics
import tempfile
import time
from pathlib import Path

import keras
import numpy as np

import keras_gan
from keras_gan.callbacks import Checkpoint


class Clock(keras.callbacks.Callback):
    """Stands before and after the checkpoint; between two steps it writes the same bytes itself."""

    def __init__(self, directory, keep, saves):
        super().__init__()
        self.directory, self.keep, self.saves = Path(directory), keep, saves
        self.pauses, self.writes, self.after = [], [], keras.callbacks.Callback()
        self.after.comes_last = True
        self.after.on_train_batch_begin = self.step_begins

    def on_train_batch_end(self, batch, logs=None):
        self.keep.wait()  # each save finds the disk idle
        if self.pauses or batch:
            begin = time.perf_counter()
            with (self.directory / "bytes").open("wb") as file:
                for tensor in self.model.hold_state().values():
                    file.write(np.ascontiguousarray(tensor.numpy()).data)
                file.flush()
                os.fsync(file.fileno())
            self.writes.append(time.perf_counter() - begin)
            self.bytes = (self.directory / "bytes").stat().st_size
        self.end = time.perf_counter()

    def step_begins(self, batch, logs=None):
        if batch:
            self.pauses.append(time.perf_counter() - self.end)


def main(saves, width, out):
    networks = keras_gan.models.mlp((8, 8, 1), latent_dim=64, hidden=(width, width), seed=0)
    gan = keras_gan.GAN(*networks, ema=0.999)
    gan.compile("adam", "adam")
    parameters = sum(network.count_params() for network in networks)
    data = keras_gan.data.load("digits", batch_size=16)
    with tempfile.TemporaryDirectory(dir=".") as directory:
        keep = Checkpoint(Path(directory, "checkpoints"), every=1)
        clock = Clock(directory, keep, saves)
        gan.fit(data, steps_per_epoch=saves + 1, callbacks=[clock, keep, clock.after], verbose=0)
    pause, write = statistics.median(clock.pauses), statistics.median(clock.writes)
    result = {
        "parameters": parameters,
        "megabytes": clock.bytes / 1e6,
        "saves": len(clock.pauses),
        "pause": pause,
        "write and sync": write,
        "ratio": pause / write,
    }
    print(json.dumps(result, indent=1))
    if out:
        Path(out).write_text(json.dumps(result))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--saves", type=int, default=10)
    parser.add_argument("--width", type=int, default=3500, help="Of the hidden layers.")
    parser.add_argument("--out", help="A JSON file.")
    main(**vars(parser.parse_args()))
