"""How far the files of a generator are from its samples, by format: each is run in its own runtime.

python examples/benchmarks/exports.py --environments /tmp/environments

Small untrained networks of 16x16x3, without a condition, of 3 classes and of vectors of 2 numbers, their weights
stirred so that all of them matter; batches of 4. A format whose libraries are missing is left out: `pip install
'keras_gan[onnx]'`. With `--environments` the files are then run in environments that are made there, each of which has
a runtime alone, and neither keras_gan nor, but for SavedModels, TensorFlow.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import venv
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
    "unet": {"width": 8, "depth": 3},
}
CONDITIONS = {"": {}, " of classes": {"num_classes": 3}, " of vectors": {"condition_dim": 2}}
RUNTIMES = {"tf_saved_model": "tensorflow", "onnx": "onnxruntime"} | dict.fromkeys(
    ("litert", "litert_float16", "litert_int8"), "ai-edge-litert"
)


def exported(name, condition, seed):
    """Return what leaves of a network whose weights are stirred."""
    if name == "unet":
        generator = keras_gan.models.unet(**NETWORKS[name], seed=seed)
    else:
        networks = getattr(keras_gan.models, name)((16, 16, 3), latent_dim=8, seed=seed, **condition, **NETWORKS[name])
        gan = keras_gan.GAN(*networks, **condition)
        generator = gan.generator
    random = np.random.default_rng(seed)
    for weight in generator.trainable_weights:
        weight.assign_add(0.1 * random.normal(size=weight.shape))
    return export.of_translation(generator, (32, 32, 3), 4) if name == "unet" else export.of_samples(gan, 4)


def elsewhere(folder, format, environments):
    """Return how far the files of a format are off in an environment that has its runtime alone."""
    path = Path(environments, RUNTIMES[format])
    if not (path / "complete").exists():
        venv.create(path, with_pip=True, clear=True)
        subprocess.run([path / "bin/pip", "install", "-q", RUNTIMES[format]], check=True)
        (path / "complete").touch()
    runner = Path(__file__).with_name("sides") / "runtime.py"
    told = subprocess.run([path / "bin/python", "-I", runner, folder, format], capture_output=True, text=True)
    return json.loads(told.stdout) if told.returncode == 0 else sys.exit(told.stderr)


def main(networks=tuple(NETWORKS), formats=tuple(RUNTIMES), seed=0, environments=None, out=None):
    differences = {}
    with tempfile.TemporaryDirectory() as directory:
        for name in networks:
            for told, condition in CONDITIONS.items() if name != "unet" else [("", {})]:
                what = exported(name, condition, seed)
                np.savez(Path(directory, f"{name}{told}.npz"), **what.given, wanted=what.wanted)
                row = differences[name + told] = {}
                for format in formats:
                    path = Path(directory, format, f"{name}{told}{export.FORMATS[format].suffix}")
                    path.parent.mkdir(exist_ok=True)
                    try:
                        row[format] = export.write(what, path, format).difference
                    except keras_gan.InputError as error:
                        print(f"{format}: {error}")
                print(f"{name + told:22}", ", ".join(f"{format} {value:.1e}" for format, value in row.items()))
        for format in sorted({format for row in differences.values() for format in row}) if environments else ():
            found = elsewhere(directory, format, environments)
            for name, value in found.items():
                differences[name][f"{format}, {RUNTIMES[format]} alone"] = value
            worst = np.max([*found.values()])
            print(f"{format} by {RUNTIMES[format]} alone: at most {worst:.1e} of {len(found)} files")
            assert worst <= export.FORMATS[format].tolerance, found
    if out is not None:
        Path(out).write_text(json.dumps(differences, indent=2) + "\n")
    return differences


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--networks", nargs="+", choices=NETWORKS, default=tuple(NETWORKS))
    parser.add_argument("--formats", nargs="+", choices=RUNTIMES, default=tuple(RUNTIMES))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--environments", help="a folder for environments that have a runtime alone")
    parser.add_argument("--out", help="a JSON file, for the differences")
    main(**vars(parser.parse_args()))
