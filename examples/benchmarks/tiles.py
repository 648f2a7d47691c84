"""What the translation of a large picture in tiles takes of memory, and how far it is from the whole in one piece.

python examples/benchmarks/tiles.py

A picture of `--side` pixels through CycleGAN's generator (ResNet-6, with batch normalization: with instance
normalization each tile would have a look of its own) in tiles, against one tile alone: the peaks of two processes. Then
the same picture in one piece: the largest difference away from the borders, of pixels in [-1, 1].
"""

import argparse
import json
import subprocess
import sys
import tempfile

import numpy as np


def game_of(blocks):
    """Return a game whose generator has seen a batch, so that its statistics are of pictures."""
    import keras_gan

    generator = keras_gan.models.resnet_translator(blocks=blocks, normalization="batch", seed=0)
    game = keras_gan.ImageToImage(generator, keras_gan.models.patch_discriminator(seed=1))
    generator(picture(128)[:1] / 127.5 - 1.0, training=True)
    return game


def picture(side):
    """Return smooth colours with some noise, uint8."""
    random, ramp = np.random.default_rng(0), np.linspace(0, 12, side)
    waves = np.sin(ramp[:, None, None] * [1.0, 2.0, 3.0] + ramp[None, :, None])
    return (127.5 + 90.0 * waves + random.normal(0, 10, (side, side, 3))).clip(0, 255).astype(np.uint8)[None]


def translated(side, tile, blocks, overlap):
    """Return the peak of this process in bytes after a picture was translated in tiles, and what was made."""
    from keras_gan.utils.memory import peak_memory

    made = game_of(blocks).translate(picture(side), tile=tile, overlap=overlap)
    return peak_memory(), made


def in_a_process(*numbers):
    """Return what `translated` does in a process of its own."""
    with tempfile.NamedTemporaryFile(suffix=".npy") as made:
        command = [sys.executable, __file__, "--part", made.name, *map(str, numbers)]
        output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
        return int(output.splitlines()[-1]), np.load(made.name)


def main(side=2048, tile=512, blocks=6, overlap=256, out=None, part=None):
    if part:
        peak, made = translated(*map(int, part[1:]))
        np.save(part[0], made)
        print(peak)
        return
    one, _ = in_a_process(tile, tile, blocks, overlap)
    all_of_them, made = in_a_process(side, tile, blocks, overlap)
    pictures = picture(side).nbytes + made.nbytes  # the one that is given, and the one that is made
    result = {"tile": one, "tiles": all_of_them, "pictures": pictures, "ratio": all_of_them / (one + pictures)}
    sizes = f"{one / 1e6:,.0f} MB, all tiles {all_of_them / 1e6:,.0f} MB, the pictures {pictures / 1e6:,.0f} MB"
    print(f"one tile {sizes}: {result['ratio']:.2f} of a tile and the pictures")
    whole = game_of(blocks).translate(picture(side), tile=side)
    inner = slice(tile // 4, -tile // 4)
    difference = np.abs(made - whole)[:, inner, inner]
    result |= {"largest difference": float(difference.max()), "mean difference": float(difference.mean())}
    print(f"away from the borders: largest difference {difference.max():.1e}, mean {difference.mean():.1e}")
    if out:
        with open(out, "w") as file:
            json.dump(result, file, indent=1)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--side", type=int, default=2048)
    parser.add_argument("--tile", type=int, default=512)
    parser.add_argument("--blocks", type=int, default=6)
    parser.add_argument("--overlap", type=int, default=256)
    parser.add_argument("--out", help="A JSON file.")
    parser.add_argument("--part", nargs=5, help=argparse.SUPPRESS)
    main(**vars(parser.parse_args()))
