"""Our forms of the layers of R3GAN and StyleGAN2 against the plain ones, forwards and backwards, in turns.

python examples/benchmarks/forms.py

Plain is: a filter as a convolution of each channel, groups as dense convolutions side by side (TensorFlow has no
gradient of its own grouped one on CPUs), a modulated convolution with the kernels of all samples, also side by side.
Milliseconds are the best of some rounds.
"""

import argparse
import json
import time

import tensorflow as tf

from keras_gan.layers import ModulatedConv2D, Resample, resample
from keras_gan.ops import grouped_convolution


def groups_side_by_side(x, kernel, groups):
    parts = zip(tf.split(x, groups, -1), tf.split(kernel, groups, -1), strict=True)
    return tf.concat([tf.nn.conv2d(seen, part, 1, "SAME") for seen, part in parts], -1)


def samples_side_by_side(layer, x, styles):
    scale = layer.affine(styles)[:, None, None, :, None]
    kernels = layer.kernel.value[None] * scale
    kernels *= tf.math.rsqrt(tf.reduce_sum(tf.square(kernels), (1, 2, 3), keepdims=True) + 1e-8)
    rows = [tf.nn.conv2d(x[i : i + 1], kernels[i], 1, "SAME") for i in range(x.shape[0])]
    return tf.concat(rows, 0) + layer.bias.value


def with_gradient(form, *inputs, jit_compile=False):
    """Return a function that runs a form and its gradient."""

    @tf.function(jit_compile=jit_compile)
    def run():
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            value = tf.reduce_sum(tf.square(form(*inputs)))
        return tape.gradient(value, inputs)

    return run


def seconds(run):
    began = time.perf_counter()
    tf.nest.map_structure(lambda value: value.numpy(), run())
    return time.perf_counter() - began


def main(batch=16, side=16, channels=128, rounds=5, jit_compile=False, out=None):
    groups = channels // 16
    x, styles = tf.random.normal((batch, side, side, channels)), tf.random.normal((batch, 64))
    kernel, layer = tf.random.normal((3, 3, 16, channels)), ModulatedConv2D(channels, seed=0)
    layer([x, styles])
    pairs = {}
    for direction in ("up", "down"):
        along = Resample(direction)
        filter = resample.Filter(along._taps * (2 if direction == "up" else 1), (2, 1), up=2)
        filter = filter if direction == "up" else resample.Filter(along._taps, (1, 1), down=2)
        pairs[f"filter {direction}"] = (along, lambda v, filter=filter: resample.convolved(v, filter)), (x,)
    ours = lambda v, k: grouped_convolution.convolve(v, k, groups)  # noqa: E731
    pairs[f"{groups} groups"] = (ours, lambda v, k: groups_side_by_side(v, k, groups)), (x, kernel)
    plain = lambda v, s: samples_side_by_side(layer, v, s)  # noqa: E731
    pairs["modulated"] = (lambda v, s: layer([v, s]), plain), (x, styles)
    measured = {}
    for name, (forms, inputs) in pairs.items():
        runs = [with_gradient(form, *inputs, jit_compile=jit_compile) for form in forms]
        for run in runs:
            run()
        best = [min(times) for times in zip(*([seconds(run) for run in runs] for _ in range(rounds)), strict=True)]
        measured[name] = best
        print(f"{name:12s} ours {1e3 * best[0]:8.1f} ms  plain {1e3 * best[1]:8.1f} ms  {best[1] / best[0]:5.2f}")
    if out:
        with open(out, "w") as file:
            json.dump(measured, file, indent=1)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, value in {"batch": 16, "side": 16, "channels": 128, "rounds": 5}.items():
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("--jit-compile", action="store_true")
    parser.add_argument("--out", help="A JSON file.")
    main(**vars(parser.parse_args()))
