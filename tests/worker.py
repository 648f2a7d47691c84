"""One of several workers, or the only one: trains a small GAN. See `integration/test_workers.py`."""

import json
import os
import signal
import sys
from pathlib import Path

import keras
import numpy as np

import keras_gan
from keras_gan import distribution
from keras_gan.training.resume import checkpoint_files

STEP = 8  # of the mishap: in the middle of an epoch, and after the checkpoint of step 6


class Mishap(keras.callbacks.Callback):
    """Sends this worker a signal in the middle of an epoch, or lets it stop."""

    def __init__(self, what):
        super().__init__()
        self.what = what

    def on_train_batch_end(self, batch, logs=None):
        if self.model.step.numpy() == STEP and self.what == "stop":
            self.model.stop_training = True
        elif self.model.step.numpy() == STEP:
            os.kill(os.getpid(), signal.Signals[self.what])


def kill_in_a_write():
    """Kill this worker when its third checkpoint is half written."""
    sums, written = checkpoint_files._sums, []

    def half_written(path):
        written.append(path)
        if len(written) == 3:
            os.truncate(path / "state.npz", 1000)
            os.kill(os.getpid(), signal.SIGKILL)
        return sums(path)

    checkpoint_files._sums = half_written


def train(directory, mishap=None, victim="1"):
    strategy = distribution.strategy_here()
    index = json.loads(os.environ.get("TF_CONFIG", "{}")).get("task", {}).get("index", 0)
    meets = index == int(victim)
    if meets and mishap == "in a write":
        kill_in_a_write()
    with strategy.scope():
        networks = keras_gan.models.dcgan(
            (8, 8, 1), latent_dim=4, width=4, num_classes=3, discriminator_batch_norm=False
        )
        gan = keras_gan.GAN(*networks, num_classes=3, ema=0.5)
        gan.compile(
            *(keras.optimizers.SGD(0.05, momentum=0.5, global_clipnorm=1.0) for _ in range(2)),
            terms=[keras_gan.penalties.R1(0.1), keras_gan.penalties.LeCam(0.1)],
            augmentation=keras_gan.augmentation.ADA(p=0.2, speed=500),
            metrics=[keras_gan.metrics.SlicedWasserstein(num_fake=20)],
        )
    random = np.random.default_rng(0)
    images, labels = random.integers(0, 256, (45, 8, 8, 1), dtype=np.uint8), np.arange(45) % 3
    data = keras_gan.data.ImageData(images, labels, batch_size=6)
    callbacks = [
        keras_gan.callbacks.Checkpoint(directory / "checkpoints", every=3),
        keras_gan.callbacks.SampleGrid(directory / "samples"),
        keras.callbacks.CSVLogger(directory / "log.csv", append=True),
        keras.callbacks.ModelCheckpoint(directory / "gan.keras"),
        *([Mishap(mishap)] if meets and mishap not in (None, "in a write") else []),
    ]
    (directory / "checkpoints").mkdir(parents=True, exist_ok=True)
    history = gan.fit(
        data,
        epochs=3,
        callbacks=callbacks,
        validation_data=(images[:13], labels[:13]),  # a last batch that two workers can't share equally
        verbose=0,
        resume=directory / "checkpoints",
    )
    name = f"worker{index}"
    np.savez(directory / f"{name}.npz", *gan.get_weights(), predicted=gan.sample(5, labels=1, seed=3))
    (directory / f"{name}.json").write_text(json.dumps(history.history))


if __name__ == "__main__":
    train(Path(sys.argv[1]), *sys.argv[2:])
