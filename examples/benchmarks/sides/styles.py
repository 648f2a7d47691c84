"""Pictures in two styles: how they are divided, and compared."""

import hashlib
import os
from pathlib import Path

import numpy as np

from keras_gan import metrics

TONES = {"1f3fb", "1f3fc", "1f3fd", "1f3fe", "1f3ff"}


def divide(folders, directory):
    """Link three quarters of the pictures into `directory`/training, the others into `directory`/held_out."""
    for style, folder in enumerate(folders):
        for file in sorted(Path(folder).resolve().iterdir()):
            family = "-".join(part for part in file.stem.split("-") if part not in TONES)
            held_out = hashlib.sha256(family.encode()).digest()[0] % 4 == 0
            link = Path(directory, "held_out" if held_out else "training", str(style), file.name)
            link.parent.mkdir(parents=True, exist_ok=True)
            os.symlink(file, link)
    return (Path(directory, part) for part in ("training", "held_out"))


def compared(made, targets, features):
    """Return how near images are to their own targets, and how far from the targets as a whole."""
    found = {m.name: float(np.mean(m.values(targets, made))) for m in (metrics.L1(), metrics.SSIM(), metrics.PSNR())}
    apart = [np.linalg.norm(a - b) for a, b in zip(features(made), features(targets), strict=True)]
    for member in (metrics.SlicedWasserstein(), metrics.FrechetDistance(features)):
        member.hold_real(targets)
        member.update_fake(made)
        found[member.name] = float(member.result())
    return {
        **found,
        "perceptual": float(np.mean(apart)),
        "spectrum": float(np.abs(power(made) - power(targets)).mean()),
    }


def power(images):
    """Return the decades of the mean power in each frequency."""
    return np.log10((np.abs(np.fft.rfft2(np.mean(images, axis=-1))) ** 2).mean(0) + 1e-9)
