"""Which network at equal time: recipes on the same pictures, each on the images of so many minutes.

python examples/benchmarks/equal_time.py --data fashion_mnist --image-size 32 --minutes 12 --seeds 0 1 2

How many images that is follows from dry runs, which come first, on a machine that does nothing else; the trainings may
run beside other work. `--images` gives as many to all, without dry runs. Of a folder a quarter is held out, of
Fashion-MNIST the test images are. As many samples are compared with these, in the features of a classifier of the
training images, which class folders are needed for, and by the sliced Wasserstein distance of the pixels; the floor is
that of as many training images. What the file of results has is not trained again; the page of results has tables.
"""

import argparse
import json
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image
from sides.judge import COLUMNS, Judge, divided, table

import keras_gan
from keras_gan.exploration import sheet

RECIPES = ["dcgan", "sngan", "sagan", "biggan", "stylegan2", "r3gan", "fastgan"]


def cost(recipe, minutes):
    found = keras_gan.runs.dry_run(recipe.but(images="1M"))
    known = {kind: getattr(found, kind) for kind in ("images_per_second", "parameters", "operations")}
    return {**known, "images": max(int(found.images_per_second * 60 * minutes), 1000)}


def train(recipe, known, seed, judge, picture):
    """Train; return what it takes and what was reached."""
    recipe = recipe.but(images=known["images"])
    data = recipe.load(seed)
    gan = recipe.make(data, seed)
    recipe.train(gan, data, verbose=0)
    labels = np.arange(judge.count) % gan.num_classes if gan.num_classes else None
    samples = gan.sample(judge.count, labels=labels, seed=seed)
    rows = samples[: min(judge.count, 96) // 4 * 4].reshape(4, -1, *gan.sample_shape)
    Image.fromarray(np.squeeze(sheet(rows))).save(picture)
    return {**known, **judge.of(samples, labels)}


def main(data, recipes, minutes, images, seeds, image_size, conditional, settings, out):
    out.mkdir(parents=True, exist_ok=True)
    file = out / "results.json"
    asked = {"data": str(data), **({"images": images} if images else {"minutes": minutes})}
    asked |= {"image_size": image_size, "conditional": conditional, **settings}
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
        missing = {name: recipe for name, recipe in named.items() if name not in costs}
        costs |= {name: {"images": images} if images else cost(recipe, minutes) for name, recipe in missing.items()}
        file.write_text(json.dumps(results, indent=1))
        for key, seed, name in ((f"{name} {seed}", seed, name) for seed in seeds for name in recipes):
            if key not in results:
                results[key] = train(named[name], costs[name], seed, judge, out / f"{name}-{seed}.png")
                file.write_text(json.dumps(results, indent=1))
            print(key, *(f"{kind} {results[key].get(kind, 0):.4g}" for kind in COLUMNS), flush=True)
    print(table(results))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default="fashion_mnist", help="or a folder of class folders")
    parser.add_argument("--recipes", nargs="+", default=RECIPES)
    parser.add_argument("--minutes", type=float, default=12.0, help="of each training")
    parser.add_argument("--images", type=int, help="of each training, in place of minutes")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--image-size", type=int, default=32)
    parser.add_argument("--unconditional", dest="conditional", action="store_false")
    parser.add_argument("--settings", type=json.loads, default={}, help="as JSON")
    parser.add_argument("--out", type=Path, default="equal_time")
    main(**vars(parser.parse_args()))
