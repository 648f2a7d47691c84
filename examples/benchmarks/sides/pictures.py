"""Pictures on disk: many small windows of two photographs, how fast Pillow decodes them, and a GAN for them."""

import os
import time
from concurrent.futures import ThreadPoolExecutor

import keras
import numpy as np
from PIL import Image
from sklearn.datasets import load_sample_images

import keras_gan

SIDE = 64


def make_pictures(folder, count):
    """Write `count` pictures: windows of two photographs, in other colours."""
    photographs, random = load_sample_images().images, np.random.default_rng(0)
    for number in range(count):
        photograph = photographs[number % len(photographs)]
        top, left = (random.integers(0, side - SIDE) for side in photograph.shape[:2])
        window = photograph[top : top + SIDE, left : left + SIDE, random.permutation(3)]
        path = folder / f"{number // 1000:04d}" / f"{number:07d}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray((window * random.uniform(0.5, 1.0)).astype(np.uint8)).save(path)


def decoded_by_pillow(folder):
    """Return how many files Pillow decodes in a second, with all cores."""
    files = sorted(folder.rglob("*.png"))
    begin = time.perf_counter()
    with ThreadPoolExecutor(os.cpu_count()) as pool:  # of more threads it is slower
        for _ in pool.map(lambda file: np.asarray(Image.open(file)), files):
            pass
    return len(files) / (time.perf_counter() - begin)


def make_gan(batch):
    gan = keras_gan.GAN(*keras_gan.models.dcgan((SIDE, SIDE, 3), latent_dim=32, width=8), ema=0.99)
    gan.compile(keras.optimizers.Adam(2e-4), keras.optimizers.Adam(2e-4))
    return gan
