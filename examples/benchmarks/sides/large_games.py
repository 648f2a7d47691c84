"""The games of `networks_step.py`, with the networks, losses and weights of their papers, and our side of them."""

import keras
import tensorflow as tf

import keras_gan

models = keras_gan.models


def adam():
    return keras.optimizers.Adam(2e-4, beta_1=0.5, epsilon=1e-10)


def pix2pix(side):
    return keras_gan.ImageToImage(models.unet(dropout=0.0), models.patch_discriminator(source_channels=3)), {
        "terms": [keras_gan.terms.Reconstruction(weight=100.0)],
        "reuse_fakes": True,  # as everybody's loop does
    }


def cyclegan(side):
    networks = [models.resnet_translator(blocks=6, seed=seed) for seed in (1, 2)]
    networks += [models.patch_discriminator(normalization="instance", seed=seed) for seed in (3, 4)]
    return keras_gan.CycleGAN(*networks, image_size=side, pool_size=0), {}


def r3gan(side):
    gan = keras_gan.GAN(*models.r3gan((side, side, 3), width=96))
    terms = [keras_gan.penalties.R1(weight=1.0), keras_gan.penalties.R2(weight=1.0)]
    return gan, {"loss": "relativistic", "terms": terms}


def stylegan2(side):
    networks = models.stylegan2((side, side, 3), channel_base=4096, mapping_depth=2, mixing=0.0)
    terms = [keras_gan.penalties.R1(weight=1.0), keras_gan.terms.PathLength(interval=1)]
    return keras_gan.GAN(*networks), {"terms": terms}


GAMES = {
    "pix2pix": (pix2pix, 256, 1),
    "cyclegan": (cyclegan, 128, 1),
    "r3gan": (r3gan, 64, 64),
    "stylegan2": (stylegan2, 64, 8),
}


class Ours:
    """keras_gan's step, in the function that `fit` calls."""

    def __init__(self, game, side, data, jit_compile, **others):
        self.gan, rules = GAMES[game][0](side)
        rules |= others
        self.gan.compile(adam(), adam(), jit_compile=jit_compile, **rules)
        self.gan.make_train_function()
        batch = data if game in ("pix2pix", "cyclegan") else data[:1]
        self.data = iter(tf.data.Dataset.from_tensors(batch if len(batch) > 1 else batch[0]).repeat())

    def step(self):
        logs = self.gan.train_function(self.data)
        return [float(logs[name]) for name in ("d_loss", "g_loss")]
