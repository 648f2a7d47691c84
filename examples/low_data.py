"""Whether augmentation helps where data are few: GANs on 200 real digits, judged by what they teach a classifier.

python examples/low_data.py --seeds 0 1 2 3 4

For each seed 20 digits of each class are drawn, and the same GAN is trained on them without and with augmentation, from
the same weights and for the same steps. The score is the accuracy of `SVC(gamma=0.001)`, trained on 2,000 generated
digits, on the 1,597 real ones that the GAN has not seen. Pairs are compared by their mean difference.
"""

import argparse

import keras
import numpy as np
from sklearn.datasets import load_digits
from sklearn.svm import SVC

import keras_gan

AUGMENTATIONS = {
    "none": lambda: None,
    "diff_augment": lambda: keras_gan.augmentation.DiffAugment(["translation", "cutout"]),
    "ada": lambda: keras_gan.augmentation.ADA(["blit", "geometry"], speed=50_000),
}


def split(seed):
    """Return the pixels, in 0..16, and the labels of 20 digits of each class, and those of all others."""
    digits = load_digits()
    order = np.random.default_rng(seed).permutation(len(digits.data))
    few = np.concatenate([order[digits.target[order] == label][:20] for label in range(10)])
    rest = np.setdiff1d(order, few)
    return (digits.data[few], digits.target[few]), (digits.data[rest], digits.target[rest])


def train(pixels, labels, augmentation, seed, steps):
    images = (pixels.reshape(-1, 8, 8, 1) / 8 - 1).astype("float32")
    data = keras_gan.data.ImageData(images, labels, batch_size=50, seed=seed)
    networks = keras_gan.models.mlp((8, 8, 1), latent_dim=32, num_classes=10, seed=seed)
    gan = keras_gan.GAN(*networks, num_classes=10, ema=0.999, seed=seed)
    gan.compile(
        keras.optimizers.Adam(5e-4, beta_1=0.5, beta_2=0.99),
        keras.optimizers.Adam(5e-4, beta_1=0.5, beta_2=0.99),
        terms=[keras_gan.penalties.R1(weight=0.1)],
        augmentation=augmentation,
        steps_per_execution=100,
    )
    gan.fit(data, steps_per_epoch=steps, verbose=0)
    return gan


def score(gan, seed, pixels, labels):
    """Return the accuracy on real digits of a classifier trained on generated ones, in percent."""
    classes = np.arange(2000) % 10
    generated = (gan.sample(2000, labels=classes, seed=seed).reshape(-1, 64) + 1) * 8
    return 100 * SVC(gamma=0.001).fit(generated, classes).score(pixels, labels)


def main(seeds, steps):
    print("seed", *AUGMENTATIONS, "the_200_themselves", flush=True)
    rows = []
    for seed in seeds:
        few, rest = split(seed)
        row = [score(train(*few, make(), seed, steps), seed, *rest) for make in AUGMENTATIONS.values()]
        rows.append([*row, 100 * SVC(gamma=0.001).fit(*few).score(*rest)])
        print(seed, *(f"{value:.2f}" for value in rows[-1]), flush=True)
    scores = np.array(rows)
    print("mean", *(f"{value:.2f}" for value in scores.mean(axis=0)))
    for column, name in enumerate(AUGMENTATIONS):
        gains = scores[:, column] - scores[:, 0]
        error = gains.std() / max(len(gains) - 1, 1) ** 0.5
        print(f"{name} - none: {gains.mean():+.2f}, standard error {error:.2f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2, 3, 4])
    parser.add_argument("--steps", type=int, default=4000)
    main(**vars(parser.parse_args()))
