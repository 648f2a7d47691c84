"""How far the files of a generator are from its samples, by format: each is run in its own runtime.

python examples/benchmarks/exports.py

Small untrained networks of 16x16x3 and of 3 classes, their weights stirred so that all of them matter; batches of 4. A
format whose libraries are missing is left out: `pip install 'keras_gan[onnx]'`.
"""

import argparse
import json
import tempfile
from pathlib import Path

import numpy as np

import keras_gan
from keras_gan import export

NETWORKS = {
    "mlp": {"hidden": (16,)},
    "dcgan": {"width": 4},
    "stylegan2": {"style_dim": 8, "channel_base": 64, "mapping_depth": 2},
    "r3gan": {"width": 32},
    "biggan": {"width": 4},
}


def stirred(name, seed):
    networks = getattr(keras_gan.models, name)((16, 16, 3), latent_dim=8, num_classes=3, seed=seed, **NETWORKS[name])
    gan = keras_gan.GAN(*networks, num_classes=3)
    random = np.random.default_rng(seed)
    for weight in gan.generator.trainable_weights:
        weight.assign(weight + 0.1 * random.normal(size=weight.shape))
    return gan


def main(networks=tuple(NETWORKS), formats=tuple(export.FORMATS), seed=0, out=None):
    differences = {}
    with tempfile.TemporaryDirectory() as directory:
        for name in networks:
            exported = export.of_samples(stirred(name, seed), batch_size=4)
            differences[name] = {}
            for format in formats:
                path = Path(directory, f"{name}_{format}{export.FORMATS[format].suffix}")
                try:
                    differences[name][format] = export.write(exported, path, format)
                except keras_gan.InputError as error:  # a runtime that is not installed
                    print(f"{format}: {error}")
            told = ", ".join(f"{format} {difference:.1e}" for format, difference in differences[name].items())
            print(f"{name + ':':10} {told}")
    if out is not None:
        Path(out).write_text(json.dumps(differences, indent=2) + "\n")
    return differences


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--networks", nargs="+", choices=NETWORKS, default=tuple(NETWORKS))
    parser.add_argument("--formats", nargs="+", choices=export.FORMATS, default=tuple(export.FORMATS))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", help="a JSON file, for the differences")
    main(**vars(parser.parse_args()))
