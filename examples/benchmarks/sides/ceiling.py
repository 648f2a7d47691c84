"""How fast the products of a step could be: each layer and direction in its best form, and a plain matrix product."""

import functools
import time

import numpy as np
import tensorflow as tf

from keras_gan.ops import convolution_forms
from sides.games import GAMES, LATENT, products


def rate_of(function, flops, compiled_or_not=(False, True), rounds=5):
    """Return the FLOPs per second of a function, in the best of some rounds, of the better of graph and XLA."""

    def computed():
        value = function()
        return value, tf.reshape(value, [-1])[:1]  # the whole too, or XLA would compute this one alone

    best = 0.0
    for jit_compile in compiled_or_not:
        compiled = tf.function(computed, jit_compile=jit_compile, autograph=False)
        taken = []
        for _ in range(rounds + 1):
            begin = time.perf_counter()
            compiled()[1].numpy()
            taken.append(time.perf_counter() - begin)
        best = max(best, flops / min(taken[1:]))
    return best


def draw(*shape):
    return tf.Variable(np.random.default_rng(0).normal(size=shape).astype("float32"))


@functools.cache
def matrix_rate(size=2048):
    """Return the FLOPs per second of a square matrix product."""
    a, b = draw(size, size), draw(size, size)
    return rate_of(lambda: a @ b, 2 * size**3)


def forms(kind, side, channels, width, batch):
    """Return, by direction, the forms that a layer's product can take."""
    if kind == "dense":
        x, w, dy = draw(batch, channels), draw(channels, width), draw(batch, width)
        return {
            "forward": [lambda: x @ w],
            "inputs": [lambda: tf.matmul(dy, w, transpose_b=True)],
            "weights": [lambda: tf.matmul(x, dy, transpose_a=True)],
        }
    size, stride = (5, 1) if kind == "conv" else (4, 2)
    if kind == "up":  # the transpose of a convolution from `width` to `channels`
        side, channels, width = 2 * side, width, channels
    to = -(-side // stride)
    small, large, kernel = (
        draw(batch, to, to, width),
        draw(batch, side, side, channels),
        draw(size, size, channels, width),
    )
    options = {"filter_sizes": kernel.shape, "strides": [1, stride, stride, 1], "padding": "SAME"}
    shape = (batch, side, side, channels)
    down = [lambda: tf.nn.conv2d(large, kernel, stride, "SAME")]
    up = [lambda: tf.nn.conv2d_transpose(small, kernel, shape, stride, "SAME")]
    weights = [lambda: tf.raw_ops.Conv2DBackpropFilter(input=large, out_backprop=small, **options)]
    if stride > 1:
        up.append(lambda: convolution_forms.by_phases(small, kernel, stride))
    elif side % 4 == 0:
        down.append(lambda: convolution_forms.by_blocks(large, kernel, 4))
        weights.append(lambda: convolution_forms.kernel_gradient_by_blocks(large, kernel, small, 4))
    if to <= 8:
        down.append(lambda: convolution_forms.by_patches(large, kernel, stride))
        up.append(lambda: convolution_forms.spread_by_patches(small, kernel, stride))
        weights.append(lambda: convolution_forms.kernel_gradient_by_patches(large, kernel, small, stride))
    forward, inputs = (up, down) if kind == "up" else (down, up)
    return {"forward": forward, "inputs": inputs, "weights": weights}


@functools.cache
def seconds(product, batch):
    """Return the seconds of each direction of a layer's product for one batch, in its best form."""
    *shape, flops = product
    return {
        direction: batch * flops / max(rate_of(form, batch * flops) for form in candidates)
        for direction, candidates in forms(*shape, batch).items()
    }


def attainable(game, batch, penalty="none", reuse=False):
    """Return the images per second of a step that is nothing but its products, each at its best rate."""
    g, d = GAMES[game]["generator"], GAMES[game]["discriminator"]
    extra = {"none": 0, "R1": 1, "R1+R2": 2}[penalty]
    total = 0.0
    for number, product in enumerate(products(g, (LATENT,))):
        taken = seconds(product, batch)
        total += (1 if reuse else 2) * taken["forward"] + taken["weights"] + (number > 0) * taken["inputs"]
    for number, product in enumerate(products(d, GAMES[game]["shape"])):
        taken = seconds(product, batch)
        total += 3 * taken["forward"] + 2 * taken["weights"] + (3 if number else 1) * taken["inputs"]
        total += extra * sum(taken.values())
    return batch / total
