"""What memory does not hold: whether training on 200,000 images on disk is training on them in memory.

python examples/benchmarks/large_data.py

Makes the images by cropping and recolouring two real photographs, and measures how fast they are prepared beside what
Pillow decodes on the same cores, the steps per second in memory, from the file and decoded, in turns, the resident
memory of a training beside that with few images, and the time to the first step of a second start. The first batches
of all are compared bit for bit.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from sides.pictures import decoded_by_pillow, make_gan, make_pictures

import keras_gan
from keras_gan.data.pixels.preprocessing import Preprocessing
from keras_gan.data.readers.folder import Folder
from keras_gan.data.readers.image_files import ImageFiles
from keras_gan.data.stores.decoded_store import DecodedStore


def load(folder, batch, **options):
    return keras_gan.data.load(folder, labels=None, batch_size=batch, **options)


def in_a_process(*arguments):
    command = [sys.executable, Path(__file__).parent / "sides" / "one_training.py", *map(str, arguments)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def compare(data, batch, steps, rounds):
    """Return the steps per second of each, in turns, and whether their first batches are the same."""
    gan, rates = make_gan(batch), {name: [] for name in data}
    for number in range(rounds + 1):
        for name in list(data)[:: -1 if number % 2 else 1]:
            begin = time.perf_counter()
            gan.fit(data[name], steps_per_epoch=steps, verbose=0)
            rates[name].append(steps / (time.perf_counter() - begin))
    batches = [np.stack([*each.dataset(7).take(5).as_numpy_iterator()]) for each in data.values()]
    paired = {name: np.array(values[1:]) for name, values in rates.items()}
    return paired, all((other == batches[0]).all() for other in batches)


def main(count=200_000, few=2000, batch=64, steps=100, rounds=7, directory=None, out=None):
    with tempfile.TemporaryDirectory(dir=directory) as work:
        folders = {count: Path(work, "all"), few: Path(work, "few")}
        for number, folder in folders.items():
            make_pictures(folder, number)
        pillow, begin = decoded_by_pillow(folders[count]), time.perf_counter()
        on_disk = load(folders[count], batch, in_memory=False, cache_dir=work)
        prepared = count / (time.perf_counter() - begin)
        load(folders[few], batch, in_memory=False, cache_dir=work)
        runs = {number: in_a_process(folder, work, batch, steps) for number, folder in folders.items()}
        reader = ImageFiles(Folder(folders[count]), Preprocessing(), labels=None)
        decoded = keras_gan.data.ImageData(DecodedStore(reader, np.arange(count)), batch_size=batch)
        memory = load(folders[count], batch, in_memory=True)
        rates, same = compare({"memory": memory, "file": on_disk, "decoded": decoded}, batch, steps, rounds)
    result = {
        "images": count,
        "cores": os.cpu_count(),
        "prepared per second": prepared,
        "of what Pillow decodes": prepared / pillow,
        "more resident memory than with few, MB": (runs[count]["resident"] - runs[few]["resident"]) / 1e6,
        "seconds to the first step of a second start": runs[count]["start"],
        "steps per second": {name: float(np.median(values)) for name, values in rates.items()},
        "of memory's": {name: float(np.median(values / rates["memory"])) for name, values in rates.items()},
        "the same batches": bool(same),
    }
    for name, value in result.items():
        print(f"{name}: {value}")
    if out:
        Path(out).write_text(json.dumps(result, indent=1))
    return result


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=200_000)
    parser.add_argument("--few", type=int, default=2000)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--steps", type=int, default=100, help="In each turn.")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--directory", help="Where there is room for the images and what is prepared of them.")
    parser.add_argument("--out", help="A JSON file.")
    main(**vars(parser.parse_args()))
