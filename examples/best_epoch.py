"""Let a metric choose the epoch: the Frechet distance in `fit`, with `ModelCheckpoint` and `EarlyStopping`.

python examples/best_epoch.py

The features are those of a classifier of the digits. First the floor: one half of the real digits against the other.
Then the recipe's GAN learns from the first half, and each epoch is measured against the second, by as many samples.
"""

import argparse
import tempfile
from pathlib import Path

import keras
import numpy as np

import keras_gan
from keras_gan import evaluation
from keras_gan.data import ImageData
from keras_gan.metrics import ClassifierFeatures, FrechetDistance


def halves(data, seed):
    order = np.random.default_rng(seed).permutation(len(data))
    parts = np.array_split(order, 2)
    return [ImageData(data.examples[rows], data.labels[rows], batch_size=64, seed=seed) for rows in parts]


def main(epochs, steps_per_epoch, classifier_steps, seed=0):
    digits = keras_gan.data.load("digits")
    extractor = ClassifierFeatures.train(digits.examples, digits.labels, steps=classifier_steps)
    count = len(digits) // 2
    (floor,) = evaluation.measure_floor([FrechetDistance(extractor, num_real=count, num_fake=count)], digits, seed)
    print(f"classifier: {extractor.accuracy:.1%} of held-out digits")
    print(f"floor: {floor['value']:.3f} ({count} against {count})")

    training, held_out = halves(digits, seed)
    recipe = keras_gan.recipes.get("digits").but(images=64 * epochs * steps_per_epoch)
    gan = recipe.make(training, seed)
    rules = {name: getattr(gan, name) for name in ("generator_optimizer", "discriminator_optimizer", "loss", "terms")}
    metric = FrechetDistance(extractor, num_real=count, num_fake=count)
    gan.compile(**rules, metrics=[metric], steps_per_execution="auto")
    monitor = {"monitor": "val_frechet_distance", "mode": "min"}
    with tempfile.TemporaryDirectory() as directory:
        best = Path(directory, "best.keras")
        callbacks = [
            keras.callbacks.ModelCheckpoint(str(best), save_best_only=True, **monitor),
            keras.callbacks.EarlyStopping(patience=4, **monitor),
        ]
        fit = {"epochs": epochs, "steps_per_epoch": steps_per_epoch, "verbose": 0, "callbacks": callbacks}
        distances = gan.fit(training, validation_data=held_out, **fit).history["val_frechet_distance"]
        kept = keras_gan.load(best).evaluate(held_out, verbose=0, return_dict=True)["frechet_distance"]
    print("epochs:", " ".join(f"{distance:.2f}" for distance in distances))
    print(f"kept: {kept:.3f}, {kept / floor['value']:.2f} times the floor")
    return floor["value"], distances, kept


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=int, default=16)
    parser.add_argument("--steps-per-epoch", type=int, default=500)
    parser.add_argument("--classifier-steps", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    main(**vars(parser.parse_args()))
