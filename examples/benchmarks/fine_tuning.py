"""Whether a start pays on few pictures: fine-tuning beside a training from nothing that takes twice as long.

python examples/benchmarks/fine_tuning.py runs/0001-emoji /usr/share/iso-flags-png-320x240

How many images so many minutes are follows from a dry run, which comes first, on a machine that does nothing else; the
trainings may run beside other work. A quarter of the pictures is held out. Compared is by the sliced Wasserstein
distance to these, the mean of eight draws of as many samples; the floor is that of as many training pictures. What the
file of results has is not trained again.
"""

import argparse
import json
from pathlib import Path

import numpy as np
from PIL import Image

import keras_gan
from keras_gan.exploration import sheet
from keras_gan.metrics import SlicedWasserstein

DRAWS = 8
LOOK = {"labels": None, "background": "white", "fit": "pad"}


class Judge:
    """Compares pictures with those held out."""

    def __init__(self, held_out):
        self.count, self.metric = len(held_out), SlicedWasserstein()
        self.metric.hold_real(held_out.examples)

    def of(self, draw):
        """Return the mean distance of what is drawn by so many seeds."""
        found = []
        for seed in range(DRAWS):
            self.metric.reset_state()
            self.metric.update_fake(draw(seed))
            found.append(float(self.metric.result()))
        return float(np.mean(found))


def train(recipe, seed, judge, picture):
    data = recipe.load(seed)
    gan = recipe.make(data, seed)
    recipe.train(gan, data, verbose=0)
    rows = gan.sample(32, seed=seed).reshape(4, 8, *gan.sample_shape)
    Image.fromarray(np.squeeze(sheet(rows))).save(picture)
    return {"images": recipe.images, "distance": judge.of(lambda draw: gan.sample(judge.count, seed=draw))}


def main(start, folder, image_size, minutes, seeds, settings, out):
    out.mkdir(parents=True, exist_ok=True)
    file = out / "results.json"
    asked = {"start": str(start), "folder": str(folder), "minutes": minutes, "image_size": image_size}
    asked["settings"] = settings
    results = json.loads(file.read_text()) if file.exists() else {"asked": asked}
    if results["asked"] != asked:
        raise SystemExit(f"`--out` must be another one: {file} is of {results['asked']}")
    judge = Judge(keras_gan.data.load(folder, image_size=image_size, split="train[75%:]", **LOOK))
    options = {"data": folder, "image_size": image_size, "split": "train[:75%]", "load_options": LOOK, **settings}
    nothing = keras_gan.recipes.get("dcgan").but(**options)
    training = nothing.load(0).examples
    rows = [np.random.default_rng(draw).permutation(len(training))[: judge.count] for draw in range(DRAWS)]
    results["floor"] = judge.of(lambda draw: training[np.sort(rows[draw])])
    if "images per second" not in results:
        results["images per second"] = keras_gan.runs.dry_run(nothing.but(images="1M")).images_per_second
        file.write_text(json.dumps(results, indent=1))
    images = int(results["images per second"] * 60 * minutes)
    kinds = {
        "fine-tuned": nothing.but(start=start, images=images),
        "from nothing, twice as long": nothing.but(images=2 * images),
    }
    for key, seed, kind in ((f"{kind}, seed {seed}", seed, kind) for seed in seeds for kind in kinds):
        if key not in results:
            results[key] = train(kinds[kind], seed, judge, out / f"{kind} {seed}.png")
            file.write_text(json.dumps(results, indent=1))
        print(key, results[key], flush=True)
    print(f"| | images | sliced Wasserstein, the floor is {results['floor']:.4f} |\n|---|---|---|")
    for kind in kinds:
        found = [results[f"{kind}, seed {seed}"] for seed in seeds]
        distances = ", ".join("{distance:.4f}".format(**row) for row in found)
        print(f"| {kind} | {found[0]['images']:,} | {distances} |")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("start", help="a run or a model file")
    parser.add_argument("folder")
    parser.add_argument("--image-size", type=int, default=64)
    parser.add_argument("--minutes", type=float, default=5.0, help="of fine-tuning")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--settings", type=json.loads, default={}, help="as JSON")
    parser.add_argument("--out", type=Path, default="fine_tuning")
    main(**vars(parser.parse_args()))
