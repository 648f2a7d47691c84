"""The games that the benchmarks play: networks as lists of layers that Keras and PyTorch both build, and their FLOPs.

Each layer is a tuple: its kind, and how wide it is. `up` and `down` are 4x4 convolutions of stride 2.
"""

import math

LEAK = 0.2
LATENT = 128
GAMMA = 1.0

GAMES = {
    "mlp": {
        "shape": (8, 8, 1),
        "generator": [
            ("dense", 128),
            ("relu",),
            ("dense", 128),
            ("relu",),
            ("dense", 64),
            ("shape", (8, 8, 1)),
            ("tanh",),
        ],
        "discriminator": [("flat",), ("dense", 128), ("leaky",), ("dense", 128), ("leaky",), ("dense", 1)],
    },
    "dcgan28": {
        "shape": (28, 28, 1),
        "generator": [
            *(("dense", 7 * 7 * 128), ("shape", (7, 7, 128)), ("norm",), ("relu",)),
            *(("up", 128), ("norm",), ("relu",), ("up", 64), ("norm",), ("relu",), ("conv", 1), ("tanh",)),
        ],
        "discriminator": [("down", 64), ("leaky",), ("down", 128), ("leaky",), ("flat",), ("dense", 1)],
    },
}


# Down to one place and up from it, as the innermost levels of the U-Net of Isola et al. 2017 (arXiv:1611.07004).
GAMES["bottleneck"] = {
    "shape": (16, 16, 3),
    "generator": [
        *(("dense", 512), ("shape", (1, 1, 512)), ("norm",), ("relu",)),
        *(layer for width in (512, 256, 128) for layer in (("up", width), ("norm",), ("relu",))),
        *(("up", 3), ("tanh",)),
    ],
    "discriminator": [
        *(layer for width in (128, 256, 512, 512) for layer in (("down", width), ("leaky",))),
        *(("flat",), ("dense", 1)),
    ],
}


def dcgan(side):
    """Return the DCGAN of Radford et al. of `side` pixels, RGB, 64 channels at the largest map."""
    widths = [64 * 2**level for level in range(int(math.log2(side)) - 2)]
    ups = [layer for width in widths[-2::-1] for layer in (("up", width), ("norm",), ("relu",))]
    first = [("dense", 16 * widths[-1]), ("shape", (4, 4, widths[-1])), ("norm",), ("relu",)]
    downs = [layer for width in widths for layer in (("down", width), ("leaky",))]
    return {
        "shape": (side, side, 3),
        "generator": [*first, *ups, ("up", 3), ("tanh",)],
        "discriminator": [*downs, ("flat",), ("dense", 1)],
    }


for _side in (8, 16, 32, 64, 128):
    GAMES[f"dcgan{_side}"] = dcgan(_side)


def products(layers, shape):
    """Return the matrix products of a network's forward pass, `(kind, side, channels in, channels out, flops)`."""
    found = []
    for kind, *width in layers:
        before = shape
        if kind == "dense":
            shape = (width[0],)
            found.append((kind, 1, before[0], width[0], 2 * before[0] * width[0]))
        elif kind == "shape":
            shape = width[0]
        elif kind == "flat":
            shape = (math.prod(shape),)
        elif kind in ("up", "down", "conv"):
            side, channels = before[0], before[2]
            to = {"up": 2 * side, "down": -(-side // 2), "conv": side}[kind]
            shape = (to, to, width[0])
            # Each number of the smaller map meets the whole kernel.
            flops = 2 * min(side, to) ** 2 * channels * width[0] * (25 if kind == "conv" else 16)
            found.append((kind, side, channels, width[0], flops))
    return found


def products_of(game):
    """Return the products of both networks of a game."""
    spec = GAMES[game]
    return products(spec["generator"], (LATENT,)) + products(spec["discriminator"], spec["shape"])


def flops(game, penalty="none", reuse=False):
    """Return the FLOPs of a step for one real image and one fake, by closed form.

    A gradient costs one forward pass for the inputs and one for the weights; the first layer's inputs need none, but
    where a penalty asks for them. R1 on the loss's own forward pass costs three more passes of the discriminator: back
    to the image, and the gradient of that by the weights and by what it came from.
    """
    g = products(GAMES[game]["generator"], (LATENT,))
    d = products(GAMES[game]["discriminator"], GAMES[game]["shape"])
    forward_g, forward_d, g1, d1 = (sum(p[-1] for p in part) for part in (g, d, g[:1], d[:1]))
    discriminator = (0 if reuse else forward_g) + 6 * forward_d - 2 * d1
    generator = 3 * forward_g + 2 * forward_d - g1
    regularized = {"none": 0, "R1": 1, "R1+R2": 2}[penalty] * 3 * forward_d
    return discriminator + generator + regularized
