"""An adversarial loss of your own: two formulas and a decorator.

python examples/your_own_loss.py --epochs 30
"""

import argparse

import keras

import keras_gan


@keras_gan.register
class EnergyMargin(keras_gan.losses.AdversarialLoss):
    """The margin loss of the energy-based GAN, with energies that are minus the logits.

    Zhao et al. 2016, arXiv:1609.03126, equations 1 and 2: generated samples count until their energy is `margin`.
    """

    generator_sees_real = False

    def __init__(self, margin=1.0):
        self.margin = margin

    def discriminator_loss(self, real_logits, fake_logits):
        return keras.ops.relu(self.margin + fake_logits) - real_logits

    def generator_loss(self, real_logits, fake_logits):
        return -fake_logits

    def get_config(self):
        return {"margin": self.margin}


def main(epochs, out):
    data = keras_gan.data.load("digits", batch_size=64)
    networks = keras_gan.models.mlp(data.sample_shape, latent_dim=32, num_classes=data.num_classes)
    gan = keras_gan.GAN(*networks, num_classes=data.num_classes, ema=0.99)
    gan.compile(
        keras.optimizers.Adam(5e-4, beta_1=0.5),
        keras.optimizers.Adam(5e-4, beta_1=0.5),
        loss=EnergyMargin(margin=2.0),
        terms=["r1"],
        steps_per_execution=28,
    )
    gan.fit(data, epochs=epochs, callbacks=[keras_gan.callbacks.SampleGrid(out, every=280)])
    gan.save(f"{out}/gan.keras")  # the loss and its margin are in the file
    print("loaded again with a margin of", keras.models.load_model(f"{out}/gan.keras").loss.margin)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=int, default=60)
    parser.add_argument("--out", default="your_own_loss")
    main(**vars(parser.parse_args()))
