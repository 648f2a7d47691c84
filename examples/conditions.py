"""How well digits obey conditions that are no class: numbers, and tags.

`numbers`: the class as ten tags and, measured on each digit, its slant and the weight of its stroke. Asked for what the
1,797 real digits have, the samples are measured alike: the correlation of asked and measured, and the share in which
`SVC(gamma=0.001)`, trained on the real digits, sees the class.

`tags`: two digits side by side, ten tags for each half; the share of halves in which that classifier sees what was
asked for.

    python examples/conditions.py --seeds 0 1 2
"""

import argparse
import time

import keras
import numpy as np
from sklearn.datasets import load_digits
from sklearn.svm import SVC

import keras_gan

DIGITS = load_digits()
JUDGE = SVC(gamma=0.001).fit(DIGITS.data, DIGITS.target)
TAGS = np.eye(10, dtype=np.float32)


def measured(images):
    """Return slant (the shear that makes a digit upright) and weight (mean ink) of images in 0..16, `(n, 2)`."""
    ink = np.clip(images.reshape(-1, 8, 8), 0, 16) + 1e-6
    y, x = np.mgrid[:8, :8]
    total = ink.sum((1, 2), keepdims=True)
    across, down = (place - (ink * place).sum((1, 2), keepdims=True) / total for place in (x, y))
    slant = -(ink * across * down).sum((1, 2)) / (ink * down**2).sum((1, 2))
    return np.stack([slant, ink.mean((1, 2))], axis=1)


def trained(images, conditions, seed, steps):
    """Return a GAN that has learnt images `(n, 8, width)` in 0..16 by their conditions."""
    pixels = (images[..., None] / 8 - 1).astype(np.float32)
    data = keras_gan.data.ImageData(pixels, conditions=conditions, batch_size=64, seed=seed)
    told = {"condition_dim": conditions.shape[1]}
    networks = keras_gan.models.mlp(pixels.shape[1:], latent_dim=32, hidden=(256, 256), seed=seed, **told)
    gan = keras_gan.GAN(*networks, **told, ema=0.999, seed=seed)
    rate = keras.optimizers.schedules.CosineDecay(1e-3, steps, alpha=0.05)
    adams = [keras.optimizers.Adam(rate, beta_1=0.5, beta_2=0.99, name=f"{player}_adam") for player in "gd"]
    gan.compile(*adams, terms=[keras_gan.penalties.R1(weight=1.0)], steps_per_execution="auto")
    gan.fit(data, epochs=1, steps_per_epoch=steps, verbose=0)
    return gan


def numbers(seed, steps):
    """Return the correlations of slant and weight, and the agreement of the class in percent."""
    real = measured(DIGITS.images)
    middle, spread = real.mean(0), real.std(0)
    conditions = np.concatenate([TAGS[DIGITS.target], (real - middle) / spread], axis=1).astype(np.float32)
    gan = trained(DIGITS.images, conditions, seed, steps)
    images = 8 * (gan.sample(len(conditions), labels=conditions, seed=seed) + 1)
    found = (measured(images) - middle) / spread
    correlations = [np.corrcoef(conditions[:, 10 + i], found[:, i])[0, 1] for i in range(2)]
    return *correlations, 100 * (JUDGE.predict(images.reshape(-1, 64)) == DIGITS.target).mean()


def tags(seed, steps):
    """Return the agreement of the left and of the right half, in percent."""
    random = np.random.default_rng(seed)
    pairs = random.integers(0, len(DIGITS.target), (20_000, 2))
    images = np.concatenate([DIGITS.images[pairs[:, 0]], DIGITS.images[pairs[:, 1]]], axis=2)
    gan = trained(images, TAGS[DIGITS.target[pairs]].reshape(-1, 20), seed, steps)
    asked = random.integers(0, 10, (1797, 2))
    made = 8 * (gan.sample(1797, labels=TAGS[asked].reshape(-1, 20), seed=seed) + 1)[..., 0]
    halves = made[:, :, :8], made[:, :, 8:]
    return [100 * (JUDGE.predict(half.reshape(-1, 64)) == asked[:, i]).mean() for i, half in enumerate(halves)]


def main(seeds, steps):
    print("seed  slant  weight  class %  left %  right %  seconds", flush=True)
    for seed in seeds:
        begin = time.perf_counter()
        row = (*numbers(seed, steps), *tags(seed, steps), time.perf_counter() - begin)
        print("{:4}  {:5.3f}  {:6.3f}  {:7.2f}  {:6.2f}  {:7.2f}  {:7.1f}".format(seed, *row), flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--steps", type=int, default=4000)
    main(**vars(parser.parse_args()))
