"""What `import keras_gan` costs beyond `import keras` and `import tensorflow`: cold starts in alternation, medians.

python examples/benchmarks/import_time.py --pairs 10
"""

import argparse
import statistics
import subprocess
import sys
import time

SIDES = {"keras with tensorflow": "import tensorflow, keras", "keras_gan": "import keras_gan"}


def cold_start(statement):
    begin = time.perf_counter()
    subprocess.run([sys.executable, "-c", statement], check=True, capture_output=True)
    return time.perf_counter() - begin


def main(pairs):
    seconds = {name: [] for name in SIDES}
    for statement in SIDES.values():
        cold_start(statement)  # fills the file cache; not counted
    for _ in range(pairs):
        for name, statement in SIDES.items():
            seconds[name].append(cold_start(statement))
    for name, values in seconds.items():
        print(f"{name:22} median {statistics.median(values):.2f} s  ({min(values):.2f} to {max(values):.2f})")
    difference = statistics.median(seconds["keras_gan"]) - statistics.median(seconds["keras with tensorflow"])
    print(f"difference of the medians: {difference:+.2f} s")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=10)
    main(**vars(parser.parse_args()))
