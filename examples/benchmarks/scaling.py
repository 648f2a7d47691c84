"""What replicas cost: a DCGAN of 28 pixels on 1, 2 and 4 devices of one CPU, at the same global batch.

python examples/benchmarks/scaling.py

Each number of devices runs in processes of its own, in alternation. Prints the CPU seconds and the seconds of a step
(medians), the reductions of a step between replicas, counted in its graph, and their bytes; then a model of what these
would cost on 8 to 1,024 GPUs, whose assumptions it prints too.
"""

import argparse
import json
import math
import subprocess
import sys
import time

import numpy as np

# The model's: of one GPU's network card, of one message, and of a step of this DCGAN at 64 images a GPU.
ASSUMED = {"bytes a second": 25e9, "seconds a message": 10e-6, "seconds a step on one GPU": 5e-3}


def measure(devices, batch, steps):
    """Print the seconds of each step, of the clock and of the CPU, and the graph's reductions."""
    import keras
    import tensorflow as tf

    import keras_gan

    cpu = tf.config.list_physical_devices("CPU")[0]
    tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * devices)
    names = [f"CPU:{index}" for index in range(devices)]
    strategy = tf.distribute.MirroredStrategy(names) if devices > 1 else tf.distribute.get_strategy()
    with strategy.scope():
        gan = keras_gan.GAN(*keras_gan.models.dcgan((28, 28, 1), latent_dim=128), ema=0.999)
        gan.compile(*(keras.optimizers.Adam(2e-4, beta_1=0.5) for _ in range(2)))
    images = np.random.default_rng(0).integers(0, 256, (batch, 28, 28, 1), dtype=np.uint8)
    batches = iter(strategy.experimental_distribute_dataset(tf.data.Dataset.from_tensors(images).repeat()))
    step = tf.function(lambda data: strategy.run(gan.train_step, (data,)))
    graph = step.get_concrete_function(next(batches)).graph.as_graph_def()
    nodes = [*graph.node, *(node for function in graph.library.function for node in function.node_def)]
    reduced = [node for node in nodes if node.op.startswith("CollectiveReduce")]
    players = [sum(math.prod(v.shape) for v in p.trainable_variables) for p in gan.players.values()]
    taken = []
    for _ in range(steps + 3):
        begin = time.perf_counter(), time.process_time()
        step(next(batches))
        taken.append([time.perf_counter() - begin[0], time.process_time() - begin[1]])
    wall, cpu_seconds = np.median(taken[3:], axis=0)
    result = {"wall": wall, "cpu": cpu_seconds, "reductions": len(reduced) // devices, "bytes": 4 * sum(players)}
    print(json.dumps(result))


def modelled(gpus, bytes_reduced, reductions):
    """Return the efficiency of a ring: of N GPUs at 64 images each, against N times one."""
    transfer = 2 * (gpus - 1) / gpus * bytes_reduced / ASSUMED["bytes a second"]
    latency = reductions * 2 * math.log2(gpus) * ASSUMED["seconds a message"]  # messages of a tree
    alone = ASSUMED["seconds a step on one GPU"]
    return alone / (alone + transfer + latency)


def main(devices, batch, steps, rounds, out):
    found = {number: [] for number in devices}
    for _ in range(rounds):
        for number in devices:
            command = [sys.executable, __file__, "--measure", str(number), "--batch", str(batch), "--steps", str(steps)]
            lines = subprocess.run(command, check=True, capture_output=True, text=True, timeout=600).stdout.splitlines()
            found[number].append(json.loads(lines[-1]))
    table = {
        number: {key: float(np.median([r[key] for r in rows])) for key in rows[0]} for number, rows in found.items()
    }
    for number, row in table.items():
        ratio = row["cpu"] / table[devices[0]]["cpu"]
        print(f"{number} devices: {row['wall']:.4f} s, {row['cpu']:.4f} CPU s ({ratio:.2f} of {devices[0]}), ", end="")
        print(f"{row['reductions']:.0f} reductions, {row['bytes'] / 1e6:.2f} MB of gradients")
    last = table[devices[-1]]
    model = {gpus: modelled(gpus, last["bytes"], last["reductions"]) for gpus in (8, 32, 128, 1024)}
    print(f"assumed: {ASSUMED}, nothing of it beside the computation")
    print("efficiency:", ", ".join(f"{gpus} GPUs {value:.0%}" for gpus, value in model.items()))
    if out:
        with open(out, "w") as file:
            json.dump({"measured": table, "assumed": ASSUMED, "efficiency": model}, file)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--devices", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--out", help="A JSON file.")
    parser.add_argument("--measure", type=int, help=argparse.SUPPRESS)
    given = vars(parser.parse_args())
    alone = given.pop("measure")
    main(**given) if alone is None else measure(alone, given["batch"], given["steps"])
