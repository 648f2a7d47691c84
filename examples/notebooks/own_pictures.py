# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Your own pictures, on a machine that goes away
#
# A hosted notebook lends you a machine for some hours, and then takes it back, often without a word. What stays is what
# was written into a mounted folder. Here a GAN is trained on a folder of pictures, its machine is lost in the middle,
# and the training goes on to the very same end.

# %%
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
from PIL import Image

import keras_gan

MOUNTED = Path("mounted")  # what stays; with Google Drive Path("/content/drive/MyDrive"), once that is mounted
PICTURES = MOUNTED / "pictures"  # pictures of any kind; folders in it are classes
IMAGES = "100k"  # how many images the training sees

# %% [markdown]
# If there is no such folder yet, 360 of scikit-learn's digits become one: a PNG each, in a folder for each class.

# %%
if not PICTURES.exists():
    digits = keras_gan.data.load("digits")
    for index in range(360):
        folder = PICTURES / str(digits.labels[index])
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray(digits.examples[index, :, :, 0]).resize((16, 16)).save(folder / f"{index}.png")

# %% [markdown]
# ## What it would do
#
# A recipe looks at the pictures and tells what it chooses, and why. `but` changes a choice: here small pictures and
# narrow networks, for CPUs. Leave both away for 64x64.

# %%
recipe = keras_gan.recipes.get("dcgan").but(data=PICTURES, image_size=16, width=16, images=IMAGES)
plan = recipe.plan(recipe.load())
print(plan)

# %% [markdown]
# ## One command that begins, or goes on
#
# A run lives in a directory, and goes on from its last checkpoint. This is the cell to run again on the next machine.

# %%
RUNS = MOUNTED / "runs"


def train():
    """Begin the run, or go on with the one that is there."""
    begun = sorted(RUNS.glob("*-pictures"))
    training = keras_gan.runs.resume(begun[-1]) if begun else keras_gan.runs.start(recipe, root=RUNS)
    checkpoints = sorted(training.run.checkpoints.glob("step_*"))
    print(f"{training.run.path}:", f"goes on from {checkpoints[-1].name}" if checkpoints else "begins")
    training.train(minutes=5, verbose=0)  # between two checkpoints
    return training


# %% [markdown]
# ## The first machine
#
# So that you see it: a process of its own begins the run, by the command of the terminal, which writes the same
# directory. When a third of the way is in a checkpoint it is killed, as hosted machines are: it has no time to write
# anything. (Where it is asked to end, by Ctrl-C or SIGTERM, it writes one more checkpoint.) Where there is a run this
# cell does nothing, and without this cell the next one begins the run.

# %%


def last_checkpoint():
    """Return the step of the newest checkpoint."""
    return max((int(path.name[5:]) for path in RUNS.glob("*-pictures/checkpoints/step_*")), default=0)


options = ["--image-size", "16", "--set", "width=16", "--images", IMAGES, "--out", str(RUNS), "--minutes", "0.01"]
if not RUNS.exists():
    command = [sys.executable, "-m", "keras_gan_cli", "train", str(PICTURES), "--quiet", *options]
    machine = subprocess.Popen(command)
    while machine.poll() is None and last_checkpoint() < plan.steps // 3:
        time.sleep(0.05)
    machine.kill()
    assert machine.wait() != 0, "it has ended before it was killed: take more IMAGES"
    print("the machine is gone:", signal.Signals(-machine.returncode).name if machine.returncode < 0 else "ended")

# %% [markdown]
# ## The next machine
#
# The notebook is opened again, all its cells are run, and this is what the training cell does:

# %%
training = train()
Image.open(max(training.run.samples.glob("step_*.png")))

# %% [markdown]
# A row for each class. The run's directory also has an animation, the log, `gan.keras`, and `report.html`, which shows
# how it went. To lengthen the finished run: `keras_gan.runs.resume(training.run.path, images="200k").train()`.

# %% [markdown]
# ## Was anything lost?
#
# The same training, on a machine that stays:

# %%
whole = keras_gan.runs.start(recipe, root=MOUNTED / "uninterrupted")
whole.train(verbose=0)
same = np.array_equal(training.gan.sample(50, seed=0), whole.gan.sample(50, seed=0))
print("samples of both, bit for bit the same:", same)
