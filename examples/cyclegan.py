"""From one kind of pictures to another and back, by CycleGAN (Zhu et al. 2017): two folders, and no pairs.

A third of each folder is held out. For each way the picture shows sources, what is made of them, and what comes back;
the table tells how far what is made is from the other kind, beside the pictures that nobody translated: the sliced
Wasserstein distance of their details.

    python examples/cyclegan.py horses zebras --image-size 64 --out zebras_of_horses
"""

import argparse
from pathlib import Path

import keras
import numpy as np

import keras_gan
from keras_gan.metrics import SlicedWasserstein, feed
from keras_gan.utils.images import grid, to_pil
from keras_gan.utils.uint8 import to_uint8


def game_of(channels, width, blocks, image_size, steps, seed):
    """Return the compiled game; the rate falls to 0 in the second half."""
    (a, b), seeds = channels, iter(range(seed, seed + 4))
    networks = {"width": width, "blocks": blocks}
    judges = {"receptive_field": 34, "width": width, "normalization": "instance"}
    game = keras_gan.CycleGAN(
        keras_gan.models.resnet_translator(b, a, **networks, seed=next(seeds)),
        keras_gan.models.resnet_translator(a, b, **networks, seed=next(seeds)),
        keras_gan.models.patch_discriminator(a, **judges, seed=next(seeds)),
        keras_gan.models.patch_discriminator(b, **judges, seed=next(seeds)),
        image_size=image_size,
        seed=seed,
    )
    rates = (keras_gan.optimizers.Linear(2e-4, 0.0, steps, hold=steps // 2) for _ in range(2))
    game.compile(*(keras.optimizers.Adam(rate, beta_1=0.5) for rate in rates), steps_per_execution="auto")
    return game


def distance(images, targets):
    metric = SlicedWasserstein()
    feed([metric], "real", targets)
    feed([metric], "fake", images)
    return metric.result()


def main(sources, targets, image_size, width, blocks, epochs, batch_size, seed, out):
    out = Path(out)
    out.mkdir(parents=True, exist_ok=True)
    options = {"batch_size": batch_size, "seed": seed}
    larger = {"image_size": image_size + image_size // 8, "crop": image_size, "flip": True}
    data = keras_gan.data.load_unpaired(sources, targets, split="train[:67%]", **larger, **options)
    held_out = keras_gan.data.load_unpaired(sources, targets, split="train[67%:]", image_size=image_size, **options)
    channels = data.sample_shape[-1], data.target_shape[-1]
    steps = epochs * (len(data) // batch_size)
    game = game_of(channels, width, blocks, image_size, steps, seed)
    log = keras.callbacks.CSVLogger(out / "log.csv")
    game.fit(data, epochs=epochs, verbose=2, callbacks=[log])
    game.save(out / "cyclegan.keras")

    results = {}
    both = held_out.some(np.arange(min(256, len(held_out))))
    for way, (given, wanted) in enumerate((both, both[::-1])):
        made = game.translate(given, reverse=bool(way))
        back = game.translate(made[:6], reverse=not way)
        results[way] = distance(given, wanted), distance(to_uint8(made), wanted)
        print(f"{('there', 'back')[way]}: untranslated {results[way][0]:.4f}, translated {results[way][1]:.4f}")
        if channels[0] == channels[1]:
            rows = np.stack([given[:6], to_uint8(made[:6]), to_uint8(back)], axis=1)
            to_pil(grid(rows.reshape(-1, *given.shape[1:]), 3, scale=2)).save(out / f"{('there', 'back')[way]}.png")
    return results


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
    parser.add_argument("--out", default="cyclegan")
    main(**vars(parser.parse_args()))
