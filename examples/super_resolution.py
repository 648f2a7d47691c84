"""Pictures of four times the sides, by SRGAN (Ledig et al. 2017): first without the game, then with it.

Any folder of pictures will do: the small ones are made of them. A third is held out. The network without the game is
nearer to the pictures, pixel by pixel; the one with it makes what is as sharp as they are: the table tells both, beside
bicubic interpolation, and the picture shows all.

    python examples/super_resolution.py flags --image-size 64 --out larger
"""

import argparse
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

import keras_gan
from keras_gan.metrics import L1, PSNR, SlicedWasserstein, feed
from keras_gan.utils.images import grid, to_pil
from keras_gan.utils.uint8 import to_uint8

SCALE = 4


def trained(data, width, blocks, epochs, weight, seed, start=None):
    """Return what was trained with this weight of the content beside the game's; 1e6 leaves nothing of the game."""
    channels = data.target_shape[-1]
    generator = keras_gan.models.srresnet(channels, channels, scale=SCALE, width=width, blocks=blocks, seed=seed)
    judge = keras_gan.models.patch_discriminator(channels, receptive_field=34, width=width, seed=seed)
    if start is not None:
        generator.set_weights(start.generator.get_weights())
    game = keras_gan.ImageToImage(generator, judge, seed=seed)
    adams = (keras.optimizers.Adam(2e-4, beta_1=0.9) for _ in range(2))
    content = keras_gan.terms.Reconstruction(weight=weight, norm="l2")
    game.compile(*adams, loss="non_saturating", terms=[content], steps_per_execution="auto")
    game.fit(data, epochs=epochs, verbose=2)
    return game


def compared(images, targets):
    """Return how near they are to the targets, and how far their details are from those of the targets, as a whole."""
    details = SlicedWasserstein()
    feed([details], "real", targets)
    feed([details], "fake", images)
    near = {metric.name: float(np.mean(metric.values(targets, images))) for metric in (PSNR(), L1())}
    return near | {details.name: details.result()}


def main(pictures, image_size, width, blocks, epochs, batch_size, seed, out):
    out = Path(out)
    out.mkdir(parents=True, exist_ok=True)
    options = {"image_size": image_size, "batch_size": batch_size, "seed": seed}
    smaller = keras_gan.data.Downsampled(SCALE)
    data = keras_gan.data.load_pairs(smaller, pictures, split="train[:67%]", flip=True, **options)
    held_out = keras_gan.data.load_pairs(smaller, pictures, split="train[67%:]", **options)
    content = trained(data, width, blocks, epochs, 1e6, seed)
    game = trained(data, width, blocks, epochs, 1000.0, seed, start=content)
    game.save(out / "super_resolution.keras")

    sources, targets = held_out.some(np.arange(min(256, len(held_out))))
    signed = targets / np.float32(127.5) - 1.0
    made = {
        "bicubic": tf.image.resize(sources / np.float32(127.5) - 1.0, targets.shape[1:3], "bicubic").numpy(),
        "without the game": content.translate(sources),
        "with the game": game.translate(sources),
    }
    made = {name: np.clip(images, -1.0, 1.0) for name, images in made.items()}
    results = {name: compared(images, signed) for name, images in made.items()}
    for name, result in results.items():
        print(f"{name + ':':18}", ", ".join(f"{metric} {value:.3f}" for metric, value in result.items()))
    columns = np.stack([to_uint8(images[:6]) for images in (*made.values(), signed)], axis=1)
    to_pil(grid(columns.reshape(-1, *targets.shape[1:]), columns.shape[1], scale=2)).save(out / "held_out.png")
    return results


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pictures")
    parser.add_argument("--image-size", type=int, default=64)
    parser.add_argument("--width", type=int, default=32)
    parser.add_argument("--blocks", type=int, default=8)
    parser.add_argument("--epochs", type=int, default=50, help="of each of the two trainings")
    parser.add_argument("--batch-size", type=int, default=16)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", default="super_resolution")
    main(**vars(parser.parse_args()))
