"""Which network at equal time: recipes on the same pictures, each on the images of so many minutes.

python examples/benchmarks/equal_time.py --data fashion_mnist --image-size 32 --minutes 12 --seeds 0 1 2

How many images that is follows from dry runs, which come first, on a machine that does nothing else; the trainings may
run beside other work. Of a folder a quarter is held out, of Fashion-MNIST the test images are. As many samples are
compared with these, in the features of a classifier of the training images, which class folders are needed for, and by
the sliced Wasserstein distance of the pixels; the floor is that of as many training images. What the file of results
has is not trained again. What was measured is in docs/results.md.
"""

import argparse
import json
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image
from sides.judge import Judge, divided

import keras_gan
from keras_gan.exploration import sheet

RECIPES = ["dcgan", "sngan", "sagan", "biggan", "stylegan2", "r3gan", "fastgan"]
COLUMNS = ["images_per_second", "images"]
COLUMNS += ["frechet_distance", "density", "coverage", "class_accuracy", "sliced_wasserstein"]


def cost(recipe):
    found = keras_gan.runs.dry_run(recipe.but(images="1M"))
    return {kind: getattr(found, kind) for kind in ("images_per_second", "parameters", "operations")}


def train(recipe, known, minutes, seed, judge, picture):
    """Train on the images of so many minutes; return what it takes and what was reached."""
    recipe = recipe.but(images=max(int(known["images_per_second"] * 60 * minutes), 1000))
    data = recipe.load(seed)
    gan = recipe.make(data, seed)
    recipe.train(gan, data, verbose=0)
    labels = np.arange(judge.count) % gan.num_classes if gan.num_classes else None
    samples = gan.sample(judge.count, labels=labels, seed=seed)
    rows = samples[: min(judge.count, 96) // 4 * 4]
    Image.fromarray(np.squeeze(sheet(rows.reshape(4, -1, *gan.sample_shape)))).save(picture)
    return {**known, "images": recipe.images, **judge.of(samples, labels)}


def main(data, recipes, minutes, seeds, image_size, conditional, settings, out):
    out.mkdir(parents=True, exist_ok=True)
    file = out / "results.json"
    asked = {"data": str(data), "minutes": minutes, "image_size": image_size, "conditional": conditional, **settings}
    results = json.loads(file.read_text()) if file.exists() else {"asked": asked}
    if results["asked"] != asked:
        raise SystemExit(f"`--out` must be another one: {file} is of {results['asked']}")
    with tempfile.TemporaryDirectory() as directory:
        options = {"image_size": image_size}
        folder = Path(data).is_dir()
        data, test = map(str, divided(data, directory)) if folder else (data, data)
        held_out = keras_gan.data.load(test, split="train" if folder else "test", **options)
        judge = Judge(keras_gan.data.load(data, **options), held_out)
        results["floor"] = judge.floor
        options |= {"load_options": {} if conditional else {"labels": None}, **settings}
        named = {name: keras_gan.recipes.get(name).but(data=data, **options) for name in recipes}
        costs = results.setdefault("costs", {})
        costs |= {name: cost(recipe) for name, recipe in named.items() if name not in costs}
        file.write_text(json.dumps(results, indent=1))
        for key, seed, name in ((f"{name} {seed}", seed, name) for seed in seeds for name in recipes):
            if key not in results:
                results[key] = train(named[name], costs[name], minutes, seed, judge, out / f"{name}-{seed}.png")
                file.write_text(json.dumps(results, indent=1))
            print(key, *(f"{kind} {results[key].get(kind, 0):.4g}" for kind in COLUMNS), flush=True)
    print(table(results))


def table(results):
    """Return the means over the seeds, with their standard errors, as a table of Markdown."""
    lines = [["recipe", "parameters", "MFLOP", *COLUMNS], ["---"] * (3 + len(COLUMNS))]
    for name in dict.fromkeys(key.split()[0] for key in results if key not in ("asked", "costs")):
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
    parser.add_argument("--settings", type=json.loads, default={}, help="as JSON")
    parser.add_argument("--out", type=Path, default="equal_time")
    main(**vars(parser.parse_args()))
