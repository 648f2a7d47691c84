"""Colours for grey pictures, by pix2pix (Isola et al. 2017): pairs, a U-Net, patches that are judged, and L1.

Any folder of pictures will do: the sources are made of them. A third is held out, and measured at each epoch, against
the same network that is trained by L1 alone (`--l1-only`).

    python examples/pix2pix.py flags --image-size 64 --out colours
"""

import argparse
from pathlib import Path

import keras
import numpy as np

import keras_gan


def game_of(side, width, l1_only, seed):
    """Return the compiled game: with `l1_only` the discriminator's opinion has no weight."""
    depth = min(8, side.bit_length() - 1)
    generator = keras_gan.models.unet(channels=3, source_channels=1, width=width, depth=depth, seed=seed)
    judge = keras_gan.models.patch_discriminator(3, source_channels=1, receptive_field=34, width=width, seed=seed)
    judge.trainable = not l1_only
    if l1_only:  # logits of a constant: no gradient reaches the generator but that of L1
        judge.set_weights([np.zeros_like(weight) for weight in judge.get_weights()])
    game = keras_gan.ImageToImage(generator, judge, seed=seed)
    game.compile(
        generator_optimizer=keras.optimizers.Adam(2e-4, beta_1=0.5),
        discriminator_optimizer=keras.optimizers.Adam(2e-4, beta_1=0.5),
        loss="non_saturating",
        terms=[keras_gan.terms.Reconstruction(weight=100.0, norm="l1")],
        metrics=["l1", "psnr", "ssim"],
        steps_per_execution="auto",
    )
    return game


def main(pictures, image_size, width, epochs, batch_size, l1_only, seed, out):
    out = Path(out)
    options = {"image_size": image_size + image_size // 8, "crop": image_size, "batch_size": batch_size, "seed": seed}
    grey = keras_gan.data.Grey()
    data = keras_gan.data.load_pairs(grey, pictures, split="train[:67%]", flip=True, **options)
    held_out = keras_gan.data.load_pairs(grey, pictures, split="train[67%:]", **options)
    game = game_of(image_size, width, l1_only, seed)
    grid = keras_gan.callbacks.TranslationGrid(out / "grids", held_out, every="epoch", rows=6)
    log = keras.callbacks.CSVLogger(out / "log.csv")
    out.mkdir(parents=True, exist_ok=True)
    history = game.fit(data, validation_data=held_out, epochs=epochs, verbose=2, callbacks=[grid, log]).history
    game.save(out / "pix2pix.keras")

    sources, targets = held_out.some(np.arange(min(32, len(held_out))))
    made = game.translate(sources)
    plain = np.abs(sources.repeat(3, axis=-1) / 127.5 - targets / 127.5).mean()
    print(f"mean absolute error in [-1, 1]: grey itself {plain:.3f}, coloured {history['val_l1'][-1]:.3f}")
    colour = [np.abs(np.ptp(images, axis=-1)).mean() for images in (targets / 127.5, made)]
    print(f"mean range of the three channels: targets {colour[0]:.3f}, made {colour[1]:.3f}")
    return history


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pictures")
    parser.add_argument("--image-size", type=int, default=64)
    parser.add_argument("--width", type=int, default=32)
    parser.add_argument("--epochs", type=int, default=100)
    parser.add_argument("--batch-size", type=int, default=8)
    parser.add_argument("--l1-only", action="store_true")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", default="pix2pix")
    main(**vars(parser.parse_args()))
