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
# # Image to image
#
# pix2pix (Isola et al. 2017): a U-Net learns from pairs of pictures, and a discriminator judges patches of its results.
# Here grey pictures get colours. The pictures are 120 parts of the two photographs that scikit-learn brings along: no
# network is needed, and it is too little to learn more than these two scenes.

# %%
from pathlib import Path

import keras
import numpy as np
from matplotlib import pyplot
from PIL import Image
from sklearn.datasets import load_sample_image

import keras_gan

IMAGES = "20k"  # how many pairs the training sees: some minutes on two cores
PICTURES = Path("parts")  # or any folder of pictures

# %%
photographs = [load_sample_image(name) for name in ("china.jpg", "flower.jpg")]
PICTURES.mkdir(exist_ok=True)
for number, photograph in enumerate(photographs):
    for top in range(0, photograph.shape[0] - 63, 64):
        for left in range(0, photograph.shape[1] - 63, 64):
            part = Image.fromarray(photograph[top : top + 64, left : left + 64])
            part.save(PICTURES / f"{number}-{top:03}-{left:03}.png")
print(len([*PICTURES.glob("*.png")]), "pictures")

# %% [markdown]
# ## Pairs
#
# Sources are made of the pictures: `Grey()`, and also `Downsampled(4)`, `Masked()` or `Noisy()`. `load_pairs` reads two
# folders of partners too, or pictures side by side. A fifth is held out; it is of the same two photographs.

# %%
options = {"image_size": 36, "crop": 32, "batch_size": 8}  # resized to 36 pixels, and cut to 32 anywhere
data = keras_gan.data.load_pairs(keras_gan.data.Grey(), PICTURES, split="train[:80%]", flip=True, **options)
held_out = keras_gan.data.load_pairs(keras_gan.data.Grey(), PICTURES, split="train[80%:]", **options)
print(data)

# %% [markdown]
# ## The game
#
# `Reconstruction` is the distance to the target. The discriminator sees source and result together, and gives a logit
# for each patch.

# %%
game = keras_gan.ImageToImage(
    keras_gan.models.unet(channels=3, source_channels=1, width=16, depth=5),
    keras_gan.models.patch_discriminator(3, source_channels=1, receptive_field=16, width=16),
)
game.compile(
    generator_optimizer=keras.optimizers.Adam(5e-4, beta_1=0.5),
    discriminator_optimizer=keras.optimizers.Adam(5e-4, beta_1=0.5),
    terms=[keras_gan.terms.Reconstruction(weight=100.0)],
    metrics=["l1", "ssim"],
    steps_per_execution="auto",
)

# %%
grids = keras_gan.callbacks.TranslationGrid("grids", held_out, rows=5)
length = keras_gan.recipes.length(IMAGES, data.batch_size)
history = game.fit(data, validation_data=held_out, **length, verbose=0, callbacks=[grids]).history

# %% [markdown]
# ## What it has learnt
#
# Grey itself is the thing to beat: its distance to the pictures, in [-1, 1], is the dashed line.

# %%
sources, targets = held_out.some(np.arange(len(held_out)))
plain = float(np.abs(sources / 127.5 - targets / 127.5).mean())
print(f"mean absolute error on the held out: grey {plain:.3f}, coloured {history['val_l1'][-1]:.3f}")
figure, axis = pyplot.subplots(figsize=(6, 3))
axis.plot(history["val_l1"], label="coloured")
axis.axhline(plain, linestyle="--", color="grey", label="grey itself")
axis.set_xlabel("epochs")
axis.legend()

# %% [markdown]
# Source, result and target of pictures that were held out. After 20,000 pairs trees and greens had their colours here,
# and orange petals had not:

# %%
Image.open(max(grids.directory.glob("step_*.png")))

# %% [markdown]
# ## Pictures of any side
#
# `translate` takes tiles of a larger picture, and mixes them without a seam. Half of the first photograph's sides, as
# that is about the scale that it was trained at:

# %%
half = photographs[0][::2, ::2]
grey = np.stack([keras_gan.data.Grey()(half, np.random.default_rng(0))])
coloured = np.uint8(np.round(game.translate(grey, tile=64) * 127.5 + 127.5))[0]
Image.fromarray(np.concatenate([grey[0].repeat(3, axis=-1), coloured, half], axis=1))

# %% [markdown]
# From the terminal the whole way is `keras-gan train FOLDER --recipe pix2pix`, and then `keras-gan translate`.

# %%
game.save("colours.keras")
