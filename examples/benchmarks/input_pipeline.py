"""Whether `fit` waits for its data: in memory, from a folder of image files, and from a `tf.data` pipeline.

python examples/benchmarks/input_pipeline.py

Each source feeds the same GAN, in turns with one batch that is there already; what the median step takes longer than
with that is time waited. Beside it the seconds that pass in `fit` before the first step.
"""

import argparse
import json
import tempfile
import time
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from PIL import Image
from sides import in_tensorflow
from sides.games import GAMES

import keras_gan


def sources(images, batch, folder):
    """Return the data by name, and how many seconds a folder took to read."""
    for number, image in enumerate(images):
        Image.fromarray(image.squeeze()).save(folder / f"{number:06d}.png")
    begin = time.perf_counter()
    from_folder = keras_gan.data.load(folder, batch_size=batch)
    read = time.perf_counter() - begin
    pipeline = (
        tf.data.Dataset.from_tensor_slices(images).shuffle(len(images)).repeat().batch(batch, drop_remainder=True)
    )
    return {
        "one batch": tf.data.Dataset.from_tensors(images[:batch]).repeat(),
        "array": keras_gan.data.ImageData(images, batch_size=batch),
        "folder": from_folder,
        "tf.data": pipeline.prefetch(2),
    }, read


class Clock(keras.callbacks.Callback):
    """Notes when batches begin and end."""

    def on_train_batch_begin(self, batch, logs=None):
        self.times = getattr(self, "times", None) or [time.perf_counter()]

    def on_train_batch_end(self, batch, logs=None):
        self.times.append(time.perf_counter())


def main(game="dcgan28", batch=64, images=4096, steps=12, rounds=7, out=None):
    drawn = np.random.default_rng(0).integers(0, 256, (images, *GAMES[game]["shape"]), dtype=np.uint8)
    with tempfile.TemporaryDirectory() as folder:
        data, read = sources(drawn, batch, Path(folder))
    print(f"{images} files are read and decoded in {read:.1f} s, once: {images / read:.0f} images/s")
    gan = keras_gan.GAN(*in_tensorflow.networks(game, keras_gan.layers))
    gan.compile(in_tensorflow.adam(), in_tensorflow.adam())
    taken, starts = {name: [] for name in data}, {name: [] for name in data}
    for number in range(rounds + 1):
        for name in list(data)[:: -1 if number % 2 else 1]:
            begin, clock = time.perf_counter(), Clock()
            gan.fit(data[name], steps_per_epoch=steps, callbacks=[clock], verbose=0)
            starts[name].append(clock.times[0] - begin)
            taken[name].append(float(np.median(np.diff(clock.times)[1:])))
    result = {}
    for name, values in taken.items():
        rate, low, high = batch / np.median(values[1:]), *batch / np.quantile(values[1:], [0.75, 0.25])
        waited = 1.0 - np.median(np.array(taken["one batch"][1:]) / values[1:])
        start = float(np.median(starts[name][1:]))
        result[name] = {
            "images per second": [float(low), float(rate), float(high)],
            "waited": float(waited),
            "start": start,
        }
        spread = f"({low:.0f} to {high:.0f})"
        print(f"{name:10s} {rate:7.0f} images/s in fit {spread}, {waited:+.1%} waited, {start:.2f} s to the first step")
    if out:
        with open(out, "w") as file:
            json.dump(result, file, indent=1)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--game", choices=GAMES, default="dcgan28")
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--images", type=int, default=4096)
    parser.add_argument("--steps", type=int, default=12, help="In each turn of a source.")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--out", help="A JSON file.")
    main(**vars(parser.parse_args()))
