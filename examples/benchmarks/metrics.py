"""What the metrics cost: memory above the start, the share of time outside extractor and generator, the distance alone.

python examples/benchmarks/metrics.py --json metrics.json

An untrained DCGAN's images and random ones pass the network of `ClassifierFeatures`; each part has its own process.
"""

import argparse
import concurrent.futures
import json
import subprocess
import sys
import tempfile
import time

import numpy as np
import psutil  # which tensorflow-datasets brings

import keras_gan
from keras_gan import metrics

PARTS = {"frechet": metrics.FrechetDistance, "neighbours": metrics.PrecisionRecall, "distance": None}


def watched(work):
    """Return the seconds that `work()` takes, and the most resident memory above the start, in MiB."""
    process = psutil.Process()
    start, begin = time.perf_counter(), process.memory_info().rss
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        future, peak = pool.submit(work), begin
        while not concurrent.futures.wait([future], 0.02).done:
            peak = max(peak, process.memory_info().rss)
    future.result()
    return time.perf_counter() - start, (peak - begin) / 2**20


def streamed(metric, images):
    """Feed a metric with images; return what that took, without the making of random images."""
    gan = keras_gan.GAN(*keras_gan.models.dcgan((28, 28, 1), width=16))
    rng, spent = np.random.default_rng(0), {"data": 0.0, "inside": 0.0}

    def timed(what, function, *arguments, **keywords):
        start = time.perf_counter()
        result = function(*arguments, **keywords)
        spent[what] += time.perf_counter() - start
        return result

    def run():
        for first in range(0, images, 1000):
            real = timed("data", rng.integers, 0, 256, (1000, 28, 28, 1), dtype=np.uint8)
            fake = timed("inside", gan.sample, 1000, seed=first)
            for side, samples in (("real", real), ("fake", metrics.samples.as_samples("fake", fake))):
                metric.add(side, timed("inside", metric.extract, samples))
        metric.result()

    metric.extractor(np.zeros((1, 28, 28, 1), np.uint8))  # reads the weights and traces; not counted
    gan.sample(1000, seed=0)
    seconds, mebibytes = watched(run)
    seconds -= spent["data"]
    return {"seconds": seconds, "share_outside": 1 - spent["inside"] / seconds, "peak_MiB": mebibytes}


def measure(part, images, dimensions):
    if part == "distance":
        metric = metrics.FrechetDistance()
        metric.update_state(*np.random.default_rng(0).normal(size=(2, 2 * dimensions, dimensions)).astype(np.float32))
        start = time.perf_counter()
        return {"dimensions": dimensions, "value": metric.result(), "seconds": time.perf_counter() - start}
    with tempfile.TemporaryDirectory() as cache:
        pictures = np.random.default_rng(0).integers(0, 256, (200, 28, 28, 1), dtype=np.uint8)
        extractor = metrics.ClassifierFeatures.train(pictures, np.arange(200) % 10, steps=1, cache_dir=cache)
        result = streamed(PARTS[part](extractor, num_real=images, num_fake=images), images)
    return {"images": images, "buffers_MiB": 2 * images * 128 * 4 / 2**20 * (part == "neighbours"), **result}


def main(images=50_000, dimensions=2048, json_file=None, part=None):
    if part:
        print(json.dumps(measure(part, images, dimensions)))
        return
    results = {}
    for name in PARTS:
        options = ["--images", str(images), "--dimensions", str(dimensions), "--part", name]
        output = subprocess.run(
            [sys.executable, __file__, *options], check=True, stdout=subprocess.PIPE, text=True
        ).stdout
        results[name] = json.loads(output.splitlines()[-1])
        print(name, *(f"{key} {value:.4g}" for key, value in results[name].items()), flush=True)
    if json_file:
        with open(json_file, "w") as file:
            json.dump(results, file, indent=2)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=50_000)
    parser.add_argument("--dimensions", type=int, default=2048)
    parser.add_argument("--json", dest="json_file")
    parser.add_argument("--part", choices=PARTS, help=argparse.SUPPRESS)
    main(**vars(parser.parse_args()))
