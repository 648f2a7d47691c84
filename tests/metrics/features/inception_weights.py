"""Random weights for the Inception network that NumPy makes anywhere from the names alone, and an image."""

import zlib

import numpy as np

# What is compared: every block's output, in the order of the network.
BLOCKS = [
    *("Conv2d_1a_3x3", "Conv2d_2a_3x3", "Conv2d_2b_3x3", "MaxPool_1", "Conv2d_3b_1x1", "Conv2d_4a_3x3", "MaxPool_2"),
    *("Mixed_5b", "Mixed_5c", "Mixed_5d", "Mixed_6a", "Mixed_6b", "Mixed_6c", "Mixed_6d", "Mixed_6e"),
    *("Mixed_7a", "Mixed_7b", "Mixed_7c"),
]


def random_array(name, shape):
    """Weights that keep the size of the activations from block to block."""
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    if name.endswith("running_var"):
        return rng.uniform(0.5, 1.5, shape).astype(np.float32)
    if name.endswith("bn.weight"):
        return rng.uniform(0.8, 1.2, shape).astype(np.float32)
    if len(shape) == 1:
        return rng.normal(0.0, 0.1, shape).astype(np.float32)
    return rng.normal(0.0, np.sqrt(2.0 / np.prod(shape[1:])), shape).astype(np.float32)


def image():
    """uint8, (1, 40, 56, 3): neither square nor smooth."""
    return np.random.default_rng(0).integers(0, 256, (1, 40, 56, 3), dtype=np.uint8)


def reduced(output):
    """Of a block's output, (h, w, c): the means of channels, the values in a corner, on an edge and inside, (4, c)."""
    height, width = output.shape[:2]
    places = [output[0, 0], output[-1, width // 2], output[height // 2, width // 3]]
    return np.stack([output.mean(axis=(0, 1)), *places]).astype(np.float32)
