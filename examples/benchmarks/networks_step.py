"""A training step of the larger networks, beside a plain PyTorch loop over the same networks with the same weights.

python examples/benchmarks/networks_step.py --game pix2pix

`pix2pix` is a step of U-Net and PatchGAN at 256 pixels with L1, `cyclegan` one of two ResNet-6 and two PatchGANs at 128
with the cycle and the identity, `r3gan` one at 64 with R1 and R2 at every step, `stylegan2` one at 64 with R1 and path
length at every step. First the networks of both have to give the same to 1e-4, and, where nothing is drawn, the first
steps the same losses; then the sides take turns, and medians of the ratios within a round are printed. PyTorch takes
part where it is installed.
"""

import argparse
import importlib.util
import json
import sys
import time
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

import keras_gan

LOOPS = {}
if importlib.util.find_spec("torch"):
    sys.modules["triton"] = None  # its LLVM and TensorFlow's can't be in one process; a CPU needs none
    from sides.in_torch_loops import LOOPS

models = keras_gan.models


def adam():
    return keras.optimizers.Adam(2e-4, beta_1=0.5, epsilon=1e-10)


def pix2pix(side):
    return keras_gan.ImageToImage(models.unet(dropout=0.0), models.patch_discriminator(source_channels=3)), {
        "terms": [keras_gan.terms.Reconstruction(weight=100.0)],
        "reuse_fakes": True,  # as everybody's loop does
    }


def cyclegan(side):
    networks = [models.resnet_translator(blocks=6, seed=seed) for seed in (1, 2)]
    networks += [models.patch_discriminator(normalization="instance", seed=seed) for seed in (3, 4)]
    return keras_gan.CycleGAN(*networks, image_size=side), {}


def r3gan(side):
    gan = keras_gan.GAN(*models.r3gan((side, side, 3), width=96))
    terms = [keras_gan.penalties.R1(weight=1.0), keras_gan.penalties.R2(weight=1.0)]
    return gan, {"loss": "relativistic", "terms": terms}


def stylegan2(side):
    networks = models.stylegan2((side, side, 3), channel_base=4096, mapping_depth=2, mixing=0.0)
    terms = [keras_gan.penalties.R1(weight=1.0), keras_gan.terms.PathLength(interval=1)]
    return keras_gan.GAN(*networks), {"terms": terms}


GAMES = {
    "pix2pix": (pix2pix, 256, 1),
    "cyclegan": (cyclegan, 128, 1),
    "r3gan": (r3gan, 64, 64),
    "stylegan2": (stylegan2, 64, 8),
}


class Ours:
    """keras_gan's step, in the function that `fit` calls."""

    def __init__(self, game, side, data, jit_compile):
        self.gan, rules = GAMES[game][0](side)
        self.gan.compile(adam(), adam(), jit_compile=jit_compile, **rules)
        self.gan.make_train_function()
        batch = data if game in ("pix2pix", "cyclegan") else data[:1]
        self.data = iter(tf.data.Dataset.from_tensors(batch if len(batch) > 1 else batch[0]).repeat())

    def step(self):
        logs = self.gan.train_function(self.data)
        return [float(logs[name]) for name in ("d_loss", "g_loss")]


def seconds(side, steps):
    begin = time.perf_counter()
    for _ in range(steps):
        losses = side.step()
    assert np.isfinite(losses).all()
    return (time.perf_counter() - begin) / steps


def main(game, batch=None, rounds=9, steps=3, forms=("eager", "channels_last"), out=None):
    _, side, usual = GAMES[game]
    batch = batch or usual
    random = np.random.default_rng(0)
    data = tuple(random.uniform(-1, 1, (batch, side, side, 3)).astype(np.float32) for _ in range(2))
    sides = {f"keras_gan{' (XLA)' * jit}": Ours(game, side, data, jit) for jit in (False, True)}
    for form in forms if LOOPS else ():
        sides[f"torch {form}"] = LOOPS[game](sides["keras_gan"].gan, data, form)
        sides[f"torch {form}"].check()
    first = {name: each.step() for name, each in sides.items()}
    if game in ("pix2pix", "cyclegan"):  # the others draw latents
        for name, losses in first.items():
            np.testing.assert_allclose(losses, first["keras_gan"], rtol=1e-3, err_msg=name)
    for each in sides.values():
        seconds(each, 2)
    taken = {name: [] for name in sides}
    for number in range(rounds):
        for name in list(sides)[:: -1 if number % 2 else 1]:
            taken[name].append(seconds(sides[name], steps))
    result = {}
    for name, values in taken.items():
        ratios = np.array(values) / np.array(taken["keras_gan"])
        low, middle, high = (float(value) for value in np.quantile(ratios, [0.25, 0.5, 0.75]))
        result[name] = {"ms": 1e3 * float(np.median(values)), "of keras_gan's": [low, middle, high]}
        print(f"{name:22s} {result[name]['ms']:8.0f} ms a step, {middle:.2f} x keras_gan's ({low:.2f} to {high:.2f})")
    if out:
        Path(out).write_text(json.dumps({"game": game, "batch": batch, "side": side, "sides": result}, indent=1))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--game", choices=GAMES, default="pix2pix")
    parser.add_argument("--batch", type=int, help="images; the usual number by default")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--steps", type=int, default=3, help="in each turn of a side")
    parser.add_argument(
        "--forms", nargs="+", default=["eager", "channels_last"], help="compiled, too; of stylegan2 grouped"
    )
    parser.add_argument("--out", help="a JSON file")
    main(**vars(parser.parse_args()))
