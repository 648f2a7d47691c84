"""The `train_step` that everybody copies, for R3GAN and StyleGAN2 with their penalties, on networks of ours."""

import keras
import numpy as np
import tensorflow as tf

from sides.large_games import GAMES, adam


def mean_square(slopes):
    return tf.reduce_mean(tf.reduce_sum(tf.square(slopes), axis=(1, 2, 3)))


class R3GAN(keras.Model):
    """One tape for each player, one inside of it for each penalty; fakes are made for both, metrics are `Mean`s."""

    def __init__(self, gan, data, jit_compile):
        super().__init__()
        self.generator, self.discriminator = gan.generator, gan.discriminator
        self.d_mean, self.g_mean = keras.metrics.Mean(name="d_loss"), keras.metrics.Mean(name="g_loss")
        self.compile(jit_compile=jit_compile)
        self.d_optimizer, self.g_optimizer, self.latent_dim = adam(), adam(), gan.latent_dim
        self.make_train_function()
        self.data = iter(tf.data.Dataset.from_tensors(data).repeat())

    @property
    def metrics(self):
        return [self.d_mean, self.g_mean]

    def drawn(self, real):
        return tf.random.normal((tf.shape(real)[0], self.latent_dim))

    def judged(self, images):
        """Return logits, and the mean square norm of their slopes."""
        with tf.GradientTape() as tape:
            tape.watch(images)
            logits = self.discriminator(images, training=True)
        return logits, mean_square(tape.gradient(logits, images))

    def of_discriminator(self, real, fake):
        (real_logits, r1), (fake_logits, r2) = self.judged(real), self.judged(fake)
        return tf.reduce_mean(tf.nn.softplus(fake_logits - real_logits)), r1 + r2

    def of_generator(self, real, fake):
        judge = self.discriminator
        return tf.reduce_mean(tf.nn.softplus(judge(real, training=True) - judge(fake, training=True))), 0.0

    def train_step(self, real):
        fake = self.generator(self.drawn(real), training=True)
        with tf.GradientTape() as tape:
            d_loss, penalty = self.of_discriminator(real, fake)
            total = d_loss + penalty
        weights = self.discriminator.trainable_weights
        self.d_optimizer.apply_gradients(zip(tape.gradient(total, weights), weights, strict=True))
        with tf.GradientTape() as tape:
            g_loss, penalty = self.of_generator(real, self.generator(self.drawn(real), training=True))
            total = g_loss + penalty
        weights = self.generator.trainable_weights
        self.g_optimizer.apply_gradients(zip(tape.gradient(total, weights), weights, strict=True))
        self.d_mean.update_state(d_loss)
        self.g_mean.update_state(g_loss)
        return {"d_loss": self.d_mean.result(), "g_loss": self.g_mean.result()}

    def step(self):
        self.reset_metrics()
        logs = self.train_function(self.data)
        return [float(logs[name]) for name in ("d_loss", "g_loss")]


class StyleGAN2(R3GAN):
    """With R1 of the images alone, and path length of every second sample."""

    def __init__(self, gan, data, jit_compile):
        super().__init__(gan, data, jit_compile)
        styles = gan.generator.get_layer("mapping").output
        self.mapping = keras.Model(gan.generator.inputs, styles)
        self.synthesis = keras.Model(styles, gan.generator.outputs[0])
        self.average = self.add_weight(shape=(), initializer="zeros", trainable=False)

    def of_discriminator(self, real, fake):
        (real_logits, r1), fake_logits = self.judged(real), self.discriminator(fake, training=True)
        return tf.reduce_mean(tf.nn.softplus(-real_logits) + tf.nn.softplus(fake_logits)), r1

    def of_generator(self, real, fake):
        styles = self.mapping(self.drawn(real)[::2], training=True)
        with tf.GradientTape() as tape:
            tape.watch(styles)
            images = self.synthesis(styles, training=True)
            value = tf.reduce_sum(images * tf.random.normal(tf.shape(images))) / np.sqrt(np.prod(images.shape[1:3]))
        slopes = tape.gradient(value, styles)
        lengths = tf.sqrt(tf.reduce_mean(tf.reduce_sum(tf.square(slopes), axis=2), axis=1) + 1e-8)
        self.average.assign_add(0.01 * (tf.reduce_mean(lengths) - self.average))
        g_loss = tf.reduce_mean(tf.nn.softplus(-self.discriminator(fake, training=True)))
        return g_loss, 2.0 * tf.reduce_mean(tf.square(lengths - self.average))


def copied(game, side, data, jit_compile=False):
    """Return a game that is played so."""
    gan, _ = GAMES[game][0](side)
    return {"r3gan": R3GAN, "stylegan2": StyleGAN2}[game](gan, data[0], jit_compile)
