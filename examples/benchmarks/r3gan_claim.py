"""R3GAN's claim, taken apart: its loss against two older ones, on its own networks, at equal images.

python examples/benchmarks/r3gan_claim.py --images 150000 --seeds 0 1 2

`relativistic` has R1 and R2 beside it, as in the paper (Huang et al. 2024, arXiv:2501.05441); `non_saturating` has R1,
as StyleGAN2; `hinge` has spectral normalization in the discriminator and no penalty, as SAGAN. The convolutions that
fix-up begins at 0 begin with Glorot's weights there: spectral normalization has nothing to divide by. All else is that
of the recipe, but for ADA, which is left out. Fashion-MNIST at 32x32, by classes, compared with its test images.
"""

import argparse
import itertools
import json
from pathlib import Path

import keras
import numpy as np
from PIL import Image
from sides.judge import Judge, table

import keras_gan
from keras_gan import layers, penalties
from keras_gan.exploration import sheet
from keras_gan.optimizers import Cosine

WEIGHTED = (keras.layers.Conv2D, keras.layers.Dense, layers.Conv2D)


def normalized(discriminator, seed):
    """Return the discriminator with spectral normalization of all its weights."""
    seeds = itertools.count(1000 * seed)

    def wrapped(layer):
        config = layer.get_config()
        if not isinstance(layer, WEIGHTED):
            return type(layer).from_config(config)
        if not np.array(layer.kernel).any():
            config["kernel_initializer"] = keras.initializers.GlorotUniform(seed=next(seeds))
        return layers.SpectralNormalization(type(layer).from_config(config))

    return keras.models.clone_model(discriminator, clone_function=wrapped)


def made(name, images, batch, width, seed, rate):
    """Return the compiled GAN: what moves along a cosine does so over all images, as in the recipe."""
    along = lambda start, end: Cosine.over(images, start, end, batch)  # noqa: E731
    generator, discriminator = keras_gan.models.r3gan((32, 32, 1), width=width, num_classes=10, seed=seed)
    discriminator = normalized(discriminator, seed) if name == "hinge" else discriminator
    average = keras_gan.ExponentialMovingAverage(half_life=along(0.0, images // 40), warm_up=False)
    gan = keras_gan.GAN(generator, discriminator, num_classes=10, ema=average, seed=seed)
    weight = (32 * 32 / 4096) ** 1.56  # of the recipe
    kinds = {"relativistic": [penalties.R1, penalties.R2], "non_saturating": [penalties.R1], "hinge": []}[name]
    rules = {"beta_1": 0.0, "beta_2": along(0.9, 0.99)}
    optimizers = [keras_gan.optimizers.Adam(along(rate, rate / 4), **rules) for _ in range(2)]
    terms = [kind(along(weight, weight / 10)) for kind in kinds]
    gan.compile(*optimizers, loss=name, terms=terms, steps_per_execution="auto")
    return gan


def main(images, seeds, width, batch, rate, losses, data, out):
    out.mkdir(parents=True, exist_ok=True)
    training, test = (
        keras_gan.data.load(data, split=split, image_size=32, batch_size=batch) for split in ("train", "test")
    )
    judge = Judge(training, test)
    file = out / "results.json"
    asked = {"images": images, "width": width, "batch": batch, "rate": rate, "data": data}
    results = json.loads(file.read_text()) if file.exists() else {"asked": asked, "floor": judge.floor}
    if results["asked"] != asked:
        raise SystemExit(f"`--out` must be another one: {file} is of {results['asked']}")
    for key, seed, name in ((f"{name} {seed}", seed, name) for seed in seeds for name in losses):
        if key not in results:
            gan, labels = made(name, images, batch, width, seed, rate), np.arange(judge.count) % 10
            gan.fit(training, epochs=1, steps_per_epoch=images // batch, verbose=0)
            samples = gan.sample(judge.count, labels=labels, seed=seed)
            Image.fromarray(np.squeeze(sheet(samples[:100].reshape(5, 20, 32, 32, 1)))).save(out / f"{name}-{seed}.png")
            results[key] = {"images": images, **judge.of(samples, labels)}
            file.write_text(json.dumps(results, indent=1))
        print(key, results[key], flush=True)
    print(table(results))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=150_000, help="of each training")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--width", type=int, default=32)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--rate", type=float, default=1e-3, help="of both players, at first; the paper's is 2e-4")
    parser.add_argument("--losses", nargs="+", default=["relativistic", "non_saturating", "hinge"])
    parser.add_argument("--data", default="fashion_mnist", help="with ten classes")
    parser.add_argument("--out", type=Path, default=Path("r3gan_claim"))
    main(**vars(parser.parse_args()))
