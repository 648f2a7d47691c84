"""A training step of the larger networks, beside a plain PyTorch loop over the same networks with the same weights.

python examples/benchmarks/networks_step.py --game pix2pix

`pix2pix` is a step of U-Net and PatchGAN at 256 pixels with L1, `cyclegan` one of two ResNet-6 and two PatchGANs at 128
with the cycle and the identity, `r3gan` one at 64 with R1 and R2 at every step, `stylegan2` one at 64 with R1 and path
length at every step. First the networks of both have to give the same to 1e-4, and, where nothing is drawn, the first
steps the same losses; then the sides take turns, and medians of the ratios within a round are printed. PyTorch takes
part where it is installed. Of r3gan and stylegan2 `--beside` adds "copied", the `train_step` that everybody copies on
the same networks, "copied (XLA)", and "plain (XLA)", our step with layers as they are usually written. What is
attainable is what the products of our step take one after another, each by the kernel that it has in the graph, which
computes some of them side by side.
"""

import argparse
import functools
import importlib.util
import json
import sys
import time
from pathlib import Path

import numpy as np
from sides.copied_games import copied
from sides.graph_products import seconds_of_products
from sides.large_games import GAMES, Ours
from sides.plain_keras import PlainKeras

LOOPS = {}
if importlib.util.find_spec("torch"):
    sys.modules["triton"] = None  # its LLVM and TensorFlow's can't be in one process; a CPU needs none
    from sides.in_torch_loops import LOOPS


def seconds(side, steps):
    begin = time.perf_counter()
    for _ in range(steps):
        losses = side.step()
    assert np.isfinite(losses).all()
    return (time.perf_counter() - begin) / steps


BESIDE = {"copied": copied, "copied (XLA)": functools.partial(copied, jit_compile=True), "plain (XLA)": PlainKeras}


def main(game, batch=None, rounds=9, steps=3, forms=("eager", "channels_last"), beside=(), out=None):
    _, side, usual = GAMES[game]
    if beside and game not in ("r3gan", "stylegan2"):
        raise SystemExit(f"`--beside` is for r3gan and stylegan2. Received: --game {game}")
    batch = batch or usual
    random = np.random.default_rng(0)
    data = tuple(random.uniform(-1, 1, (batch, side, side, 3)).astype(np.float32) for _ in range(2))
    sides = {f"keras_gan{' (XLA)' * jit}": Ours(game, side, data, jit) for jit in (False, True)}
    sides |= {name: BESIDE[name](game, side, data) for name in beside}
    for form in forms if LOOPS else ():
        sides[f"torch {form}"] = LOOPS[game](sides["keras_gan"].gan, data, form)
        sides[f"torch {form}"].check()
    first, begun = {}, {}
    for name, each in sides.items():
        begin = time.perf_counter()
        first[name] = each.step()
        begun[name] = time.perf_counter() - begin
    if game in ("pix2pix", "cyclegan"):  # the others draw latents
        for name, losses in first.items():
            np.testing.assert_allclose(losses, first["keras_gan"], rtol=1e-3, err_msg=name)
    for each in sides.values():
        seconds(each, 2)
    taken = {name: [] for name in sides}
    for number in range(rounds):
        for name in list(sides)[:: -1 if number % 2 else 1]:
            taken[name].append(seconds(sides[name], steps))
    alone, count = seconds_of_products(sides["keras_gan"].gan.train_step, next(sides["keras_gan"].data))
    print(f"attainable: {1e3 * alone:.0f} ms a step, which its {count} products take alone")
    result = {}
    for name, values in taken.items():
        ratios = np.array(values) / np.array(taken["keras_gan"])
        low, middle, high = (float(value) for value in np.quantile(ratios, [0.25, 0.5, 0.75]))
        second = float(np.median(values))
        result[name] = {"ms": 1e3 * second, "of keras_gan's": [low, middle, high], "first step": begun[name]}
        ratios = f"{middle:.2f} x keras_gan's ({low:.2f} to {high:.2f}), {alone / second:.0%} of attainable"
        print(f"{name:22s} {1e3 * second:8.0f} ms a step, {ratios}, first step {begun[name]:.1f} s")
    if out:
        found = {"game": game, "batch": batch, "side": side, "attainable ms": 1e3 * alone, "sides": result}
        Path(out).write_text(json.dumps(found, indent=1))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--game", choices=GAMES, default="pix2pix")
    parser.add_argument("--batch", type=int, help="images; the usual number by default")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--steps", type=int, default=3, help="in each turn of a side")
    forms = {"nargs": "*", "default": ["eager", "channels_last"], "choices": ["eager", "channels_last", "grouped"]}
    parser.add_argument("--forms", **forms, help="of PyTorch; grouped: of stylegan2")
    parser.add_argument("--beside", nargs="*", default=[], choices=BESIDE, help="of r3gan and stylegan2")
    parser.add_argument("--out", help="a JSON file")
    main(**vars(parser.parse_args()))
