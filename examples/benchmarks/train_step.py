"""Images per second of a training step: keras_gan, the copied `train_step`, a bare loop, and PyTorch's usual loop.

python examples/benchmarks/train_step.py --game dcgan28 --out step.json

All sides have the same networks, initial weights, optimizers and data; first one step of each has to give the same
losses to 1e-4. Then they take turns, in one process, and the median of each is printed with its quartiles; ratios are
medians of the ratios within a round. The FLOPs are those of the closed form; attainable is what the products of the
layers alone would take, each in the fastest form that is known. `--reuse` gives the fakes of the
discriminator's step to the generator's, on all sides that can. PyTorch takes part where it is installed.
"""

import argparse
import json
import time

import numpy as np
from sides import sides_of
from sides.ceiling import attainable, matrix_rate
from sides.games import GAMES, flops


def check(sides, rows, tolerance=1e-4):
    """Play the first step of each with the latents that keras_gan draws; the losses have to be equal."""
    latents = sides["keras_gan"].latents(rows)
    expected, taken = None, {}
    for name, side in sides.items():
        begin = time.perf_counter()
        losses = side.step() if "keras_gan" in name else side.step(latents)
        losses = [float(loss) for loss in losses]
        taken[name] = time.perf_counter() - begin
        expected = expected or losses
        np.testing.assert_allclose(losses, expected, rtol=tolerance, err_msg=name)
    print("losses of the first step:", *(f"{loss:.6f}" for loss in expected))
    return taken


def seconds(side, steps):
    begin = time.perf_counter()
    for _ in range(steps):
        losses = side.step()
    [float(loss) for loss in losses]
    return (time.perf_counter() - begin) / steps


def main(game="dcgan28", batch=64, penalty="none", reuse=False, rounds=15, steps=3, only="", out=None):
    images = np.random.default_rng(0).integers(0, 256, (batch, *GAMES[game]["shape"]), dtype=np.uint8)
    sides = sides_of(game, images, penalty, reuse)
    asked = [name for name in sides if not only or name in only.split(",")]
    sides = {name: side for name, side in sides.items() if name in (*asked, "keras_gan")}  # which draws for the others
    first = check(sides, batch)
    sides = {name: sides[name] for name in asked}
    for side in sides.values():
        seconds(side, 2)
    taken = {name: [] for name in sides}
    for number in range(rounds):
        for name in list(sides)[:: -1 if number % 2 else 1]:
            taken[name].append(seconds(sides[name], steps))
    work, rates = flops(game, penalty, reuse), attainable(game, batch, penalty, reuse)
    print(f"{game}, batch {batch}, penalty {penalty}, fakes {'reused' if reuse else 'fresh'}: {work / 1e6:.0f} MFLOP")
    print(f"ceiling: {rates:.0f} images/s attainable, {matrix_rate() / work:.0f} at the rate of a matrix product")
    result = {"game": game, "batch": batch, "penalty": penalty, "reuse": reuse, "attainable": rates, "sides": {}}
    for name, values in taken.items():
        low, rate, high = (float(batch / second) for second in np.quantile(values, [0.75, 0.5, 0.25]))
        ratios = {other: float(np.median(np.array(taken[other]) / values)) for other in taken}
        measured = {"images per second": rate, "quartiles": [low, high], "attained": rate / rates, "ratios": ratios}
        result["sides"][name] = {**measured, "first step": first[name]}
        print(
            f"{name:22s} {rate:8.1f} images/s ({low:.1f} to {high:.1f}), {rate / rates:4.0%} of the attainable, "
            f"{ratios[next(iter(taken))]:5.2f} x keras_gan, first step {first[name]:5.1f} s"
        )
    if out:
        with open(out, "w") as file:
            json.dump(result, file, indent=1)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--game", choices=GAMES, default="dcgan28")
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--penalty", choices=["none", "R1", "R1+R2"], default="none")
    parser.add_argument("--reuse", action="store_true", help="The generator's step takes the discriminator's fakes.")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--steps", type=int, default=3, help="In each turn of a side.")
    parser.add_argument("--only", help="Sides, separated by commas.")
    parser.add_argument("--out", help="A JSON file.")
    main(**vars(parser.parse_args()))
