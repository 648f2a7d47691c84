"""Small games with all that has to survive a crash, for `crash_test.py`."""

import keras

import keras_gan
from keras_gan import augmentation, data, penalties, recipes

SMALL = {"pix2pix": {"width": 4}, "cyclegan": {"width": 2, "blocks": 1, "pool": 9}}
SMALL["cut"] = {"width": 2, "blocks": 1, "pixels": 16}


def made(name, epochs):
    """Return the game, its data, and what makes ten samples of it."""
    if name in SMALL:
        digits, kind = data.load("digits").examples[:], data.PairedData if name == "pix2pix" else data.UnpairedData
        pairs = kind(255 - digits, digits, flip=True, batch_size=4)
        game = recipes.get(name).but(images=80 * epochs, **SMALL[name]).make(pairs)
        return game, pairs, lambda: game.translate(digits[:10])
    networks = keras_gan.models.mlp((8, 8, 1), latent_dim=16, hidden=(512, 512), dropout=0.1, seed=0)
    gan = keras_gan.GAN(*networks, ema=0.99, seed=0)
    rate = keras.optimizers.schedules.CosineDecay(1e-3, epochs * 20)
    gan.compile(
        *(keras.optimizers.Adam(rate, beta_1=0.5) for _ in range(2)),
        terms=[penalties.R1(0.5, interval=4), penalties.LeCam(0.001)],
        augmentation=augmentation.ADA(groups=["blit"], speed=2000),
        steps_per_execution=5,
    )
    return gan, data.load("digits", batch_size=32), lambda: gan.sample(10, seed=1)
