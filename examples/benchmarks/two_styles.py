"""From one style of the same pictures to the other: what each recipe of translations reaches, on pictures held out.

python examples/benchmarks/two_styles.py GOOGLE TWITTER --games pix2pix cyclegan cut srgan --images 40000

Two folders with the same names, such as those of the emoji in the packages emoji-datasource-google and -twitter. A hash
of the name decides who is held out; what differs by the tone of the skin alone goes together. With pairs: pix2pix,
beside the same network by L1 alone (a weight beside which nothing is left of the game). Without: CycleGAN and CUT.
Larger pictures, of the second folder: SRGAN from 16 to 64, without the game and then with it, beside bicubic
interpolation. Features are those of a classifier that tells the two styles apart.
"""

import argparse
import json
import tempfile
from pathlib import Path

import numpy as np
import tensorflow as tf
from sides.styles import compared, divide

import keras_gan
from keras_gan import evaluation, metrics
from keras_gan.utils.images import grid, to_pil
from keras_gan.utils.uint8 import to_uint8

ALONE = 1e6  # a weight beside which the game's opinion is rounding


def main(folders, games, images, image_size, settings, out):
    out.mkdir(parents=True, exist_ok=True)
    at_once = {"image_size": image_size, "background": "white"}
    look = {"load_options": {"background": "white"}, "image_size": image_size}
    results, shown = {}, []
    with tempfile.TemporaryDirectory() as directory:
        training, held_out = divide(folders, directory)

        def train(name, kind, folder=training, **changes):
            recipe = keras_gan.recipes.get(kind).but(data=folder, images=images, **look, **settings, **changes)
            data = recipe.load()
            game = recipe.make(data)
            recipe.train(game, data, verbose=0)
            game.save(out / f"{name}.keras")
            return game

        both = [keras_gan.data.load(held_out / str(n), **at_once) for n in (0, 1)]
        sources, targets = (np.asarray(data.examples[:]) / np.float32(127.5) - 1.0 for data in both)
        unpaired = keras_gan.data.load_unpaired(training / "0", training / "1", **at_once)
        told = evaluation.told_apart(unpaired)
        features = metrics.ClassifierFeatures.train(told.examples[:], told.labels, verbose=2)

        def tell(name, made):
            results[name] = compared(made, targets, features)
            shown.append(made[:8])
            (out / "results.json").write_text(json.dumps(results, indent=1))
            print(name, *(f"{metric} {value:.4g}" for metric, value in results[name].items()), flush=True)

        half = np.random.default_rng(0).permutation(len(unpaired))[: len(targets)]
        real = unpaired.some(np.sort(half))[1] / np.float32(127.5) - 1.0
        floor = compared(real, targets, features)  # which are no pairs: only as a whole they compare
        results["targets of the training"] = {kind: floor[kind] for kind in ("sliced_wasserstein", "frechet_distance")}
        tell("untranslated", sources)
        if "pix2pix" in games:
            tell("L1 alone", train("l1", "pix2pix", reconstruction=ALONE).translate(sources, batch_size=32))
        for name in games:
            if name != "srgan":
                tell(name, train(name, name).translate(sources, batch_size=32))
        if "srgan" in games:
            pairs = keras_gan.data.load_pairs(keras_gan.data.Downsampled(4), held_out / "1", **at_once)
            small = pairs.some(np.arange(len(pairs)))[0] / np.float32(127.5) - 1.0
            tell("bicubic", np.clip(tf.image.resize(small, targets.shape[1:3], "bicubic"), -1.0, 1.0))
            alone = train("srresnet", "srgan", training / "1", reconstruction=ALONE)
            tell("srresnet", alone.translate(small, batch_size=32))
            game = train("srgan", "srgan", training / "1", start=out / "srresnet.keras")
            tell("srgan", game.translate(small, batch_size=32))
        columns = np.stack([*(to_uint8(images) for images in shown), to_uint8(targets[:8])], axis=1)
        to_pil(grid(columns.reshape(-1, *targets.shape[1:]), columns.shape[1])).save(out / "held_out.png")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs=2)
    parser.add_argument("--games", nargs="+", default=["pix2pix", "cyclegan", "cut", "srgan"])
    parser.add_argument("--images", type=int, default=40_000, help="of each training")
    parser.add_argument("--image-size", type=int, default=64)
    parser.add_argument("--settings", type=json.loads, default={}, help="of all recipes, as JSON")
    parser.add_argument("--out", type=Path, default=Path("two_styles"))
    main(**vars(parser.parse_args()))
