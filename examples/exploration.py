"""What a generator of digits has learnt, looked at and measured.

Of an MLP in Z, and of a small StyleGAN2 in W: how near projection comes to generated digits, what SeFa's first
directions do to the slant and to the weight of the stroke (means over 200 digits, at -3 to 3 deviations; a star where
they go up or down all the way), and how new the samples are against the training pictures. It writes the pictures of
truncation, style mixing and interpolation, and the wall of seeds.

    python examples/exploration.py --steps 6000 --out exploration
"""

import argparse
from pathlib import Path

import keras
import numpy as np
from conditions import measured
from PIL import Image

import keras_gan
from keras_gan import exploration

STRENGTHS = np.linspace(-3, 3, 7)


def trained(networks, data, steps, beta_1):
    """Return a GAN that has learnt the digits by their class."""
    gan = keras_gan.GAN(*networks, num_classes=10, ema=0.999)
    rate = keras.optimizers.schedules.CosineDecay(1e-3, steps, alpha=0.05)
    adams = [keras.optimizers.Adam(rate, beta_1=beta_1, beta_2=0.99, name=f"{player}_adam") for player in "gd"]
    gan.compile(*adams, terms=[keras_gan.penalties.R1(weight=1.0)], steps_per_execution="auto")
    gan.fit(data, epochs=1, steps_per_epoch=steps, verbose=0)
    return gan


def projected(space, count=20):
    """Return the mean squared errors of generated digits that were searched, `(count,)`."""
    seeds = range(1000, 1000 + count)
    wanted = space.images(space.points(seeds))
    return exploration.project(space, wanted, labels=np.arange(1000, 1000 + count) % 10, verbose=0).errors


def attributes(space, found):
    """Yield of each direction how slant and weight change, `(strengths, 2)`."""
    points = space.points(range(200))
    for vector in found.vectors:
        moved = [space.images(points.moved(vector, by * found.deviation)) for by in STRENGTHS]
        yield np.array([measured(8 * (images + 1)).mean(axis=0) for images in moved])


def told(name, space, data):
    """Print what is measured in a space."""
    errors = projected(space)
    print(f"{name}: projection, mean squared error: mean {errors.mean():.1e}, largest {errors.max():.1e}")
    for number, values in enumerate(attributes(space, exploration.directions(space, 5))):
        steps = np.diff(values, axis=0)
        stars = ["*" if (np.sign(steps[:, i]) == np.sign(steps[0, i])).all() else " " for i in range(2)]
        (slant, weight), (slant_end, weight_end) = values[0], values[-1]
        print(f"  direction {number}: slant {slant:+.2f} to {slant_end:+.2f}{stars[0]}", end="")
        print(f"  weight {weight:.2f} to {weight_end:.2f}{stars[1]}")
    ratios = exploration.nearest(space.images(space.points(range(100))), data, verbose=0).ratios
    print(
        f"  nearest training digit: median {np.median(ratios):.2f} of its distance to others, least {ratios.min():.2f}"
    )


def picture(images, path):
    Image.fromarray(exploration.sheet(images, scale=6)[..., 0]).save(path)


def main(steps, out):
    out = Path(out)
    out.mkdir(parents=True, exist_ok=True)
    data = keras_gan.data.load("digits", batch_size=64)
    shape, options = data.sample_shape, {"latent_dim": 32, "num_classes": 10}
    mlp = trained(keras_gan.models.mlp(shape, hidden=(256, 256), **options), data, steps, beta_1=0.5)
    styled = keras_gan.models.stylegan2(shape, style_dim=32, channel_base=256, mapping_depth=4, group_size=4, **options)
    stylegan = trained(styled, data, steps // 4, beta_1=0.0)
    z, w = exploration.ZSpace(mlp), exploration.WSpace(stylegan)
    told("Z", z, data)
    told("W", w, data)
    picture(
        exploration.interpolation_grid(z, z.points([3, 17, 25, 40], labels=[3, 3, 8, 8])), out / "interpolation.png"
    )
    picture(exploration.truncation_grid(w, range(8), [0.0, 0.25, 0.5, 0.75, 1.0, 1.25]), out / "truncation.png")
    rows, columns = w.points([2, 5, 7], labels=[2, 5, 7]), w.points([11, 13, 14, 16], labels=[1, 3, 4, 6])
    for name, places in (("coarse", range(w.places // 2)), ("fine", range(w.places // 2, w.places))):
        picture(exploration.mixing_grid(w, rows, columns, places), out / f"mixing_{name}.png")
    picture(exploration.direction_grid(z, z.points([3]), exploration.directions(z, 4)), out / "directions.png")
    way = exploration.between(z, z.points([3, 17, 25], labels=[3, 5, 8]), steps=90, loop=True)
    exploration.write_video(z.images(way), out / "way.webp")
    exploration.write_wall(mlp, out / "explore.html", title="digits", command=f"keras-gan sample {out / 'gan.keras'}")
    mlp.save(out / "gan.keras")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=6000)
    parser.add_argument("--out", default="exploration")
    main(**vars(parser.parse_args()))
