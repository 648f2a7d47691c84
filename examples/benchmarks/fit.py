"""Steps per second of a small network in `fit`, where calls and callbacks cost more than the mathematics.

python examples/benchmarks/fit.py

An MLP on the handwritten digits of scikit-learn: keras_gan with one step to a call and with `"auto"`, without and with
XLA, the `train_step` of Keras's example in its own `fit`, and loops inside one `tf.function`: of our own step, and of
the bare mathematics without logs and guard. All take turns; medians are printed, and ratios within a round.
"""

import argparse
import json
import time

import numpy as np
import tensorflow as tf
from sides.games import LATENT
from sides.in_tensorflow import Bare, Copied, adam, networks
from sklearn.datasets import load_digits

import keras_gan


def ours(images, batch, steps, steps_per_execution, jit_compile=False):
    """Return `fit`, and the same steps in one `tf.function`."""
    gan = keras_gan.GAN(*networks("mlp", keras_gan.layers))
    gan.compile(adam(), adam(), steps_per_execution=steps_per_execution, jit_compile=jit_compile)
    data = keras_gan.data.ImageData(images, batch_size=batch)
    batches = iter(data.dataset())

    @tf.function(autograph=False)
    def play():
        bound = lambda done: done < steps  # noqa: E731
        tf.while_loop(bound, lambda done: (gan.train_step(next(batches)) and done + 1,), [tf.constant(0)])

    return lambda: gan.fit(data, steps_per_epoch=steps, verbose=0), play


def stream(images, batch):
    options = tf.data.Options()
    options.autotune.enabled = False  # as keras_gan's: the end of `fit` may wait for it, which is not the step's time
    data = tf.data.Dataset.from_tensor_slices(images).shuffle(len(images)).batch(batch, drop_remainder=True).repeat()
    return data.with_options(options)


def copied(images, batch, steps):
    model = Copied("mlp", images[:batch])
    data = stream(images, batch).map(lambda x: tf.cast(x, tf.float32) / 127.5 - 1.0).prefetch(2)
    return lambda: model.fit(data, steps_per_epoch=steps, verbose=0)


def loop(images, batch, steps):
    side = Bare("mlp", images[:batch])
    batches = iter(stream(images, batch).prefetch(2))

    @tf.function
    def play():
        for _ in tf.range(steps):
            side.play(next(batches), tf.random.normal((batch, LATENT)), tf.random.normal((batch, LATENT)))

    return play


def main(batch=64, steps=2000, rounds=9, out=None):
    images = (load_digits().images / 16 * 255).astype("uint8")[..., None]
    fit, same = ours(images, batch, steps, "auto")
    sides = {
        'fit, "auto"': fit,
        'fit, "auto", XLA': ours(images, batch, steps, "auto", jit_compile=True)[0],
        "fit, one step to a call": ours(images, batch, steps, 1)[0],
        "the same steps in a loop": same,
        "copied fit": copied(images, batch, steps),
        "bare steps in a loop": loop(images, batch, steps),
    }
    taken = {name: [] for name in sides}
    for number in range(rounds + 1):
        for name in list(sides)[:: -1 if number % 2 else 1]:
            begin = time.perf_counter()
            sides[name]()
            taken[name].append(time.perf_counter() - begin)
    first, result = next(iter(sides)), {}
    for name, seconds in taken.items():
        low, median, high = np.quantile(np.array(seconds[1:]) / steps * 1e3, [0.25, 0.5, 0.75])  # the first one traces
        ratio = np.median(np.array(seconds[1:]) / taken[first][1:])
        result[name] = {"ms a step": [float(low), float(median), float(high)], "ratio": float(ratio)}
        print(f"{name:24s} {median:6.3f} ms a step ({low:.3f} to {high:.3f}), {ratio:5.2f} times {first}")
    if out:
        with open(out, "w") as file:
            json.dump(result, file, indent=1)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--steps", type=int, default=2000, help="In each turn of a side.")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--out", help="A JSON file.")
    main(**vars(parser.parse_args()))
