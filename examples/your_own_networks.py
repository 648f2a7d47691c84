"""Two Keras models of your own, and no `train_step`.

Keras's guide on customizing `fit` writes a GAN as a subclass of `keras.Model` with a `train_step` of its own. With
keras_gan the networks are all that is left to write; what the subclass forgot (saving, one trace, the optimizers on
load, noise that differs by step and replica, a moving average) is there.

    python examples/your_own_networks.py --epochs 30
"""

import argparse

import keras

import keras_gan

LATENT_DIM = 16


def make_generator():
    return keras.Sequential(
        [
            keras.Input((LATENT_DIM,)),
            keras.layers.Dense(4 * 4 * 64, "relu"),
            keras.layers.Reshape((4, 4, 64)),
            keras.layers.UpSampling2D(),
            keras.layers.Conv2D(64, 3, padding="same", activation="relu"),
            keras.layers.Conv2D(1, 3, padding="same", activation="tanh"),
        ]
    )


def make_discriminator():
    return keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            keras.layers.Conv2D(64, 3, strides=2, padding="same", activation="leaky_relu"),
            keras.layers.Flatten(),
            keras.layers.Dense(128, "leaky_relu"),
            keras.layers.Dense(1),
        ]
    )


def main(epochs, out):
    data = keras_gan.data.load("digits", batch_size=64)
    gan = keras_gan.GAN(make_generator(), make_discriminator(), ema=0.99)
    gan.compile(
        generator_optimizer=keras.optimizers.Adam(5e-4, beta_1=0.5),
        discriminator_optimizer=keras.optimizers.Adam(5e-4, beta_1=0.5),
        terms=[keras_gan.penalties.R1(weight=0.5)],
        steps_per_execution=28,
    )
    gan.fit(data, epochs=epochs, callbacks=[keras_gan.callbacks.SampleGrid(out, every=500)])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=int, default=60)
    parser.add_argument("--out", default="your_own_networks")
    main(**vars(parser.parse_args()))
