"""Whether the default run on a folder ends in pictures: what `keras-gan train FOLDER --image-size 32` does, measured.

python examples/default_run.py /usr/share/iso-flags-png-320x240

A quarter of the pictures is held out. At each grid two things are measured of as many samples as are held out: their
standard deviation over pixels, and from sample to sample, as shares of the real ones; and the sliced Wasserstein
distance to the held-out pictures, as a multiple of that of as many training pictures (the floor).
"""

import argparse
import json
import shutil
import tempfile
import time
from pathlib import Path

import numpy as np

import keras_gan
from keras_gan.metrics import SlicedWasserstein
from keras_gan.runs.pace import paced

ENDINGS = {".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp"}


class Look(keras_gan.ResumableCallback):
    """Measures the samples whenever a grid is drawn."""

    def __init__(self, training, held_out):
        super().__init__()
        rows = np.random.default_rng(0).permutation(len(training.data.examples))[: len(held_out)]
        self.training = training.data.examples[np.sort(rows)]  # of all kinds: files lie next to others of theirs
        self.held_out = held_out
        self.metric = SlicedWasserstein()
        self.floor = self.metric(held_out, self.training)
        self.due = paced(training.plan.steps, training.data.batch_size)
        self.begun, self.rows = time.perf_counter(), []

    def next_step(self, step):
        return next((due for due in self.due if due > step), None)

    def on_train_batch_end(self, batch, logs=None):
        step = int(self.model.step.numpy())
        if step not in self.due:
            return
        fake = self.model.sample(len(self.held_out), seed=0)
        real = self.training.astype("float32") / 127.5 - 1.0
        self.metric.reset_state()
        self.metric.reset_real()
        row = (
            fake.std() / real.std(),
            fake.std(axis=0).mean() / real.std(axis=0).mean(),
            self.metric(self.held_out, fake) / self.floor,
        )
        self.rows.append((step, *row))
        seconds = time.perf_counter() - self.begun
        print("{:6}  {:6.2f}  {:7.2f}  {:8.2f}  {:7.0f}".format(step, *row, seconds), flush=True)


def main(folder, image_size, images, settings, out):
    files = sorted(path for path in Path(folder).rglob("*") if path.suffix.lower() in ENDINGS)
    order = np.random.default_rng(0).permutation(len(files))
    with tempfile.TemporaryDirectory() as directory:
        for name, part in (("training", order[len(files) // 4 :]), ("held_out", order[: len(files) // 4])):
            for index in part:
                (Path(directory) / name).mkdir(exist_ok=True)
                shutil.copy(files[index], Path(directory) / name / f"{index:06d}{files[index].suffix}")
        recipe = keras_gan.recipes.for_data(f"{directory}/training", image_size).but(**settings)
        training = keras_gan.runs.start(recipe if images is None else recipe.but(images=images), root=out)
        held_out = keras_gan.data.load(f"{directory}/held_out", image_size=image_size, batch_size=1).examples
    print(training.plan)
    print("  step  pixels  samples  distance  seconds")
    look = Look(training, held_out)
    training.train(verbose=0, callbacks=[look])
    print(f"pictures: {training.run.samples}")
    late = [row for row in look.rows if row[0] >= 200] or look.rows[-1:]
    print(f"from step 200 on: deviations at least {min(min(row[1:3]) for row in late):.2f}")
    print(f"the last distance: {look.rows[-1][3]:.2f} times the floor of {look.floor:.4f}")
    return look.rows


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--image-size", type=int, default=32)
    parser.add_argument("--images", help="the length; the recipe's if not given")
    parser.add_argument("--settings", type=json.loads, default={}, help="other than the recipe's, as JSON")
    parser.add_argument("--out", default="runs")
    main(**vars(parser.parse_args()))
