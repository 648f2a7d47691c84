"""`keras-gan info`."""

from pathlib import Path

import click
import keras
import tensorflow as tf

from keras_gan import loading, recipes, runs
from keras_gan.version import __version__


@click.command()
@click.argument("path", required=False, type=click.Path(exists=True, path_type=Path))
def info(path: Path | None) -> None:
    """Describe PATH, a run's directory or a .keras file; without it, the installation and the recipes."""
    for name, value in _describe_installation().items() if path is None else _describe_gan(path).items():
        click.echo(f"{name + ':':<16} {value}")


def _describe_installation() -> dict[str, str]:
    devices = ", ".join(device.name.removeprefix("/physical_device:") for device in tf.config.list_physical_devices())
    known = {f"recipe {name}": recipes.get(name).summary for name in recipes.names()}
    return {
        "keras_gan": __version__,
        "keras": keras.__version__,
        "tensorflow": tf.__version__,
        "devices": devices,
    } | known


def _describe_gan(path: Path) -> dict[str, str]:
    gan = loading.load(path)
    signature = gan.signature
    described = {
        "samples": f"shape {signature.sample_shape}",
        "latents": f"{signature.latent_dim}, {type(gan.prior).__name__.lower()}",
        "classes": str(signature.num_classes or "none"),
        "generator": f"{gan.generator.count_params():,} parameters",
        "discriminator": f"{gan.discriminator.count_params():,} parameters",
        "moving average": str(gan.ema or "none"),
        "step": f"{int(gan.step.numpy()):,}",
    }
    if gan.compiled:
        described["loss"] = type(gan.loss).__name__
        described["terms"] = ", ".join(f"{term.name} (weight {term.weight})" for term in gan.terms) or "none"
    options = runs.Run(path).options_file
    return described | ({"options": " ".join(options.read_text(errors="replace").split())} if options.is_file() else {})
