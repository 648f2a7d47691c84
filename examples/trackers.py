"""What `fit` tells Weights & Biases and MLflow, by the Keras callbacks of theirs, without a network.

pip install wandb mlflow
python examples/trackers.py

Weights & Biases writes into the directory, to be sent later if at all (`wandb sync`); MLflow into a database in it,
that `mlflow ui --backend-store-uri sqlite:///tracked/mlflow.db` shows. Losses, diagnostics and the metric of each epoch
are in both.
"""

import argparse
import contextlib
from pathlib import Path

import keras_gan
from keras_gan.metrics import ClassifierFeatures, FrechetDistance


@contextlib.contextmanager
def wandb_run(out, options):
    import wandb
    from wandb.integration.keras import WandbMetricsLogger

    class Logger(WandbMetricsLogger):
        def _get_lr(self):
            """Return the rate of the generator, where theirs asks for that of the one optimizer that a GAN has not."""
            return float(self.model.generator_optimizer.learning_rate)

    with wandb.init(mode="offline", project="keras_gan", dir=out, config=options):
        yield Logger()


@contextlib.contextmanager
def mlflow_run(out, options):
    import mlflow

    class Logger(mlflow.keras.MlflowCallback):
        def on_train_begin(self, logs=None):
            """Log no config of the one optimizer, as theirs does: the options are logged below."""

    mlflow.set_tracking_uri(f"sqlite:///{out}/mlflow.db")
    with mlflow.start_run():
        mlflow.log_params(options)
        yield Logger()


TRACKERS = {"wandb": wandb_run, "mlflow": mlflow_run}


def main(trackers=tuple(TRACKERS), epochs=3, steps_per_epoch=200, classifier_steps=500, out="tracked"):
    out = Path(out).resolve()
    out.mkdir(parents=True, exist_ok=True)
    data = keras_gan.data.load("digits", batch_size=64)
    extractor = ClassifierFeatures.train(data.examples, data.labels, steps=classifier_steps)
    options = {"latent_dim": 32, "loss": "hinge", "rate": 1e-3, "seed": 0}
    networks = keras_gan.models.mlp(data.sample_shape, latent_dim=options["latent_dim"], num_classes=10)
    gan = keras_gan.GAN(*networks, num_classes=10, ema=0.99, seed=options["seed"])
    gan.compile("adam", "adam", loss=options["loss"], metrics=[FrechetDistance(extractor)])
    with contextlib.ExitStack() as stack:
        callbacks = [stack.enter_context(TRACKERS[name](out, options)) for name in trackers]
        fit = {"epochs": epochs, "steps_per_epoch": steps_per_epoch, "verbose": 0}
        history = gan.fit(data, validation_data=data, callbacks=callbacks, **fit).history
    print("epochs:", " ".join(f"{distance:.2f}" for distance in history["val_frechet_distance"]))
    return history


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trackers", nargs="+", choices=TRACKERS, default=list(TRACKERS))
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--steps-per-epoch", type=int, default=200)
    parser.add_argument("--classifier-steps", type=int, default=500)
    parser.add_argument("--out", default="tracked")
    main(**vars(parser.parse_args()))
