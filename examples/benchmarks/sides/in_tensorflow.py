"""The same GAN in TensorFlow three times: by keras_gan, by the `train_step` that everyone copies, by a bare loop."""

import keras
import numpy as np
import tensorflow as tf

import keras_gan
from sides.games import GAMES, GAMMA, LATENT, LEAK

SHAPES = {
    "shape": keras.layers.Reshape,
    "flat": keras.layers.Flatten,
    "relu": keras.layers.ReLU,
    "leaky": lambda: keras.layers.LeakyReLU(LEAK),
    "tanh": lambda: keras.layers.Activation("tanh"),
}


def network(layers, shape, family=keras.layers, seed=0):
    """Return the Keras model of a list of layers; `family` has its convolutions and normalizations."""
    x = inputs = keras.Input(shape)
    for number, (kind, *width) in enumerate(layers):
        normal = keras.initializers.RandomNormal(stddev=0.1 if kind == "conv" else 0.02, seed=seed + number)
        wide = {"use_bias": layers[number + 1 :][:1] != [("norm",)], "kernel_initializer": normal}
        if kind == "dense":
            layer = keras.layers.Dense(*width, kernel_initializer=normal)
        elif kind == "up":
            layer = family.Conv2DTranspose(*width, 4, 2, "same", **wide)
        elif kind in ("down", "conv"):
            layer = family.Conv2D(*width, *((4, 2) if kind == "down" else (5, 1)), "same", **wide)
        elif kind == "norm":
            layer = family.BatchNormalization(momentum=0.9, epsilon=1e-5)
        else:
            layer = SHAPES[kind](*width)
        x = layer(x)
    return keras.Model(inputs, x)


def networks(game, family=keras.layers):
    """Return the generator and the discriminator of a game."""
    spec = GAMES[game]
    return network(spec["generator"], (LATENT,), family), network(spec["discriminator"], spec["shape"], family, seed=99)


def adam():
    """Keras adds epsilon before the correction of the bias, PyTorch after it: one so small makes no difference."""
    return keras.optimizers.Adam(2e-4, beta_1=0.5, epsilon=1e-10)


class KerasGAN:
    """keras_gan's step, in the function that `fit` calls."""

    def __init__(self, game, images, penalty="none", reuse=False, jit_compile=False, interval=1):
        terms = [keras_gan.penalties.R1(GAMMA / 2, interval=interval)] if "R1" in penalty else []
        terms += [keras_gan.penalties.R2(GAMMA / 2, interval=interval)] if "R2" in penalty else []
        self.networks = networks(game, keras_gan.layers)
        self.gan = keras_gan.GAN(*self.networks)
        self.gan.compile(adam(), adam(), terms=terms, jit_compile=jit_compile, reuse_fakes=reuse)
        self.gan.make_train_function()
        self.data = iter(tf.data.Dataset.from_tensors(images).repeat())

    def latents(self, rows):
        """Return what the next step will draw."""
        return [self.gan.sample_latents(player, rows).numpy() for player in ("discriminator", "generator")]

    def step(self):
        logs = self.gan.train_function(self.data)
        return logs["d_loss"], logs["g_loss"]


class Bare:
    """The mathematics alone, in one `tf.function`: no `fit`, no logs, no guard."""

    def __init__(self, game, images, penalty="none", reuse=False, jit_compile=False):
        self.generator, self.discriminator = self.networks = networks(game)
        self.g_optimizer, self.d_optimizer = adam(), adam()
        self.g_optimizer.build(self.generator.trainable_variables)
        self.d_optimizer.build(self.discriminator.trainable_variables)
        self.penalty, self.reuse = penalty, reuse
        self.function = tf.function(self.play, jit_compile=jit_compile)
        self.data = iter(tf.data.Dataset.from_tensors(images).repeat())

    def judged(self, images, penalized):
        if not penalized:
            return self.discriminator(images, training=True), 0.0
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(images)
            logits = self.discriminator(images, training=True)
        slope = tape.gradient(logits, images)
        return logits, GAMMA / 2 * tf.reduce_mean(tf.reduce_sum(slope**2, (1, 2, 3)))

    def play(self, images, first, second):
        real = tf.cast(images, tf.float32) / 127.5 - 1.0
        with tf.GradientTape() as g_tape:
            fake = self.generator(first, training=True)
            with tf.GradientTape() as tape:
                real_logits, on_real = self.judged(real, self.penalty != "none")
                fake_logits, on_fake = self.judged(tf.stop_gradient(fake), self.penalty == "R1+R2")
                d_loss = tf.reduce_mean(tf.nn.softplus(-real_logits)) + tf.reduce_mean(tf.nn.softplus(fake_logits))
                total = d_loss + on_real + on_fake
            weights = self.discriminator.trainable_variables
            self.d_optimizer.apply_gradients(zip(tape.gradient(total, weights), weights, strict=True))
            fake = fake if self.reuse else self.generator(second, training=True)
            g_loss = tf.reduce_mean(tf.nn.softplus(-self.discriminator(fake, training=True)))
        weights = self.generator.trainable_variables
        self.g_optimizer.apply_gradients(zip(g_tape.gradient(g_loss, weights), weights, strict=True))
        return d_loss, g_loss

    def step(self, latents=None):
        images = next(self.data)
        if latents is None:
            latents = [tf.random.normal((len(images), LATENT)) for _ in range(2)]
        return self.function(images, *latents)


class Copied(keras.Model):
    """The `train_step` of Keras's DCGAN example: one pass of real and fake, and `Mean` metrics; no noise on labels."""

    def __init__(self, game, images, jit_compile=False):
        super().__init__()
        self.generator, self.discriminator = self.networks = networks(game)
        self.d_mean, self.g_mean = keras.metrics.Mean(name="d_loss"), keras.metrics.Mean(name="g_loss")
        self.compile(jit_compile=jit_compile)
        self.d_optimizer, self.g_optimizer = adam(), adam()
        self.cost = keras.losses.BinaryCrossentropy(from_logits=True)
        self.forced = tf.Variable(np.zeros((2, len(images), LATENT), np.float32), trainable=False)
        self.is_forced = tf.Variable(False, trainable=False)
        self.make_train_function()
        data = tf.data.Dataset.from_tensors(images).repeat()
        self.data = iter(data.map(lambda x: tf.cast(x, tf.float32) / 127.5 - 1.0))

    @property
    def metrics(self):
        return [self.d_mean, self.g_mean]

    def draw(self, rows, which):
        return tf.where(self.is_forced, self.forced[which], tf.random.normal((rows, LATENT)))

    def train_step(self, real):
        rows = tf.shape(real)[0]
        fake = self.generator(self.draw(rows, 0), training=True)
        both = tf.concat([fake, real], axis=0)
        labels = tf.concat([tf.zeros((rows, 1)), tf.ones((rows, 1))], axis=0)
        with tf.GradientTape() as tape:
            d_loss = 2 * self.cost(labels, self.discriminator(both, training=True))
        weights = self.discriminator.trainable_weights
        self.d_optimizer.apply_gradients(zip(tape.gradient(d_loss, weights), weights, strict=True))
        with tf.GradientTape() as tape:
            fake = self.generator(self.draw(rows, 1), training=True)
            g_loss = self.cost(tf.ones((rows, 1)), self.discriminator(fake, training=True))
        weights = self.generator.trainable_weights
        self.g_optimizer.apply_gradients(zip(tape.gradient(g_loss, weights), weights, strict=True))
        self.d_mean.update_state(d_loss)
        self.g_mean.update_state(g_loss)
        return {"d_loss": self.d_mean.result(), "g_loss": self.g_mean.result()}

    def step(self, latents=None):
        self.reset_metrics()
        if latents is not None:
            self.forced.assign(latents)
        self.is_forced.assign(latents is not None)
        logs = self.train_function(self.data)
        return logs["d_loss"], logs["g_loss"]
