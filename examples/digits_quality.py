"""How good the digits of the recipe are, by classifiers that never saw the other side.

For each seed the recipe `digits` is trained, and 1,797 digits are drawn from the moving average, the labels in turn:

- agreement: the share of them in which `SVC(gamma=0.001)`, trained on the real digits, sees the requested label;
- usefulness: the accuracy on the real digits of the same classifier trained on the generated ones;
- copies: the share that lies nearer to a real digit than the 1st percentile of the reals' distances to their nearest
  other real one (of real digits it would be 1 %).

    python examples/digits_quality.py --seeds 0 1 2
"""

import argparse
import time

import numpy as np
from sklearn.datasets import load_digits
from sklearn.neighbors import NearestNeighbors
from sklearn.svm import SVC

import keras_gan


def scores(gan, seed):
    """Return agreement, usefulness and copies, in percent."""
    real = load_digits()
    labels = np.arange(len(real.data)) % 10
    samples = gan.sample(len(labels), labels=labels, seed=seed)
    pixels = (samples + 1).reshape(len(labels), 64) * 8  # 0..16, as scikit-learn has them
    agreement = (SVC(gamma=0.001).fit(real.data, real.target).predict(pixels) == labels).mean()
    usefulness = SVC(gamma=0.001).fit(pixels, labels).score(real.data, real.target)
    neighbours = NearestNeighbors(n_neighbors=2).fit(real.data)
    threshold = np.percentile(neighbours.kneighbors(real.data)[0][:, 1], 1)
    copies = (neighbours.kneighbors(pixels, n_neighbors=1)[0] < threshold).mean()
    return 100 * agreement, 100 * usefulness, 100 * copies


def main(seeds, images):
    recipe = keras_gan.recipes.get("digits")
    recipe = recipe if images is None else recipe.but(images=images)
    print("seed  agreement %  usefulness %  copies %  seconds", flush=True)
    for seed in seeds:
        begin = time.perf_counter()
        gan = recipe.fit(seed=seed, verbose=0)
        seconds = time.perf_counter() - begin
        print("{:4}  {:11.2f}  {:12.2f}  {:8.2f}  {:7.1f}".format(seed, *scores(gan, seed), seconds), flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--images", help="the recipe's if not given")
    main(**vars(parser.parse_args()))
