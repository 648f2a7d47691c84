"""Which network at equal time: recipes on the same pictures, each for as long as the others.

python examples/benchmarks/equal_time.py --data fashion_mnist --image-size 32 --minutes 12 --seeds 0 1 2

How many images a recipe trains on follows from its speed in a dry run, so that its schedules end with the training. Of
a folder a quarter is held out, of Fashion-MNIST the test images are. As many samples as are held out are compared with
these, in the features of a classifier of the training images, which class folders are needed for, and by the sliced
Wasserstein distance of the pixels; each distance has its floor, that of as many training images. The file that results
are written to is read first, and what it has is not trained again. What was measured is in docs/results.md.
"""

import argparse
import json
import os
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image

import keras_gan
from keras_gan import metrics
from keras_gan.exploration import sheet

RECIPES = ["dcgan", "sngan", "sagan", "biggan", "stylegan2", "r3gan", "fastgan"]
COLUMNS = ["seconds", "images_per_second", "images", "frechet_distance", "density", "coverage", "class_accuracy"]
COLUMNS.append("sliced_wasserstein")


def divided(folder, directory):
    """Return folders of links to three quarters of the pictures, and to the others."""
    root = Path(folder).resolve()
    for group in sorted(path for path in root.iterdir() if path.is_dir()):
        files = sorted(path for path in group.rglob("*") if path.is_file())
        for index, number in enumerate(np.random.default_rng(0).permutation(len(files))):
            link = Path(directory, "training" if index % 4 else "held_out") / files[number].relative_to(root)
            link.parent.mkdir(parents=True, exist_ok=True)
            os.symlink(files[number], link)
    return Path(directory, "training"), Path(directory, "held_out")


class Judge:
    """Compares samples with pictures that nobody was trained on."""

    def __init__(self, training, held_out):
        self.count, labels = len(held_out), np.asarray(training.labels)
        features = metrics.ClassifierFeatures.train(training.examples, labels, verbose=2)
        members = [metrics.FrechetDistance, metrics.DensityCoverage, metrics.ClassAccuracy]
        self.members = [metrics.SlicedWasserstein(), *(member(features) for member in members)]
        for member in self.members:
            member.hold_real(held_out.examples, held_out.labels)
        some = np.sort(np.random.default_rng(0).permutation(len(training))[: self.count])
        self.floor = {"classifier": features.accuracy, **self.of(training.examples[some], labels[some])}

    def of(self, samples, labels=None):
        found = {}
        for member in self.members if labels is not None else self.members[:-1]:
            member.reset_state()
            member.update_fake(samples, labels=labels)
            value = member.result()
            found |= value if isinstance(value, dict) else {member.name: float(value)}
        return found


def train(recipe, minutes, seed, judge, picture):
    """Train for so many minutes; return what it took and what was reached."""
    known = keras_gan.runs.dry_run(recipe.but(images="1M"), seed)
    recipe = recipe.but(images=max(int(known.images_per_second * 60 * minutes), 1000))
    data = recipe.load(seed)
    gan, begun = recipe.make(data, seed), time.perf_counter()
    recipe.train(gan, data, verbose=0)
    seconds = time.perf_counter() - begun
    labels = np.arange(judge.count) % gan.num_classes if gan.num_classes else None
    samples = gan.sample(judge.count, labels=labels, seed=seed)
    rows = samples[: min(judge.count, 96) // 4 * 4]
    Image.fromarray(np.squeeze(sheet(rows.reshape(4, -1, *gan.sample_shape)))).save(picture)
    took = {"seconds": seconds, "images": recipe.images, "images_per_second": recipe.images / seconds}
    sizes = {"parameters": known.parameters, "operations": known.operations}
    return {**sizes, **took, **judge.of(samples, labels)}


def main(data, recipes, minutes, seeds, image_size, conditional, settings, out):
    out.mkdir(parents=True, exist_ok=True)
    file = out / "results.json"
    asked = {"data": str(data), "minutes": minutes, "image_size": image_size, "conditional": conditional, **settings}
    results = json.loads(file.read_text()) if file.exists() else {"asked": asked}
    if results["asked"] != asked:
        raise SystemExit(f"`--out` must be another one: {file} is of {results['asked']}")
    with tempfile.TemporaryDirectory() as directory:
        options = {"image_size": image_size}
        if Path(data).is_dir():
            data, test = map(str, divided(data, directory))
            held_out = keras_gan.data.load(test, **options)
        else:
            held_out = keras_gan.data.load(data, split="test", **options)
        judge = Judge(keras_gan.data.load(data, **options), held_out)
        results["floor"] = judge.floor
        for seed in seeds:
            for name in recipes:
                key = f"{name} {seed}"
                if key not in results:
                    recipe = keras_gan.recipes.get(name).but(data=data, **options, **settings)
                    if not conditional:
                        recipe = recipe.but(load_options={"labels": None})
                    results[key] = train(recipe, minutes, seed, judge, out / f"{name}-{seed}.png")
                    file.write_text(json.dumps(results, indent=1))
                print(key, *(f"{kind} {results[key].get(kind, 0):.4g}" for kind in COLUMNS), flush=True)
    print(table(results))


def table(results):
    """Return the means over the seeds, with their standard errors, as a table of Markdown."""
    lines = [["recipe", "parameters", "MFLOP", *COLUMNS], ["---"] * (3 + len(COLUMNS))]
    for name in dict.fromkeys(key.split()[0] for key in results if key != "asked"):
        rows = [row for key, row in results.items() if key.split()[0] == name]
        sizes = [sum(rows[0].get(kind, {}).values()) for kind in ("parameters", "operations")]
        cells = [f"{sizes[0]:,}", f"{sizes[1] / 1e6:,.0f}"] if sizes[0] else ["", ""]
        for kind in COLUMNS:
            found = [row[kind] for row in rows if kind in row]
            error = f" ± {np.std(found, ddof=1) / len(found) ** 0.5:.2g}" if len(found) > 1 else ""
            cells.append(f"{np.mean(found):,.4g}{error}" if found else "")
        lines.append([name, *cells])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default="fashion_mnist", help="or a folder of class folders")
    parser.add_argument("--recipes", nargs="+", default=RECIPES)
    parser.add_argument("--minutes", type=float, default=12.0, help="of each training")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--image-size", type=int, default=32)
    parser.add_argument("--unconditional", dest="conditional", action="store_false")
    parser.add_argument("--settings", type=json.loads, default={}, help="of all recipes, such as '{\"width\": 16}'")
    parser.add_argument("--out", type=Path, default=Path("equal_time"))
    main(**vars(parser.parse_args()))
