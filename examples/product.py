"""A GAN paper is a product: each loss x penalty x conditioning trains, in a graph, by XLA, on two devices, in float16.

python examples/product.py --all

Without `--all` 32 of the 288 are played, among which is every pair of values. A game is three steps on random images;
all that is logged and all weights have to be finite. The first failure ends the program.
"""

import argparse
import contextlib
import functools
import itertools
import time

import keras
import numpy as np
import tensorflow as tf

import keras_gan

LOSSES = list(keras_gan.utils.registry.members(keras_gan.losses.AdversarialLoss))
PENALTIES = {"none": [], "r1+r2": ["r1", "r2"], "wgan-gp": ["gradient_penalty"]}
CONDITIONING = ("unconditional", "projection", "ac-gan")
MODES = ("graph", "xla", "two devices", "mixed precision")
CLASSES = 3


def networks(conditioning):
    """Return a generator and a discriminator of 8x8 images."""
    classes = None if conditioning == "unconditional" else CLASSES
    generator, discriminator = keras_gan.models.mlp((8, 8, 1), latent_dim=4, hidden=(16,), num_classes=classes)
    if conditioning == "ac-gan":
        x = keras.Input((8, 8, 1))
        features = keras.layers.Dense(16, "relu")(keras.layers.Flatten()(x))
        heads = {"logits": keras.layers.Dense(1)(features), "classes": keras.layers.Dense(CLASSES)(features)}
        discriminator = keras.Model(x, heads)
    return generator, discriminator


@functools.cache
def strategy():
    """Return two replicas: always the same, because TensorFlow's collectives do not forget an earlier strategy."""
    return tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])


def play(loss, penalty, conditioning, mode):
    """Play three steps; raise unless all stays finite."""
    random = np.random.default_rng(0)
    images, labels = random.uniform(-1, 1, (24, 8, 8, 1)).astype("float32"), random.integers(0, CLASSES, 24)
    if mode == "mixed precision":
        keras.mixed_precision.set_global_policy("mixed_float16")
    try:
        with strategy().scope() if mode == "two devices" else contextlib.nullcontext():
            classes = None if conditioning == "unconditional" else CLASSES
            gan = keras_gan.GAN(*networks(conditioning), num_classes=classes)
            terms = [*PENALTIES[penalty], *(["auxiliary_classifier"] if conditioning == "ac-gan" else [])]
            gan.compile("adam", "adam", loss=loss, terms=terms, jit_compile=mode == "xla")
        logs = gan.fit(images, labels, batch_size=8, verbose=0).history
    finally:
        keras.mixed_precision.set_global_policy("float32")
    assert gan.step.numpy() == 3
    assert all(np.isfinite(values).all() for values in (*logs.values(), *gan.get_weights())), logs


def pairs():
    """Yield combinations in which every two values meet: each loss in each mode, the other two in turn."""
    for (i, loss), (j, mode) in itertools.product(enumerate(LOSSES), enumerate(MODES)):
        yield loss, list(PENALTIES)[(i + j) % 3], CONDITIONING[(i + 2 * j) % 3], mode


def main(all, each=1):
    with contextlib.suppress(RuntimeError):  # TensorFlow runs already, with the devices that it has
        device = tf.config.list_physical_devices("CPU")[0]
        tf.config.set_logical_device_configuration(device, [tf.config.LogicalDeviceConfiguration()] * 2)
    every = itertools.product(LOSSES, PENALTIES, CONDITIONING, MODES)
    games, began = list(every if all else pairs())[::each], time.time()
    for number, game in enumerate(games, 1):
        play(*game)
        print(f"{number}/{len(games)}", *game, flush=True)
    print(f"{len(games)} games, all finite, in {time.time() - began:.0f} s")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--each", type=int, default=1, help="play every so manieth of them")
    main(**vars(parser.parse_args()))
