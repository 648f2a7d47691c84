"""How many images, what augmentation: the measurement behind the rule of `keras_gan.recipes`.

python examples/benchmarks/how_many_images.py --data digits fashion_mnist

For each seed and number of images the same GAN is trained on the same images, from the same weights and for the same
length, once with each augmentation. The score is the Frechet distance, in the features of a classifier of all training
images, of generated samples to real ones: of Fashion-MNIST to its test images, of the digits to all, of a folder of
class folders to a quarter of its pictures, which is held out. Lower is better; beside each mean stands the mean ratio
to that without augmentation, with its standard error over the seeds.

What was measured is in docs/results.md.
"""

import argparse
import json
import tempfile
from pathlib import Path

import numpy as np
from sides.judge import divided

import keras_gan
from keras_gan.data import ImageData
from keras_gan.metrics import ClassifierFeatures, FrechetDistance

COUNTS = [100, 500, 2000, 10_000, 60_000]
AUGMENTATIONS = ["none", "diff_augment", "ada"]


def load(name, image_size, directory):
    """Return the training data, and those that samples are compared with."""
    if Path(name).is_dir():
        folders = divided(name, directory)
        return [keras_gan.data.load(folder, image_size=image_size, in_memory=True) for folder in folders]
    training = keras_gan.data.load(name)
    return training, training if name == "digits" else keras_gan.data.load(name, split="test")


def distance(name, data, augmentation, images, settings, seed, metric, real):
    recipe = keras_gan.recipes.get("digits" if name == "digits" else "dcgan").but(images=images)
    recipe = recipe.but(**settings).but(augmentation=augmentation)
    gan = recipe.make(data, seed)
    recipe.train(gan, data, verbose=0)
    metric.reset_state()
    if metric.start_real(real.digest):
        metric.update_real(real.examples)
        metric.finish_real()
    metric.update_fake(gan.sample(min(len(real), 5000), seed=seed))
    return float(metric.result())


def main(names, counts, augmentations, seeds, images, settings, out, image_size=32):
    results = {}
    for name in names:
        with tempfile.TemporaryDirectory() as directory:  # images are in memory when it is gone
            training, real = load(name, image_size, directory)
        metric = FrechetDistance(ClassifierFeatures.train(training.examples, training.labels))
        for count in sorted({min(count, len(training)) for count in counts}):
            rows = []
            for seed in seeds:
                chosen = np.random.default_rng(seed).permutation(len(training))[:count]
                data = ImageData(
                    training.examples[chosen],
                    np.asarray(training.labels)[chosen],
                    class_names=training.class_names,
                    batch_size=min(64, count),
                    seed=seed,
                )
                asked = (images, settings, seed, metric, real)
                rows.append([distance(name, data, augmentation, *asked) for augmentation in augmentations])
                print(Path(name).name, count, f"seed {seed}", *(f"{value:.2f}" for value in rows[-1]), flush=True)
            results[f"{name} {count}"] = rows
            out.write_text(json.dumps({"augmentations": augmentations, "distances": results}, indent=1))
    print("| data | images |", " | ".join(augmentations), "|")
    for place, rows in results.items():
        print("|", " | ".join([*place.rsplit(" ", 1), *map(told, *summary(np.array(rows)))]), "|")


def summary(rows):
    """Return the means, the mean ratios to the first column, and their standard errors."""
    ratios = rows / rows[:, :1]
    return rows.mean(axis=0), ratios.mean(axis=0), ratios.std(axis=0) / max(len(rows) - 1, 1) ** 0.5


def told(mean, ratio, error):
    return f"{mean:.1f} ({ratio:.2f} ± {error:.2f})"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", dest="names", nargs="+", default=["digits"], help="those names, or folders")
    parser.add_argument("--counts", type=int, nargs="+", default=COUNTS)
    parser.add_argument("--augmentations", nargs="+", choices=AUGMENTATIONS, default=AUGMENTATIONS)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2, 3, 4])
    parser.add_argument("--images", default="150k", help="the length of each training")
    parser.add_argument("--settings", type=json.loads, default={}, help="of the recipe, as JSON")
    parser.add_argument("--image-size", type=int, default=32, help="of a folder")
    parser.add_argument("--out", type=Path, default=Path("how_many_images.json"))
    main(**vars(parser.parse_args()))
