"""How fast the products of a step could be: each layer and direction in its best form, and a plain matrix product."""

import functools
import time

import numpy as np
import tensorflow as tf

from keras_gan.ops import convolution_forms, convolution_rules
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


def forms_of(rows, side, channels, width, size, stride):
    """Return by direction, and by name, the forms of a convolution from `side` and `channels` to `width`, and back."""
    to = -(-side // stride)
    small, large, kernel = (
        draw(rows, to, to, width),
        draw(rows, side, side, channels),
        draw(size, size, channels, width),
    )
    options = {"filter_sizes": kernel.shape, "strides": [1, stride, stride, 1], "padding": "SAME"}
    convolve = {"plain": lambda: tf.nn.conv2d(large, kernel, stride, "SAME")}
    spread = {"plain": lambda: tf.nn.conv2d_transpose(small, kernel, large.shape, stride, "SAME")}
    gradient = {"plain": lambda: tf.raw_ops.Conv2DBackpropFilter(input=large, out_backprop=small, **options)}
    if stride > 1:
        spread["phases"] = lambda: convolution_forms.by_phases(small, kernel, stride)
    elif side % 4 == 0 and width <= 4:
        convolve["blocks"] = lambda: convolution_forms.by_blocks(large, kernel, 4)
        gradient["blocks"] = lambda: convolution_forms.kernel_gradient_by_blocks(large, kernel, small, 4)
    if rows == 1:
        padded = functools.partial(tf.pad, large, convolution_forms.padding(size, stride))
        convolve["strips"] = lambda: convolution_forms.by_strips(padded(), kernel, stride)
    few = to <= 8 or rows * to * to <= 1024
    if few or channels <= 4:
        spread["patches"] = lambda: convolution_forms.spread_by_patches(small, kernel, stride)
    if few:
        convolve["patches"] = lambda: convolution_forms.by_patches(large, kernel, stride)
        gradient["patches"] = lambda: convolution_forms.kernel_gradient_by_patches(large, kernel, small, stride)
    return {"convolve": convolve, "spread": spread, "kernel_gradient": gradient}


def taken(direction, places, kernel, stride, jit_compile):
    """Return the form that a rule takes in a graph, or under XLA."""
    found = []

    @tf.function(jit_compile=jit_compile, autograph=False)
    def traced():
        found.append(convolution_rules.taken(direction, places, kernel, stride))
        return tf.constant(0.0)

    traced.get_concrete_function()
    return found[0]


def rates_of_forms(rows, side, channels, width, size, stride, rounds):
    """Yield for each direction and compiler the GFLOP/s of all forms, by the plain one's FLOPs, and which is taken."""
    to, kernel = -(-side // stride), tf.zeros((size, size, channels, width))
    flops = 2 * rows * to * to * size * size * channels * width
    for direction, forms in forms_of(rows, side, channels, width, size, stride).items():
        for compiler, jit in (("graph", False), ("XLA", True)):
            form = taken(direction, (rows, to, to), kernel, stride, jit)
            assert form in forms, f"{form} is what {direction} takes, and is not among what is measured"
            rates = {name: rate_of(form, flops, [jit], rounds) / 1e9 for name, form in forms.items()}
            yield {"direction": direction, "compiler": compiler, "rates": rates, "taken": form, "flops": flops}


def shape_of(kind, side, channels, width):
    """Return the side and channels of a layer's larger maps, the channels of its smaller ones, its size and stride."""
    size, stride = (5, 1) if kind == "conv" else (4, 2)
    # The transpose of a convolution from `width` to `channels`.
    return (2 * side, width, channels, size, stride) if kind == "up" else (side, channels, width, size, stride)


def forms(kind, side, channels, width, batch):
    """Return, by direction, the forms that a layer's product can take."""
    if kind == "dense":
        x, w, dy = draw(batch, channels), draw(channels, width), draw(batch, width)
        return {
            "forward": [lambda: x @ w],
            "inputs": [lambda: tf.matmul(dy, w, transpose_b=True)],
            "weights": [lambda: tf.matmul(x, dy, transpose_a=True)],
        }
    down, up, weights = (
        list(named.values()) for named in forms_of(batch, *shape_of(kind, side, channels, width)).values()
    )
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
