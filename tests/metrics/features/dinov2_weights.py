"""Random weights for DINOv2's network that NumPy makes anywhere from the names alone, and what is compared."""

import zlib

import numpy as np

from tests.metrics.features.inception_weights import image

BLOCKS = [0, 5, 11]
__all__ = ["BLOCKS", "image", "random_array", "reduced"]


def random_array(name, shape):
    """Weights by which attention is neither flat nor on one patch alone, and activations keep their size."""
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    if name.endswith((".gamma", "norm.weight", "norm1.weight", "norm2.weight")):
        return rng.uniform(0.5, 1.5, shape).astype(np.float32)
    if name in ("cls_token", "pos_embed"):
        return rng.normal(0.0, 0.5, shape).astype(np.float32)
    if len(shape) == 1:
        return rng.normal(0.0, 0.1, shape).astype(np.float32)
    gain = 1.5 if name.endswith("qkv.weight") else 1.0
    return rng.normal(0.0, gain / np.sqrt(np.prod(shape[1:])), shape).astype(np.float32)


def reduced(tokens):
    """Of a block's output, (tokens, features): the mean, the class token, and those of two patches."""
    return np.stack([tokens.mean(axis=0), tokens[0], tokens[1], tokens[len(tokens) // 2]]).astype(np.float32)
