"""Samples per second of `sample`, beside the generator's own forward passes over latents that are there already.

python examples/benchmarks/sampling.py --samples 50000

Both sides take turns; medians of the rounds and of the ratios within one.
"""

import argparse
import json
import time

import numpy as np
import tensorflow as tf
from sides import in_tensorflow
from sides.games import LATENT

import keras_gan


def seconds(function):
    begin = time.perf_counter()
    function()
    return time.perf_counter() - begin


def main(game="dcgan28", samples=50_000, batch=256, rounds=3, out=None):
    gan = keras_gan.GAN(*in_tensorflow.networks(game, keras_gan.layers))
    forward = tf.function(lambda latents: gan.generator(latents, training=False))
    latents = tf.random.normal((batch, LATENT))
    sides = {
        "sample": lambda: gan.sample(samples, seed=0, batch_size=batch),
        "forward": lambda: [forward(latents) for _ in range(-(-samples // batch))][-1].numpy(),
    }
    gan.sample(batch, batch_size=batch), forward(latents)
    taken = {name: [] for name in sides}
    for number in range(rounds):
        for name in list(sides)[:: -1 if number % 2 else 1]:
            taken[name].append(seconds(sides[name]))
    result = {name: samples / float(np.median(values)) for name, values in taken.items()}
    result["ratio"] = float(np.median(np.array(taken["forward"]) / np.array(taken["sample"])))
    rates = f"{result['sample']:.0f} samples/s, of the {result['forward']:.0f} of the generator alone"
    print(f"{game}: {rates} {result['ratio']:.1%}")
    if out:
        with open(out, "w") as file:
            json.dump(result, file, indent=1)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--game", default="dcgan28")
    parser.add_argument("--samples", type=int, default=50_000)
    parser.add_argument("--batch", type=int, default=256)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--out", help="A JSON file.")
    main(**vars(parser.parse_args()))
