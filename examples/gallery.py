"""What a healthy training looks like, and what sick ones do: the pictures and the numbers of docs/gallery.md.

    python examples/gallery.py
    python examples/gallery.py --only healthy collapse --out pictures

All play with the same networks on 1,297 of scikit-learn's digits; 500 are held out. A picture has losses, logits and
the last samples. A classifier of the real digits names 1,000 samples: `kinds` of the ten are more than 1 % of them.
"""

import argparse
import time
import warnings
from pathlib import Path

import keras
import numpy as np
from PIL import Image
from sklearn.datasets import load_digits
from sklearn.svm import SVC

import keras_gan

RUNS = {  # in what each differs from the healthy one
    "healthy": {},
    "discriminator-wins": {"rates": (1e-5, 1e-3), "r1": 0.0},
    "discriminator-too-weak": {"rates": (1e-3, 1e-6)},
    "collapse": {"rates": (5e-3, 1e-3), "r1": 0.0},
    "rate-too-large": {"rates": (0.1, 0.1)},
    "overfitting": {"count": 50},
    "overfitting-ada": {"count": 50, "augmentation": keras_gan.augmentation.ADA(["blit", "geometry"], speed=50_000)},
    "average-too-slow": {"ema": keras_gan.ExponentialMovingAverage(decay=0.9999, warm_up=False)},
}
NUMBERS = ("d_loss", "g_loss", "d_real", "val_d_real", "d_fake", "d_accuracy", "r_t")
LEGEND = {"d_real": "d_real, trained on", "val_d_real": "d_real, held out"}


def train(images, count=None, rates=(1e-3, 1e-3), r1=0.1, augmentation=None, ema=0.999):
    """Return what was logged, the images of a step, samples, and what the monitor found."""
    digits = keras_gan.data.load("digits").examples[np.random.default_rng(0).permutation(1797)]
    held_out, shown = (keras_gan.data.ImageData(part) for part in (digits[:500], digits[500:][:count]))
    shown.batch_size = min(64, len(shown))
    gan = keras_gan.GAN(*keras_gan.models.mlp((8, 8, 1), latent_dim=32), ema=ema)
    adams = [keras.optimizers.Adam(rate, beta_1=0.5, beta_2=0.99) for rate in rates]
    terms = [keras_gan.penalties.R1(weight=r1)] if r1 else []
    gan.compile(*adams, terms=terms, augmentation=augmentation, steps_per_execution="auto")
    history, monitor = keras.callbacks.History(), keras_gan.callbacks.HealthMonitor(real=held_out.examples)
    length = keras_gan.recipes.length(images, shown.batch_size)
    with warnings.catch_warnings(action="ignore"):  # what the monitor warns of is in its findings
        try:
            gan.fit(shown, validation_data=held_out, **length, verbose=0, callbacks=[monitor, history])
        except keras_gan.NonFiniteError as error:
            monitor.findings["not_finite"] = str(error)
    return history.history, length["steps_per_epoch"] * shown.batch_size, gan.sample(1000, seed=0), monitor.findings


def draw(history, step, samples, file):
    """Draw losses, logits and samples beside each other."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(1, 3, figsize=(9, 2.7), width_ratios=(3, 3, 2.3), layout="constrained")
    for axis, names in zip(axes, (("d_loss", "g_loss"), ("d_real", "val_d_real", "d_fake")), strict=False):
        for name in names:
            seen = step / 1000 * (1 + np.arange(len(history[name])))
            axis.plot(seen, history[name], "--" if "val" in name else "-", label=LEGEND.get(name, name), linewidth=1.2)
        axis.set_xlabel("thousands of images seen")
        axis.legend(fontsize=8)
        if max(np.abs(history[name]).max() for name in names) > 100:
            axis.set_yscale("symlog")
    padded = np.pad(samples[:64, :, :, 0], ((0, 0), (1, 1), (1, 1)), constant_values=1.0)
    axes[2].imshow(padded.reshape(8, 8, 10, 10).swapaxes(1, 2).reshape(80, 80), "gray", vmin=-1, vmax=1)
    axes[2].axis("off")
    figure.savefig(file, dpi=80)
    pyplot.close(figure)
    Image.open(file).convert("RGB").quantize(128, Image.Quantize.MAXCOVERAGE).save(file, optimize=True)


def main(images, only, out):
    judge = SVC(gamma=0.001).fit(*load_digits(return_X_y=True))
    Path(out).mkdir(parents=True, exist_ok=True)
    print(f"{'':24}", *(f"{name:>10}" for name in (*NUMBERS, "kinds", "seconds")))
    for name in only or RUNS:
        began = time.monotonic()
        history, step, samples, found = train(images, **RUNS[name])
        kinds = np.bincount(judge.predict((samples.reshape(-1, 64) + 1) * 8), minlength=10) > len(samples) / 100
        values = [*(history[number][-1] for number in NUMBERS), kinds.sum(), time.monotonic() - began]
        print(f"{name:24}", *(f"{value:10.4g}" for value in values), flush=True)
        print(*(f"    {words}\n" for words in found.values()), sep="", end="", flush=True)
        draw(history, step, samples, Path(out) / f"gallery-{name}.png")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", default="200k")
    parser.add_argument("--only", nargs="+", choices=RUNS)
    parser.add_argument("--out", default="docs/pictures")
    main(**vars(parser.parse_args()))
