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
# # First steps
#
# A GAN of scikit-learn's 1,797 real digits: data, networks, `compile`, `fit`, samples, a file. It needs no network and
# no GPU. Everything that Keras users know is as they know it; what is new is that there are two networks.

# %%
import keras
import numpy as np
from matplotlib import pyplot
from PIL import Image

import keras_gan

IMAGES = "300k"  # how many images the training sees: about a minute on two cores


def picture(images, columns=10, scale=6):
    """Return images in [-1, 1], or as uint8, beside each other: what a cell ends in is shown under it."""
    pixels = images if images.dtype == np.uint8 else np.uint8(np.round(images * 127.5 + 127.5))
    rows = [np.concatenate([*pixels[start : start + columns]], axis=1) for start in range(0, len(pixels), columns)]
    grid = np.concatenate(rows)
    return Image.fromarray(grid.squeeze()).resize((grid.shape[1] * scale, grid.shape[0] * scale), Image.Resampling.BOX)


# %% [markdown]
# ## The data
#
# `load` also takes a folder, a zip, a `.npy`, or the name of a TFDS data set. `fit` would take arrays as well: uint8,
# or floats in [-1, 1], with the channels last.

# %%
data = keras_gan.data.load("digits", batch_size=64)
print(data)
picture(data.examples[:30])

# %% [markdown]
# ## Two networks, and the rules of the game
#
# Any two Keras models will do: one from latents to images, one from images to a logit. Each has its optimizer. The R1
# penalty holds the discriminator back, and samples come from a moving average of the generator.

# %%
generator, discriminator = keras_gan.models.mlp(data.sample_shape, latent_dim=32, num_classes=10)
gan = keras_gan.GAN(generator, discriminator, num_classes=10, ema=0.999)
gan.compile(
    generator_optimizer=keras.optimizers.Adam(1e-3, beta_1=0.5, beta_2=0.99),
    discriminator_optimizer=keras.optimizers.Adam(1e-3, beta_1=0.5, beta_2=0.99),
    loss="non_saturating",
    terms=[keras_gan.penalties.R1(weight=1.0)],
    steps_per_execution="auto",
)

# %% [markdown]
# Before it has learnt anything it draws noise:

# %%
picture(gan.sample(30, seed=0))

# %% [markdown]
# ## Training
#
# The length is told in images. `HealthMonitor` says in words what goes wrong, if something does; `SampleGrid` keeps
# pictures of the progress, and makes an animation of them.

# %%
monitor = keras_gan.callbacks.HealthMonitor(real=data.examples)
grids = keras_gan.callbacks.SampleGrid("samples", every=200)
length = keras_gan.recipes.length(IMAGES, data.batch_size)
history = gan.fit(data, **length, verbose=0, callbacks=[monitor, grids]).history
print("found by the monitor:", monitor.findings or "nothing")

# %% [markdown]
# ## How it went
#
# A loss measures one player against the other. Curves that hardly move are what a healthy training looks like: both get
# better. What sick ones look like is in the gallery of the documentation.

# %%
figure, axes = pyplot.subplots(1, 2, figsize=(9, 3))
seen = (np.arange(length["epochs"]) + 1) * length["steps_per_epoch"] * data.batch_size
for axis, names in zip(axes, (["d_loss", "g_loss"], ["d_real", "d_fake"]), strict=True):
    for name in names:
        axis.plot(seen, history[name], label=name)
    axis.set_xlabel("images seen")
    axis.legend()

# %% [markdown]
# The last grid: a row for each class, and in each column the same latents.

# %%
Image.open(max(grids.directory.glob("step_*.png")))

# %% [markdown]
# ## Samples
#
# The same seed draws the same samples. Between two points of the latent space lie digits that nobody has drawn.

# %%
picture(gan.sample(20, labels=7, seed=1))

# %%
start, end = np.random.default_rng(2).normal(size=(2, 1, gan.latent_dim))
way = keras_gan.exploration.slerp(start, end, np.linspace(0, 1, 10)[:, None])
picture(np.concatenate([gan.sample(latents=way, labels=label) for label in (3, 5, 8)]))

# %% [markdown]
# ## A file
#
# It holds the networks, the average and the optimizers: training would go on from there.

# %%
gan.save("gan.keras")
loaded = keras_gan.load("gan.keras")
print("the same samples:", np.array_equal(loaded.sample(10, labels=7, seed=1), gan.sample(10, labels=7, seed=1)))
