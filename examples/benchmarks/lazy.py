"""What a penalty costs that is computed at every 16th step only, and at every step, over none.

python examples/benchmarks/lazy.py --game dcgan64

The same GAN with and without R1, in turns of as many steps as the interval has; medians of the ratios within a round.
Of `--game stylegan2` it is R1 at every 16th step and path length at every 4th, together, as in its paper. Karras et al.
2020, arXiv:1912.04958, section 3.1 (lazy regularization).
"""

import argparse
import itertools
import json
import time

import numpy as np
from sides.games import GAMES
from sides.in_tensorflow import KerasGAN
from sides.large_games import GAMES as LARGE
from sides.large_games import Ours

from keras_gan.penalties import R1
from keras_gan.terms import PathLength


def of_small(game, batch, interval):
    images = np.random.default_rng(0).integers(0, 256, (batch, *GAMES[game]["shape"]), dtype=np.uint8)
    yield "none", KerasGAN(game, images)
    yield f"R1(interval={interval})", KerasGAN(game, images, "R1", interval=interval)
    yield "R1", KerasGAN(game, images, "R1")


def of_stylegan2(batch, interval):
    _, side, _ = LARGE["stylegan2"]
    data = np.random.default_rng(0).uniform(-1, 1, (1, batch, side, side, 3)).astype(np.float32)
    often = max(interval // 4, 1)
    kinds = {"none": [], f"lazy, {interval} and {often}": [interval, often], "both": [1, 1]}
    for name, intervals in kinds.items():
        terms = [kind(interval=every) for kind, every in zip((R1, PathLength), intervals, strict=False)]
        yield name, Ours("stylegan2", side, data, False, terms=terms)


def main(game="dcgan64", batch=None, interval=16, rounds=5, every=False, out=None):
    batch = batch or (LARGE[game][2] if game in LARGE else 64)
    found = of_stylegan2(batch, interval) if game == "stylegan2" else of_small(game, batch, interval)
    sides = dict(itertools.islice(found, 3 if every else 2))
    taken = {name: [] for name in sides}
    for number in range(rounds + 1):
        for name in list(sides)[:: -1 if number % 2 else 1]:
            begin = time.perf_counter()
            for _ in range(interval if number else 2):
                sides[name].step()
            taken[name].append((time.perf_counter() - begin) / interval)
    result = {}
    for name, seconds in taken.items():
        ratios = np.array(seconds[1:]) / taken["none"][1:]
        low, median, high = np.quantile(ratios, [0.25, 0.5, 0.75]) - 1.0
        rate = batch / np.median(seconds[1:])
        result[name] = {"images per second": float(rate), "over none": [float(low), float(median), float(high)]}
        print(f"{game}, {name:16s} {rate:7.1f} images/s, {median:+.1%} ({low:+.1%} to {high:+.1%}) over none")
    if out:
        with open(out, "w") as file:
            json.dump(result, file, indent=1)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--game", choices=[*GAMES, "stylegan2"], default="dcgan64")
    parser.add_argument("--batch", type=int, help="images; the usual number by default")
    parser.add_argument("--interval", type=int, default=16)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--every", action="store_true", help="At every step too.")
    parser.add_argument("--out", help="A JSON file.")
    main(**vars(parser.parse_args()))
