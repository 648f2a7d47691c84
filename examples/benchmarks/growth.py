"""How the cost of a step grows with the side of the images, with the batch, and with the number of steps.

python examples/benchmarks/growth.py

A DCGAN at sides from 8 to 128 pixels and at batches from 8 to 512 images, all by one compiler, XLA with
`--jit-compile`; FLOPs by closed form from the layers. The exponent is the slope of a line through the logarithms of
seconds and FLOPs, from 32 pixels on: 1 where time grows as the work does.
"""

import argparse
import json
import time

import keras
import numpy as np
import tensorflow as tf

import keras_gan

SIDES, BATCHES = (8, 16, 32, 64, 128), (8, 16, 32, 64, 128, 256, 512)


def passes(network):
    """Return the FLOPs of one forward pass of a sample, and those of the first product."""
    found = []
    for layer in network.layers:
        if isinstance(layer, (keras.layers.Conv2D, keras.layers.Conv2DTranspose, keras.layers.Dense)):
            shape = layer.input.shape if isinstance(layer, keras.layers.Conv2DTranspose) else layer.output.shape
            found.append(2 * int(np.prod(layer.kernel.shape)) * int(np.prod(shape[1:-1])))
    return sum(found), found[0]


def step_of(side, batch, width, jit_compile):
    """Return a step of a new GAN, and its FLOPs."""
    networks = keras_gan.models.dcgan((side, side, 3), width=width, discriminator_batch_norm=False)
    gan = keras_gan.GAN(*networks)
    gan.compile("adam", "adam", jit_compile=jit_compile)
    gan.make_train_function()
    images = np.random.default_rng(0).integers(0, 256, (batch, side, side, 3), dtype=np.uint8)
    data = iter(tf.data.Dataset.from_tensors(images).repeat())
    (g, g1), (d, d1) = (passes(network) for network in networks)
    return lambda: gan.train_function(data), batch * (4 * g - g1 + 8 * d - 2 * d1)


def seconds(step, bound, least=5):
    """Return the median seconds of a step, of at least a few."""
    step(), step()
    taken = []
    while len(taken) < least or sum(taken) < bound:
        begin = time.perf_counter()
        step()
        taken.append(time.perf_counter() - begin)
    return float(np.median(taken))


def table(cases, width, bound, jit_compile):
    rows = []
    for side, batch in cases:
        step, flops = step_of(side, batch, width, jit_compile)
        rows.append((side, flops, seconds(step, bound)))
        rate = f"{flops / rows[-1][2] / 1e9:6.1f} GFLOP/s"
        print(f"{side:4d} pixels, {batch:4d} images: {rows[-1][2] / batch * 1e3:8.3f} ms an image, {rate}", flush=True)
        keras.backend.clear_session()
    _, work, taken = np.log([row for row in rows if row[0] >= 32]).T
    exponent = float(np.polyfit(work, taken, 1)[0])
    print(f"exponent of seconds over FLOPs: {exponent:.2f}")
    return {"rows of (side, FLOPs, seconds)": rows, "exponent": exponent}


def main(sides=SIDES, batches=BATCHES, width=64, batch=32, side=32, bound=3.0, steps=2000, jit_compile=False, out=None):
    result = {"sides": table([(each, batch) for each in sides], width, bound, jit_compile)}
    result["batches"] = table([(side, each) for each in batches], width, bound, jit_compile)
    step, _ = step_of(8, batch, width, jit_compile)
    taken = []
    for _ in range(steps + 10):
        begin = time.perf_counter()
        step()
        taken.append(time.perf_counter() - begin)
    parts = result["quarters"] = [float(np.median(part)) * 1e3 for part in np.array_split(taken[10:], 4)]
    print(f"quarters of {steps} steps:", *(f"{part:.3f}" for part in parts), "ms a step")
    if out:
        with open(out, "w") as file:
            json.dump(result, file, indent=1)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--width", type=int, default=64, help="Filters next to the image.")
    parser.add_argument("--batch", type=int, default=32, help="Where the sides are compared.")
    parser.add_argument("--side", type=int, default=32, help="Where the batches are compared.")
    parser.add_argument("--bound", type=float, default=3.0, help="Seconds for each measurement.")
    parser.add_argument("--steps", type=int, default=2000)
    parser.add_argument("--jit-compile", action="store_true", help="By XLA.")
    parser.add_argument("--out", help="A JSON file.")
    main(**vars(parser.parse_args()))
