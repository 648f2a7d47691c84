"""Steps on a GPU of a machine that has no TensorFlow for it: programs that XLA compiles, written here and run there.

python examples/benchmarks/gpu_step.py write FOLDER  # where keras_gan is: the programs, what they take, what they gave
python examples/benchmarks/gpu_step.py run FOLDER    # where JAX is, on the device that it finds, beside PyTorch

A `train_step` with its losses, penalties, guard, sums and both Adams is one program. TensorFlow gives it as StableHLO,
and XLA compiles it in JAX for its device. Printed is how far its first five losses and weights are from what they were
here (with `NVIDIA_TF32_OVERRIDE=0` all of it in float32); then it takes turns with PyTorch's usual loop of the same
DCGAN. This is the mathematics of a step on a GPU, and not yet TensorFlow's runtime on one.
"""

import argparse
import time
from pathlib import Path

import numpy as np
from sides.in_jax import Program, loops_of, some

BATCHES = {"mlp": 64, "dcgan28": 64, "dcgan64": 64, "r3gan": 64}
CHECKED = 5  # steps


def write(folder, games):
    from sides import games as small_games
    from sides import in_tensorflow, large_games, programs

    for game in games:
        shape = (64, 64, 3) if game in large_games.GAMES else small_games.GAMES[game]["shape"]
        images = np.random.default_rng(0).integers(0, 256, (BATCHES[game], *shape), dtype=np.uint8)
        if game in large_games.GAMES:
            images = images.astype(np.float32) / 127.5 - 1
            gan = large_games.Ours(game, 64, (images,), True).gan
        else:
            gan = in_tensorflow.KerasGAN(game, images, jit_compile=True).gan
        written = programs.Written(gan, images)
        logs = [written.step(images) for _ in range(CHECKED)]
        losses = [[float(log[name]) for name in programs.LOSSES] for log in logs]
        expected = some([written.states[place - 1].numpy() for _, place in written.told["pairs"]])
        written.save(folder, game, losses=losses, expected=expected)
        print(f"{game}: {len(written.program) / 1e6:.2f} MB, losses {losses[-1]}", flush=True)


def run(folder, games, rounds, steps, torch):
    for game in games:
        sides = {"keras_gan": (program := Program(folder, game))}
        off = program.check()
        print(f"{game}: compiled in {program.compiled_in:.1f} s; losses off by {off[0]:.1e}, weights by {off[1]:.1e}")
        assert off[0] < 1e-3, "another program: what follows would compare nothing"
        sides |= loops_of(folder, game) if torch and rounds and "dcgan" in game else {}
        taken = {name: [] for name in sides}
        for number in range(-1, rounds):  # the first one warms up
            for name in list(sides)[:: -1 if number % 2 else 1]:
                begin = time.perf_counter()
                assert np.isfinite([sides[name].step() for _ in range(steps)]).all()
                taken[name] += [(time.perf_counter() - begin) / steps] * (number >= 0)
        for name, values in taken.items() if rounds else ():
            low, ratio, high = np.quantile(np.array(values) / taken["keras_gan"], [0.25, 0.5, 0.75])
            rate, of_ours = BATCHES[game] / np.median(values), f"{ratio:.2f} [{low:.2f}, {high:.2f}] of keras_gan's"
            print(f"  {name:20} {1e3 * np.median(values):8.2f} ms, {rate:8.0f} images/s, {of_ours}", flush=True)


def main(what, folder, games, **options):
    if what == "run":
        run(folder, games, **options)
        return
    folder.mkdir(parents=True, exist_ok=True)
    write(folder, games)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["write", "run"])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--games", nargs="+", choices=BATCHES, default=["dcgan28", "dcgan64", "r3gan"])
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--steps", type=int, default=20, help="in each turn of a side")
    parser.add_argument("--no-torch", action="store_false", dest="torch")
    main(**vars(parser.parse_args()))
