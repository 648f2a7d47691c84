"""What `--metric` costs: the part of a run that goes into finding its best moment.

python examples/benchmarks/measuring.py FOLDER --image-size 64

It does what `keras-gan train FOLDER --metric frechet_distance` does, and takes the time of the features with the real
side, which are learnt once for a data set and kept; of the floor; and of each measurement with its samples and its
`best.keras`, of which the first traces the sampler. The part is that of the measurements in the training; both are
slowed alike by other work.
"""

import argparse
import json
import tempfile
import time
from pathlib import Path

import keras_gan
from keras_gan.callbacks import BestModel
from keras_gan.runs import Selection
from keras_gan.runs.selection import Prepared


def timed(owner, name, taken):
    """Let a method write down how long each of its calls takes."""
    method = getattr(owner, name)

    def call(*args, **kwargs):
        begin = time.perf_counter()
        try:
            return method(*args, **kwargs)
        finally:
            taken.append(time.perf_counter() - begin)

    setattr(owner, name, call)


def main(data, image_size=64, recipe="dcgan", images=None, metrics=("frechet_distance",), settings=None, out=None):
    chosen = keras_gan.recipes.get(recipe).but(data=str(data), image_size=image_size, **(settings or {}))
    chosen = chosen if images is None else chosen.but(images=images)
    features, floors, measured = [], [], []
    usual = Selection.prepare, Prepared.floor, BestModel._measure
    timed(Selection, "prepare", features)
    timed(Prepared, "floor", floors)
    timed(BestModel, "_measure", measured)
    try:
        with tempfile.TemporaryDirectory() as directory:
            training = keras_gan.runs.start(chosen, root=directory, selection=Selection([*metrics]))
            begin = time.perf_counter()
            training.train()
            whole = time.perf_counter() - begin
    finally:
        Selection.prepare, Prepared.floor, BestModel._measure = usual
    found = {"features": sum(features), "floor": sum(floors), "measurements": sum(measured)}
    found["training"] = whole - found["measurements"]
    found["part"] = found["measurements"] / found["training"]
    print(f"features and the real side: {found['features']:.0f} s, the first time; the floor: {found['floor']:.1f} s")
    told = f"the first {measured[0]:.1f} s, the others {min(measured[1:]):.1f} to {max(measured[1:]):.1f} s"
    print(f"{len(measured)} measurements: {found['measurements']:.1f} s, {told}")
    print(f"training without them: {found['training']:.0f} s; measuring adds {100 * found['part']:.1f} %")
    if out is not None:
        Path(out).write_text(json.dumps(found, indent=1) + "\n")
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", help="a folder, or what else `keras-gan train` takes")
    parser.add_argument("--image-size", type=int, default=64)
    parser.add_argument("--recipe", default="dcgan")
    parser.add_argument("--images", help="the length; the recipe's if not given")
    parser.add_argument("--metrics", nargs="+", default=["frechet_distance"])
    parser.add_argument("--settings", type=json.loads, help="as JSON")
    parser.add_argument("--out", type=Path, help="a JSON file")
    main(**vars(parser.parse_args()))
