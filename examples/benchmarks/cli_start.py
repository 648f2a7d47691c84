"""How long the command line takes to show its help: the median of cold starts, and the slowest.

python examples/benchmarks/cli_start.py --starts 10
"""

import argparse
import statistics
import subprocess
import sys
import time

LINES = ("--help", "train --help")


def cold_start(line):
    begin = time.perf_counter()
    subprocess.run([sys.executable, "-m", "keras_gan_cli", *line.split()], check=True, capture_output=True)
    return time.perf_counter() - begin


def main(starts):
    for line in LINES:
        cold_start(line)  # fills the file cache; not counted
        seconds = [cold_start(line) for _ in range(starts)]
        print(f"keras-gan {line:12} median {statistics.median(seconds):.2f} s, slowest {max(seconds):.2f} s")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--starts", type=int, default=10)
    main(**vars(parser.parse_args()))
