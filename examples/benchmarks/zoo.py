"""What each recipe takes on this machine, and whether its dry run says so.

python examples/benchmarks/zoo.py FOLDER --image-size 64 --minutes 2

For each recipe one process finds out how many images it trains on in so many minutes (or `--images` tells it), one does
a dry run of as many, and one trains on them. The table tells of the networks, their work (both, forwards), their speed
and the most memory that the training held, and then how much of what the dry run had told the training took: its
memory, and its time from the start of its process to the end, of which the dry run does not tell the imports.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RECIPES = ["dcgan", "sngan", "sagan", "biggan", "biggan_deep", "stylegan2", "r3gan", "fastgan"]


def ran(arguments):
    """Run `keras-gan train`; return what it found, the most bytes that it held, and its seconds from start to end."""
    command = [sys.executable, "-m", "keras_gan_cli", "train", *map(str, arguments), "--json", "-"]
    with tempfile.TemporaryFile() as out:
        begin = time.perf_counter()
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.DEVNULL)
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begin
        if status:
            raise SystemExit(f"{' '.join(command)} ended in {os.waitstatus_to_exitcode(status)}")
        out.seek(0)
        return json.load(out), used.ru_maxrss * 1024, seconds


def measured(recipe, data, image_size, minutes, settings, images):
    """Return what a recipe was told to take, and what it took."""
    chosen = [data, "--recipe", recipe, "--image-size", image_size, *(f"--set={one}" for one in settings)]
    if images is None:
        speed = ran([*chosen, "--images", "1M", "--dry-run"])[0]["images_per_second"]
        images = max(int(speed * 60 * minutes), 1)
    told, _, _ = ran([*chosen, "--images", images, "--dry-run"])
    with tempfile.TemporaryDirectory() as runs:
        _, memory, seconds = ran([*chosen, "--images", images, "--out", runs])
    ratios = {"memory": memory / told["memory"], "time": seconds / told["seconds"]}
    return {**told, "images": images, "held": memory, "took": seconds, "ratios": ratios}


def main(data, recipes, image_size, minutes, settings, out, images=None):
    print("| recipe | parameters of both | MFLOP an image | images a second | memory | memory, told | time, told |")
    print("|---|---|---|---|---|---|---|")
    results = {}
    for recipe in recipes:
        results[recipe] = found = measured(recipe, data, image_size, minutes, settings, images)
        parameters = " + ".join(f"{count / 1e6:.2f} M" for count in found["parameters"].values())
        work, ratios = sum(found["operations"].values()) / 1e6, found["ratios"]
        cells = [f"`{recipe}`", parameters, f"{work:,.0f}", f"{found['images_per_second']:,.0f}"]
        cells += [f"{found['held'] / 2**30:.2f} GiB", f"{ratios['memory']:.2f}", f"{ratios['time']:.2f}"]
        print(f"| {' | '.join(cells)} |", flush=True)
        if out:
            Path(out).write_text(json.dumps(results, indent=1))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", help="a folder of pictures, or a data set's name")
    parser.add_argument("--recipes", nargs="+", default=RECIPES)
    parser.add_argument("--image-size", type=int, default=64)
    parser.add_argument("--minutes", type=float, default=2.0, help="of each training")
    parser.add_argument("--images", type=int, help="of each training, in place of minutes")
    parser.add_argument("--settings", nargs="*", default=[], metavar="NAME=VALUE", help="of all recipes")
    parser.add_argument("--out", help="a JSON file")
    main(**vars(parser.parse_args()))
