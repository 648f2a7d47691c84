"""A game of your own: other players, and the same `fit`.

Here three networks are two players: a generator and an encoder play together against a discriminator that sees pairs,
(x, E(x)) of the data or (G(z), z). At its equilibrium the encoder inverts the generator (BiGAN: Donahue et al. 2016,
arXiv:1605.09782, equation 3). Optimizers, noise by position, replicas, NaN, averages, checkpoints, saving: all that is
of `AdversarialModel`, and comes with it.

    python examples/your_own_game.py --epochs 40
"""

import argparse

import keras
import numpy as np
import tensorflow as tf

import keras_gan

LATENT_DIM = 16


@keras_gan.register
class BiGAN(keras_gan.AdversarialModel):
    """A generator and an encoder against a discriminator of pairs; after `fit` the averages of both are sampled."""

    log_names = ("d_loss", "g_loss")

    def __init__(self, generator, encoder, discriminator, seed=0, name=None):
        judge = keras_gan.Player("discriminator", [discriminator])
        pair = keras_gan.Player("pair", [generator, encoder], average=0.99)
        super().__init__([judge, pair], seed=seed, name=name)
        self.generator, self.encoder, self.discriminator = generator, encoder, discriminator

    def compile(self, pair_optimizer, discriminator_optimizer, **options):
        optimizers = {"pair": pair_optimizer, "discriminator": discriminator_optimizer}
        self.compile_players(optimizers, arguments={}, **options)

    def train_step(self, images):
        self.descend("discriminator", self.discriminator_loss, images)
        self.descend("pair", self.pair_loss, images)
        self.update_average(tf.shape(images)[0])
        return self.finish_step()

    def logits(self, images):
        """Return the logits of the data's pairs and of the generator's."""
        rows = tf.shape(images)[0]
        z = self.random(rows).normal("latents", (rows, LATENT_DIM))
        real = self.discriminator([images, self.encoder(images, training=True)], training=True)
        fake = self.discriminator([self.generator(z, training=True), z], training=True)
        return real[:, 0], fake[:, 0]

    def discriminator_loss(self, images):
        real, fake = self.logits(images)
        values = tf.nn.softplus(-real) + tf.nn.softplus(fake)
        return tf.reduce_mean(values), keras_gan.sums(d_loss=values)

    def pair_loss(self, images):
        real, fake = self.logits(images)
        values = tf.nn.softplus(real) + tf.nn.softplus(-fake)
        return tf.reduce_mean(values), keras_gan.sums(g_loss=values)


def dense(inputs, outputs, shape, activation=None):
    """Return an MLP from vectors or images to `outputs` numbers of a shape."""
    x = keras.layers.Concatenate()([keras.layers.Flatten()(each) for each in inputs])
    for _ in range(2):
        x = keras.layers.Dense(256, "leaky_relu")(x)
    x = keras.layers.Reshape(shape)(keras.layers.Dense(outputs, activation)(x))
    return keras.Model(inputs if len(inputs) > 1 else inputs[0], x)


def main(epochs, out):
    data = keras_gan.data.load("digits")
    digits = (data.examples / 127.5 - 1.0).astype(np.float32)
    z, x = keras.Input((LATENT_DIM,)), keras.Input(data.sample_shape)
    game = BiGAN(dense([z], 64, (8, 8, 1), "tanh"), dense([x], LATENT_DIM, (LATENT_DIM,)), dense([x, z], 1, (1,)))
    game.compile(*(keras.optimizers.Adam(2e-4, beta_1=0.5) for _ in range(2)), steps_per_execution=28)
    stream = tf.data.Dataset.from_tensor_slices(digits).shuffle(1797, seed=0).batch(64, drop_remainder=True)
    game.fit(stream, epochs=epochs)
    game.save(out)
    generator, encoder = keras.models.load_model(out).averages["pair"]
    error = np.mean((generator.predict(encoder.predict(digits, verbose=0), verbose=0) - digits) ** 2)
    print(f"mean squared error of G(E(x)): {error:.3f}; of the mean image: {digits.var(0).mean():.3f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=int, default=400)
    parser.add_argument("--out", default="your_own_game.keras")
    main(**vars(parser.parse_args()))
