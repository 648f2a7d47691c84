"""From one kind of pictures to another, one way and without pairs, by CUT (Park et al. 2020).

What is made of a picture has to look like the other kind, patch by patch, and each of its places has to be found among
all places of the picture that it was made from: there is no way back, and half the networks of CycleGAN. A third of
each folder is held out. The picture shows sources and what is made of them; the line tells how far that is from the
other kind, beside the pictures that nobody translated: the sliced Wasserstein distance of their details.

    python examples/cut.py horses zebras --image-size 64 --out zebras_of_horses
"""

import argparse
from pathlib import Path

import keras
import numpy as np

import keras_gan
from keras_gan.metrics import SlicedWasserstein
from keras_gan.utils.images import grid, to_pil
from keras_gan.utils.uint8 import to_uint8


def game_of(channels, width, blocks, steps, seed):
    """Return the compiled game; the rate falls to 0 in the second half."""
    source, target = channels
    options = {"antialiased": True, "projectors": True, "seed": seed}
    generator = keras_gan.models.resnet_translator(target, source, width, blocks, **options)
    judge = keras_gan.models.patch_discriminator(target, None, 34, width, normalization="instance", seed=seed + 1)
    game = keras_gan.CUT(generator, judge, seed=seed)
    # Half the paper's weights: `least_squares` is one half of its loss, too.
    contrast = keras_gan.terms.PatchContrast(0.5)
    rates = (keras_gan.optimizers.Linear(2e-4, 0.0, steps, hold=steps // 2) for _ in range(2))
    adams = (keras.optimizers.Adam(rate, beta_1=0.5) for rate in rates)
    game.compile(*adams, loss="least_squares", terms=[contrast], steps_per_execution="auto")
    return game


def distance(images, targets):
    metric = SlicedWasserstein()
    metric.hold_real(targets)
    metric.update_fake(images)
    return float(metric.result())


def main(sources, targets, image_size, width, blocks, epochs, batch_size, seed, out):
    out = Path(out)
    out.mkdir(parents=True, exist_ok=True)
    options = {"batch_size": batch_size, "seed": seed}
    larger = {"image_size": image_size + image_size // 8, "crop": image_size, "flip": True}
    data = keras_gan.data.load_unpaired(sources, targets, split="train[:67%]", **larger, **options)
    held_out = keras_gan.data.load_unpaired(sources, targets, split="train[67%:]", image_size=image_size, **options)
    channels = data.sample_shape[-1], data.target_shape[-1]
    game = game_of(channels, width, blocks, epochs * (len(data) // batch_size), seed)
    game.fit(data, epochs=epochs, verbose=2, callbacks=[keras.callbacks.CSVLogger(out / "log.csv")])
    game.save(out / "cut.keras")

    given, wanted = held_out.some(np.arange(min(256, len(held_out))))
    made = to_uint8(game.translate(given)).numpy()
    print(f"translated {distance(made, wanted):.4f}", end="")
    if channels[0] == channels[1]:
        print(f", untranslated {distance(given, wanted):.4f}", end="")
        rows = np.stack([given[:6], made[:6]], axis=1)
        to_pil(grid(rows.reshape(-1, *given.shape[1:]), 2, scale=2)).save(out / "held_out.png")
    print()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sources")
    parser.add_argument("targets")
    parser.add_argument("--image-size", type=int, default=64)
    parser.add_argument("--width", type=int, default=32)
    parser.add_argument("--blocks", type=int, default=6)
    parser.add_argument("--epochs", type=int, default=100)
    parser.add_argument("--batch-size", type=int, default=4)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", default="cut")
    main(**vars(parser.parse_args()))
