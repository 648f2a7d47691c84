"""The rates of all forms of a convolution, by shape and direction, without XLA and with it, and what the rules take.

python examples/benchmarks/layers.py
TF_ENABLE_ONEDNN_OPTS=0 python examples/benchmarks/layers.py

What the rules of `keras_gan/ops/convolution_rules.py` rest on. Rates are in GFLOP/s, the best of some rounds, by the
FLOPs of the plain convolution, whatever the form does; a star is at what the rules take. `inner` are images of 16
pixels and 512 channels, down to one place; `unet` has single images, or a few, with the heavy kernels of U-Nets and
ResNets; `residual` are the layers of SNGAN, BigGAN, StyleGAN2 and R3GAN. The summary tells how far the rules are from
the best form of each product, and from leaving all to TensorFlow.
"""

import argparse
import json

import numpy as np
from sides.ceiling import matrix_rate, rates_of_forms, shape_of
from sides.games import products_of

from keras_gan.ops import platform


def of_game(game, rows=64):
    """Return the shapes of a game's convolutions."""
    kept = dict.fromkeys(product[:4] for product in products_of(game) if product[0] != "dense")
    return list(dict.fromkeys((rows, *shape_of(*product)) for product in kept))


# Images, the side of what is larger, its channels, those of what is smaller, the kernel's size and stride.
DOWN = [(1, 128, 64, 128), (1, 64, 128, 256), (1, 32, 256, 512), (1, 16, 512, 512), (1, 8, 512, 512)]
DOWN += [(1, 64, 128, 512), (1, 32, 256, 1024), (1, 16, 512, 1024), (4, 16, 512, 512), (4, 16, 512, 1024)]
DOWN += [(4, 32, 256, 512), (4, 32, 256, 1024), (16, 16, 512, 512)]
SAME = [(1, 32, 256, 256), (1, 64, 64, 64), (1, 16, 512, 512), (4, 16, 512, 512), (4, 8, 512, 512), (16, 8, 512, 512)]
NARROW = [(16, 64, 32, 32), (16, 32, 64, 64), (16, 16, 128, 128), (16, 8, 256, 256), (16, 4, 256, 256)]
SHAPES = {
    "dcgan28": of_game("dcgan28"),
    "dcgan64": of_game("dcgan64"),
    "inner": of_game("bottleneck"),
    "unet": [(*shape, 4, 2) for shape in DOWN] + [(*shape, 3, 1) for shape in SAME] + [(1, 32, 256, 512, 4, 1)],
    "residual": [(*shape, size, 1) for shape in NARROW for size in (1, 3)],
}


def summary(rows):
    """Print how far what the rules take is from the best form, and from TensorFlow's own."""
    for compiler in ("graph", "XLA"):
        of = [row for row in rows if row["compiler"] == compiler]
        taken, plain = (
            sum(row["flops"] / row["rates"][row.get(form, form)] for row in of) for form in ("taken", "plain")
        )
        best = sum(row["flops"] / max(row["rates"].values()) for row in of)
        near = np.mean([row["rates"][row["taken"]] >= 0.9 * max(row["rates"].values()) for row in of])
        told = f"{near:.0%} of {len(of)} within 10 % of the best form, {taken / best:.2f} of its time in all"
        print(f"{compiler}: {told}; TensorFlow's own {plain / best:.2f}")
        gains = {}
        for row in (row for row in of if row["taken"] != "plain"):
            gain = row["rates"][row["taken"]] / row["rates"]["plain"]
            gains.setdefault((row["direction"], row["taken"]), []).append(gain)
        for (direction, form), each in sorted(gains.items()):
            low, middle, high = np.quantile(each, [0, 0.5, 1])
            rates = f"{middle:.2f} x TensorFlow's rate ({low:.2f} to {high:.2f})"
            print(f"    {direction:15s} {form:8s} {len(each):3d} times: {rates}")


def main(games=tuple(SHAPES), shapes=SHAPES, rounds=5, out=None):
    print(
        f"{platform.instruction_set()}, {platform.kernels()} kernels, matrix product {matrix_rate() / 1e9:.0f} GFLOP/s"
    )
    rows = []
    for game in games:
        print(f"{game}:")
        for shape in shapes[game]:
            count, side, channels, width, size, stride = shape
            name = f"{count}x{side}x{side}x{channels} to {width}, {size}x{size}/{stride}"
            for row in rates_of_forms(*shape, rounds):
                rates = [f"{form}{'*' * (form == row['taken'])} {rate:.1f}" for form, rate in row["rates"].items()]
                print(f"    {name:28s} {row['direction']:15s} {row['compiler']:5s}", "  ".join(rates), flush=True)
                rows.append({"game": game, "shape": shape, **row})
    if out:
        with open(out, "w") as file:
            json.dump(rows, file, indent=1)
    summary(rows)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--games", nargs="+", default=tuple(SHAPES), choices=SHAPES)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--out", help="A JSON file.")
    main(**vars(parser.parse_args()))
