"""From data to a SavedModel: load, build, compile, fit with callbacks, sample, save, export.

python examples/digits.py --epochs 12 --out digits
"""

import argparse
from pathlib import Path

import keras
import tensorflow as tf

import keras_gan


def main(epochs, steps_per_epoch, out):
    out = Path(out)
    data = keras_gan.data.load("digits", batch_size=64, seed=0)

    generator, discriminator = keras_gan.models.mlp(data.sample_shape, latent_dim=32, num_classes=data.num_classes)
    gan = keras_gan.GAN(generator, discriminator, num_classes=data.num_classes, ema=0.999)
    rate = keras.optimizers.schedules.CosineDecay(1e-3, epochs * steps_per_epoch)
    gan.compile(
        generator_optimizer=keras.optimizers.Adam(rate, beta_1=0.5, beta_2=0.99),
        discriminator_optimizer=keras.optimizers.Adam(rate, beta_1=0.5, beta_2=0.99),
        loss="non_saturating",
        terms=[keras_gan.penalties.R1(weight=1.0)],
        steps_per_execution=50,
    )
    gan.fit(
        data,
        epochs=epochs,
        steps_per_epoch=steps_per_epoch,
        validation_data=data,
        callbacks=[
            keras_gan.callbacks.SampleGrid(out / "samples"),
            keras.callbacks.CSVLogger(out / "log.csv"),
            keras.callbacks.ModelCheckpoint(out / "latest.keras"),
        ],
    )

    sevens = gan.sample(10, labels=7, seed=0)  # float32 in [-1, 1], (10, 8, 8, 1)
    print(f"ten sevens of shape {sevens.shape}; the discriminator's logits {gan.discriminate(sevens, [7] * 10)}")

    gan.save(out / "gan.keras")
    assert (keras.models.load_model(out / "gan.keras").sample(10, labels=7, seed=0) == sevens).all()

    gan.export(out / "saved_model")  # needs TensorFlow to load, and not keras_gan
    sample = tf.saved_model.load(out / "saved_model").signatures["sample"]
    images = sample(n=tf.constant(10), seed=tf.constant(0), labels=tf.fill([10], 7))["images_uint8"]
    print(f"the same from the SavedModel: {images.dtype.name} of shape {images.shape}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--steps-per-epoch", type=int, default=700)
    parser.add_argument("--out", default="digits")
    main(**vars(parser.parse_args()))
