"""Run the exported files of a folder where there is nothing but NumPy and their runtime, without keras_gan.

Beside each file lies `NAME.npz` with what it takes, and `wanted`, what it has to give; how far each file is from that
is printed as JSON.
"""

import importlib.util
import json
import sys
from pathlib import Path

import numpy as np


def saved_model(path, given):
    import tensorflow as tf

    tensors = {name: tf.constant(value) for name, value in given.items()}
    (made,) = tf.saved_model.load(str(path)).signatures["serving_default"](**tensors).values()
    return made.numpy()


def onnx(path, given):
    import onnxruntime

    return onnxruntime.InferenceSession(path).run(None, given)[0]


def litert(path, given):
    from ai_edge_litert.interpreter import Interpreter

    (made,) = Interpreter(model_path=str(path)).get_signature_runner("serving_default")(**given).values()
    return made


def main(folder, format):
    for name in ("keras_gan", *(["tensorflow"] if format != "tf_saved_model" else [])):
        assert importlib.util.find_spec(name) is None, f"this is to be run where there is no {name}"
    run = saved_model if format == "tf_saved_model" else onnx if format == "onnx" else litert
    found = {}
    for file in sorted(Path(folder).glob("*.npz")):
        given = dict(np.load(file))
        wanted = given.pop("wanted")
        (path,) = (path for path in Path(folder, format).iterdir() if path.stem == file.stem)
        made = run(path, given)
        assert made.shape == wanted.shape, f"{path}: {made.shape}"
        found[file.stem] = float(np.abs(made - wanted).max())
    print(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
