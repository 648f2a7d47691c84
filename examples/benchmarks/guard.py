"""What the guard of a step costs: the same DCGAN with and without it, in alternation.

python examples/benchmarks/guard.py --pairs 30

The guard judges each turn by the norm of its gradient, and can take back what an earlier turn has moved; see
`compile(on_nonfinite=...)`. Prints the median of the paired ratios, and the interval of order statistics that holds the
true median in 95 of 100 cases.
"""

import argparse
import contextlib
import json
import time
from unittest import mock

import keras
import numpy as np
from scipy.stats import binom

import keras_gan
from keras_gan.training import adversarial_model
from keras_gan.training.game import nonfinite_guard


class NoGuard(nonfinite_guard.NonFiniteGuard):
    """Judges nothing, and takes nothing back."""

    @contextlib.contextmanager
    def watch(self, *arguments):
        yield

    def judge(self, finite, suspects):
        pass

    def move(self, action, variables, across_replicas=False):
        action()

    def advance(self):
        return 1

    def look(self, wait):
        pass


def make(kind, side, jit_compile):
    keras.utils.set_random_seed(0)
    with mock.patch.object(adversarial_model, "NonFiniteGuard", kind):
        gan = keras_gan.GAN(*keras_gan.models.dcgan((side, side, 1), latent_dim=128, seed=0), ema=0.999)
        gan.compile(keras.optimizers.Adam(2e-4), keras.optimizers.Adam(2e-4), jit_compile=jit_compile)
    return gan


def seconds(gan, images):
    begin = time.perf_counter()
    gan.train_on_batch(images)
    return time.perf_counter() - begin


def main(pairs, batch, side, jit_compile, out):
    images = np.random.default_rng(0).integers(0, 256, (batch, side, side, 1), dtype=np.uint8)
    sides = {
        "without": make(NoGuard, side, jit_compile),
        "with": make(nonfinite_guard.NonFiniteGuard, side, jit_compile),
    }
    for gan in sides.values():
        for _ in range(3):
            seconds(gan, images)
    taken = {name: [] for name in sides}
    for pair in range(pairs):
        for name in list(sides)[:: 1 if pair % 2 else -1]:
            taken[name].append(seconds(sides[name], images))
    difference = max(np.abs(a - b).max() for a, b in zip(*(gan.get_weights() for gan in sides.values()), strict=True))
    ratios = np.sort(np.array(taken["with"]) / np.array(taken["without"]))
    low = int(binom.ppf(0.025, pairs, 0.5))
    result = {name: float(np.median(values)) for name, values in taken.items()} | {
        "ratio": float(np.median(ratios)),
        "interval": [float(ratios[low]), float(ratios[pairs - 1 - low])],
        "largest difference of a weight": float(difference),
    }
    print(json.dumps(result, indent=1))
    if out:
        with open(out, "w") as file:
            json.dump(result, file)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=30)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--side", type=int, default=28, help="Pixels.")
    parser.add_argument("--jit-compile", action="store_true")
    parser.add_argument("--out", help="A JSON file.")
    main(**vars(parser.parse_args()))
