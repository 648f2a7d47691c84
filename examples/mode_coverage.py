"""Count the modes that a GAN finds in two mixtures of Gaussians: 8 on a ring, 25 on a grid.

python examples/mode_coverage.py

As in VEEGAN and PacGAN: of 2,500 samples those within 3 sigma of a mean are of high quality (of a perfect generator's
98.9 %); a mode counts with one of these nearest to it; the reverse KL divergence is of their histogram from uniform.
"""

import argparse
import time

import keras
import numpy as np
from keras import layers, ops

import keras_gan

RADIUS = {"ring": 1.0, "grid": 4.0}  # our networks work in units of the data's extent
PUBLISHED = """PacGAN, table 1: modes, high quality in %, reverse KL of ring | grid, after 400,000 steps
GAN      6.3+-0.5 98.2+-0.2 0.45+-0.09 | 17.3+-0.8 94.8+-0.7 0.70+-0.07
ALI      6.6+-0.3 97.6+-0.4 0.36+-0.04 | 24.1+-0.4 95.7+-0.6 0.14+-0.03
PacGAN2  7.9+-0.1 95.6+-2.0 0.07+-0.03 | 23.8+-0.7 91.3+-0.8 0.13+-0.04
PacGAN4  7.8+-0.1 95.9+-1.4 0.07+-0.02 | 24.8+-0.2 93.6+-0.6 0.04+-0.01"""


def ours(kind, data, seed, steps):
    """3 steep layers against Fourier features and 2 layers; R1 and R2, weaker and weaker; Adam 1e-3, cosine decay."""
    latents = x = keras.Input((4,))
    for _ in range(3):  # steps, not slopes: a continuous map leaves few points on the way from mode to mode
        x = ops.tanh(5.0 * layers.Dense(128, kernel_initializer="lecun_normal")(x))
    generator = keras.Model(latents, layers.Rescaling(RADIUS[kind])(layers.Dense(2)(x)))
    features = [layers.Rescaling(1 / RADIUS[kind])(points := keras.Input((2,)))]
    for frequency in (1.0, 4.0, 16.0, 64.0):  # the finest resolves the modes, which dense layers on points do not
        normal = keras.initializers.RandomNormal(stddev=frequency)
        phase = layers.Dense(16, use_bias=False, trainable=False, kernel_initializer=normal)(features[0])
        features += [ops.sin(phase) / frequency**0.5, ops.cos(phase) / frequency**0.5]
    y = layers.Concatenate()(features)
    for _ in range(2):
        y = layers.Dense(64, "leaky_relu", kernel_initializer="he_normal")(y)
    gan = keras_gan.GAN(generator, keras.Model(points, layers.Dense(1)(y)), ema=0.995, seed=seed)
    schedules, first = keras.optimizers.schedules, 0.3 * RADIUS[kind] ** 2
    adams = [keras.optimizers.Adam(schedules.CosineDecay(1e-3, steps), 0.5, 0.99) for _ in range(2)]
    weight = schedules.ExponentialDecay(first, steps, data.scale**2 / first)  # from the scale of all to that of a mode
    gan.compile(*adams, terms=[keras_gan.penalties.R1(weight), keras_gan.penalties.R2(weight)], steps_per_execution=250)
    return gan, 256


def pacgan(kind, data, seed, steps, pack=1):
    """PacGAN's networks, loss, optimizers and batch: 4 layers with batch norm against 3 of maxout; Adam 1e-4."""
    normal = keras.initializers.RandomNormal(stddev=0.02)
    x = latents = keras.Input((2,))
    for _ in range(4):
        x = layers.ReLU()(layers.BatchNormalization()(layers.Dense(400, kernel_initializer=normal.clone())(x)))
    x = layers.Dense(2, kernel_initializer=normal.clone())(x)
    points = y = keras.Input((2 * pack,))
    for _ in range(3):
        y = ops.max(layers.Reshape((200, 5))(layers.Dense(1000, kernel_initializer=normal.clone())(y)), axis=-1)
    y = layers.Dense(1, kernel_initializer=normal.clone())(y)
    gan = keras_gan.GAN(keras.Model(latents, x), keras.Model(points, y), pack=pack, seed=seed)
    gan.compile(*[keras.optimizers.Adam(1e-4, 0.8) for _ in range(2)], steps_per_execution=250)
    return gan, 100


SETUPS = {"ours": ours, "pacgan": pacgan, "pacgan2": lambda *arguments: pacgan(*arguments, pack=2)}


def score(points, means, scale):
    """Return the modes found, the share of high-quality points, and the reverse KL divergence."""
    distances = np.linalg.norm(points[:, None] - means, axis=-1)
    good = distances.min(axis=1) <= 3 * scale
    shares = np.bincount(distances.argmin(axis=1)[good], minlength=len(means)) / max(good.sum(), 1)
    found = shares[shares > 0]
    return len(found), 100 * good.mean(), np.sum(found * np.log(found * len(means)))


def main(kinds, setups, seeds, steps):
    print("seed modes quality reverse_kl seconds", flush=True)
    for kind, setup in ((kind, setup) for kind in kinds for setup in setups):
        print(f"{kind}, {setup}, {steps} steps. {(ours if setup == 'ours' else pacgan).__doc__}")
        rows = []
        for seed in seeds:
            data, began = keras_gan.data.gaussian_mixture(kind, seed=seed), time.time()
            keras.utils.set_random_seed(seed)
            gan, data.batch_size = SETUPS[setup](kind, data, seed, steps)
            gan.fit(data, steps_per_epoch=steps, verbose=0)
            rows.append([*score(gan.sample(2500, seed=seed), data.means, data.scale), time.time() - began])
            print(seed, *(f"{value:.4g}" for value in rows[-1]), flush=True)
        summary = zip(np.mean(rows, axis=0), np.std(rows, axis=0) / max(len(rows) - 1, 1) ** 0.5, strict=True)
        print("mean and standard error", *(f"{mean:.4g}+-{error:.2g}" for mean, error in summary), "\n")
    print(PUBLISHED)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kinds", nargs="+", choices=RADIUS, default=list(RADIUS))
    parser.add_argument("--setups", nargs="+", choices=SETUPS, default=["ours", "pacgan"])
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2, 3, 4])
    parser.add_argument("--steps", type=int, default=15_000)
    main(**vars(parser.parse_args()))
