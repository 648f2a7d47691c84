"""Which metric sees which fault: real images, degraded step by step, take the place of generated ones.

python examples/metrics_rank.py

Spearman's correlation of each metric with the strength of each fault, none and five, by means over the seeds, which go
to rank.json. A ! is where a metric must see the fault and orders all strengths, a ? where it must and does not.
"""

import argparse
import json
from pathlib import Path

import numpy as np
from scipy import ndimage, stats
from sklearn.cluster import KMeans

import keras_gan
from keras_gan import metrics

FAULTS = {
    "noise": [0, 16, 24, 32, 48, 64],  # standard deviation in grey levels
    "blur": [0, 0.5, 0.6, 0.8, 1.0, 1.5],  # standard deviation in pixels
    "fewer_classes": [0, 1, 3, 5, 7, 9],  # of ten that are missing
    "fewer_modes": [0, 3, 5, 7, 9, 11],  # of 12 clusters of each class that are missing, the outermost first
    "copies": [0, 0.2, 0.4, 0.6, 0.8, 1.0],  # the share that is from the real side itself
}
NEARER = {"frechet_distance": 1, "kernel_distance": 1, "monge_distance": 1, "coverage": -1}
VARIED = {**NEARER, "recall": -1, "vendi_score": -1}
MUST = {  # which way each metric must go as the fault grows
    "noise": {**NEARER, "precision": -1, "density": -1, "sliced_wasserstein": 1},
    "blur": {**NEARER, "recall": -1, "sliced_wasserstein": 1},
    "fewer_classes": {**VARIED, "classifier_score": -1},
    "fewer_modes": {**VARIED, "multiscale_ssim": 1},
    "copies": {"authenticity": -1, "novelty": -1},
}


def degraded(fault, strength, pool, real, rng):
    """Return as many images as are real, from the pool of (images, labels, clusters), with a fault of this strength."""
    images, labels, clusters = pool
    missing = strength if fault.startswith("fewer") else 0
    left = np.flatnonzero((labels if fault == "fewer_classes" else clusters) >= missing)
    chosen = rng.choice(left, len(real[0]), replace=len(left) < len(real[0]))
    fakes, classes = images[chosen].astype(np.float32), labels[chosen]
    fakes += strength * (fault == "noise") * rng.normal(size=fakes.shape)
    fakes = ndimage.gaussian_filter(fakes, (0, strength, strength, 0)) if fault == "blur" else fakes
    if fault == "copies":
        copied = rng.permutation(len(fakes))[: round(strength * len(fakes))]
        fakes[copied], classes[copied] = real[0][copied], real[1][copied]
    return np.clip(np.round(fakes), 0, 255).astype(np.uint8), classes


def main(name="fashion_mnist", count=2000, seeds=(0, 1, 2), steps=1000, json_file="rank.json", contrastive=False):
    images, labels = (data := keras_gan.data.load(name)).examples, np.asarray(data.labels)
    classifier = metrics.ClassifierFeatures.train(images, labels, steps=steps)
    extractor = metrics.ContrastiveFeatures.train(images, steps=steps) if contrastive else classifier
    print(f"{name}, {count} against {count}, {len(seeds)} seeds, {extractor.kind}: {100 * extractor.accuracy:.1f} %")
    clusters = np.zeros(len(labels), np.int64)
    for label in np.unique(labels):
        rows = images[labels == label].reshape(np.sum(labels == label), -1)[:, ::3]
        fitted = KMeans(12, n_init=1, random_state=0).fit(rows)
        centre = fitted.cluster_centers_[np.bincount(fitted.labels_).argmax()]
        inwards = np.linalg.norm(fitted.cluster_centers_ - centre, axis=1).argsort()[::-1]
        clusters[labels == label] = inwards.argsort()[fitted.labels_]
    names = ("frechet_distance", "precision_recall", "density_coverage", "novelty", "monge_distance", "vendi_score")
    panel = [metrics.MultiscaleSSIM(), *(metrics.get(kind, extractor) for kind in names)]
    panel += [metrics.KernelDistance(extractor, subsets=20, subset_size=min(1000, count))]
    panel += [metrics.ClassifierScore(classifier, splits=1), metrics.SlicedWasserstein(directions=128)]
    means = {fault: [{} for _ in strengths] for fault, strengths in FAULTS.items()}
    for seed in seeds:
        order = np.random.default_rng(seed).permutation(len(images))
        real, pool = order[:count], [part[order[count:]] for part in (images, labels, clusters)]
        for metric in panel:
            metric.hold_real(images[real], labels[real])
        for fault, strengths in FAULTS.items():
            for strength, into in zip(strengths, means[fault], strict=True):
                rng = np.random.default_rng(seed)  # all strengths draw the same
                fakes = degraded(fault, strength, pool, (images[real], labels[real]), rng)
                metrics.feed(panel, "fake", *fakes)
                for metric in panel:
                    value = metric.result()
                    metric.reset_state()  # the real side is held
                    for key, number in (value if isinstance(value, dict) else {metric.name: value}).items():
                        into[key] = into.get(key, 0.0) + number / len(seeds)
    print(f"{'':20}", *(f"{fault:>14}" for fault in FAULTS))
    for key in means["noise"][0]:
        ranks = {fault: stats.spearmanr(range(6), [each[key] for each in means[fault]]).statistic for fault in FAULTS}
        marks = [" " if key not in MUST[f] else "!" if abs(r - MUST[f][key]) < 1e-9 else "?" for f, r in ranks.items()]
        print(f"{key:20}", *(f"{rank:+13.2f}{mark}" for rank, mark in zip(ranks.values(), marks, strict=True)))
    Path(json_file).write_text(json.dumps(means, indent=2))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--name", default="fashion_mnist")
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--contrastive", action="store_true", help="features that are learnt without labels")
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2])
    main(**vars(parser.parse_args()))
