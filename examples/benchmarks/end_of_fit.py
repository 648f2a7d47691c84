"""Whether `fit` waits at its end: from its last callback to its return, of trainings of 0.3 to 20 s.

python examples/benchmarks/end_of_fit.py

TensorFlow tunes a `tf.data` pipeline in a thread that sleeps longer and longer, and who lets go of an iterator waits
until it wakes. How long that is by itself, of an iterator over the pipeline that was used for as long, stands beside.
"""

import argparse
import json
import time
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

import keras_gan

BATCH, BATCHES = 64, 40
IMAGES = np.random.default_rng(0).integers(0, 256, (BATCH * BATCHES, 8, 8, 1), dtype=np.uint8)


def pipeline():
    """Return what people write: a parallel map and a prefetch, both tuned."""
    data = tf.data.Dataset.from_tensor_slices(IMAGES).map(lambda x: x, num_parallel_calls=tf.data.AUTOTUNE)
    return data.batch(BATCH, drop_remainder=True).prefetch(tf.data.AUTOTUNE)


def generator():
    """Yield batches without end."""
    while True:
        yield IMAGES[:BATCH]


DATA = {
    "arrays": lambda: (IMAGES, {"batch_size": BATCH}),
    "pipeline": lambda: (pipeline(), {}),
    "generator": lambda: (generator(), {"steps_per_epoch": BATCHES}),
}


class Until(keras.callbacks.Callback):
    """Ends a training after some seconds, and notes when its last callback was called."""

    def __init__(self, seconds):
        super().__init__()
        self.seconds = seconds

    def on_train_begin(self, logs=None):
        self.begin = time.perf_counter()

    def on_train_batch_end(self, batch, logs=None):
        self.model.stop_training = time.perf_counter() - self.begin >= self.seconds

    def on_train_end(self, logs=None):
        self.end = time.perf_counter()


def wait_of_fit(gan, kind, seconds):
    data, options = DATA[kind]()
    gan.fit(data, epochs=1_000_000, verbose=0, callbacks=[until := Until(seconds)], **options)
    return time.perf_counter() - until.end


def wait_of_tensorflow(seconds):
    iterator, begin = iter(pipeline().repeat()), time.perf_counter()
    while time.perf_counter() - begin < seconds:
        next(iterator)
        time.sleep(0.005)  # a step
    end = time.perf_counter()
    del iterator
    return time.perf_counter() - end


def main(fits, longest, out):
    gan = keras_gan.GAN(*keras_gan.models.mlp((8, 8, 1), latent_dim=16, hidden=(64,)))
    gan.compile("adam", "adam")
    waits = {kind: [] for kind in (*DATA, "an iterator")}
    for seconds in np.geomspace(min(0.3, longest), longest, fits):
        for kind in DATA:
            waits[kind].append(wait_of_fit(gan, kind, seconds))
        waits["an iterator"].append(wait_of_tensorflow(seconds))
    for kind, each in waits.items():
        long = f"{np.count_nonzero(np.array(each) > 0.05)} of {fits} longer than 50 ms"
        print(f"{kind:12s} median {np.median(each) * 1e3:7.1f} ms, longest {max(each) * 1e3:7.1f} ms, {long}")
    Path(out).write_text(json.dumps(waits, indent=1))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fits", type=int, default=30)
    parser.add_argument("--longest", type=float, default=20.0, help="seconds")
    parser.add_argument("--out", default="end_of_fit.json")
    main(**vars(parser.parse_args()))
