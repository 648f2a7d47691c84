"""The rates of all forms of a convolution, layer by layer and direction by direction, without XLA and with it.

python examples/benchmarks/layers.py
TF_ENABLE_ONEDNN_OPTS=0 python examples/benchmarks/layers.py

What the rules of `keras_gan/ops/convolution.py` rest on. Rates are in GFLOP/s, the best of some rounds, by the FLOPs
of the plain convolution, whatever the form does. The first form is TensorFlow's, then come phases or blocks where there
are such, and patches where maps are small.
"""

import argparse
import json

from sides.ceiling import forms, matrix_rate, rate_of
from sides.games import products_of

GAMES = ("dcgan28", "dcgan64", "bottleneck")


def main(games=GAMES, batch=64, out=None):
    print(f"matrix product: {matrix_rate() / 1e9:.0f} GFLOP/s")
    measured = {}
    for product in dict.fromkeys(product for game in games for product in products_of(game) if product[0] != "dense"):
        kind, side, channels, width, flops = product
        for direction, candidates in forms(kind, side, channels, width, batch).items():
            rates = {
                name: [rate_of(form, batch * flops, [jit_compile]) / 1e9 for form in candidates]
                for name, jit_compile in (("graph", False), ("XLA", True))
            }
            name = f"{kind} {side}x{side}x{channels} -> {width}, {direction}"
            measured[name] = rates
            print(f"{name:34s}", *(f"{key}:" + "".join(f"{rate:7.1f}" for rate in rates[key]) for key in rates))
    if out:
        with open(out, "w") as file:
            json.dump(measured, file, indent=1)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--games", nargs="+", default=GAMES)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--out", help="A JSON file.")
    main(**vars(parser.parse_args()))
