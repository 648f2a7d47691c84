"""How long should the average of the weights be: several are kept in one training, and a metric chooses.

python examples/ema_widths.py

The digits' recipe, with averages of a half-life and of power functions (Karras et al. 2024, arXiv:2312.02696), and with
next to none. Each is measured against all digits, by the features of a classifier of them.
"""

import argparse

import keras_gan
from keras_gan import ExponentialMovingAverage, PowerFunctionAverage, evaluation
from keras_gan.metrics import ClassifierFeatures, FrechetDistance

AVERAGES = {
    "none": 0.0,
    "half-life of 10,000 images": ExponentialMovingAverage(half_life=10_000),
    "half-life of 45,000 images": ExponentialMovingAverage(half_life=45_000),
    "power function of width 0.03": PowerFunctionAverage(0.03),
    "power function of width 0.1": PowerFunctionAverage(0.1),
    "power function of width 0.2": PowerFunctionAverage(0.2),
}


def main(images, classifier_steps, seed=0, out=None):
    data = keras_gan.data.load("digits")
    extractor = ClassifierFeatures.train(data.examples, data.labels, steps=classifier_steps)
    recipe = keras_gan.recipes.get("digits").but(images=images)
    data = recipe.load(seed)
    chosen = recipe.make(data, seed)
    gan = keras_gan.GAN(chosen.generator, chosen.discriminator, num_classes=10, ema=list(AVERAGES.values()), seed=seed)
    rules = ("generator_optimizer", "discriminator_optimizer", "loss", "terms")
    gan.compile(**{rule: getattr(chosen, rule) for rule in rules}, steps_per_execution="auto")
    recipe.train(gan, data, verbose=0)
    distances = []
    for number, name in enumerate(AVERAGES):
        gan.sampled_average = number
        (result,) = evaluation.measure([FrechetDistance(extractor)], gan, data, seed)
        distances.append(result["value"])
        print(f"{name + ':':30} {result['value']:.2f}")
    gan.sampled_average = distances.index(min(distances))
    if out is not None:
        gan.save(out)  # it samples from the best
    return distances


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", default="512k")
    parser.add_argument("--classifier-steps", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", help="a .keras file, for the GAN that samples from the best average")
    main(**vars(parser.parse_args()))
