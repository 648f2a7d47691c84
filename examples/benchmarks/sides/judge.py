"""What samples are compared with: pictures that nobody was trained on."""

import os
from pathlib import Path

import numpy as np

from keras_gan import metrics

COLUMNS = ["images_per_second", "images"]
COLUMNS += ["frechet_distance", "density", "coverage", "class_accuracy", "sliced_wasserstein"]


def divided(folder, directory):
    """Return folders of links to three quarters of the pictures, and to the others."""
    root = Path(folder).resolve()
    for group in sorted(path for path in root.iterdir() if path.is_dir()):
        files = sorted(path for path in group.rglob("*") if path.is_file())
        for index, number in enumerate(np.random.default_rng(0).permutation(len(files))):
            link = Path(directory, "training" if index % 4 else "held_out") / files[number].relative_to(root)
            link.parent.mkdir(parents=True, exist_ok=True)
            os.symlink(files[number], link)
    return Path(directory, "training"), Path(directory, "held_out")


class Judge:
    """Compares samples with pictures that nobody was trained on."""

    def __init__(self, training, held_out):
        self.count, labels = len(held_out), np.asarray(training.labels)
        features = metrics.ClassifierFeatures.train(training.examples, labels, verbose=2)
        members = [metrics.FrechetDistance, metrics.DensityCoverage, metrics.ClassAccuracy]
        self.members = [metrics.SlicedWasserstein(), *(member(features) for member in members)]
        for member in self.members:
            member.hold_real(held_out.examples, held_out.labels)
        some = np.sort(np.random.default_rng(0).permutation(len(training))[: self.count])
        self.floor = {"classifier": features.accuracy, **self.of(training.examples[some], labels[some])}

    def of(self, samples, labels=None):
        found = {}
        for member in self.members if labels is not None else self.members[:-1]:
            member.reset_state()
            member.update_fake(samples, labels=labels)
            value = member.result()
            found |= value if isinstance(value, dict) else {member.name: float(value)}
        return found


def table(results):
    """Return the means over the seeds, with their standard errors, as a table of Markdown."""
    lines = [["recipe", "parameters", "MFLOP", *COLUMNS], ["---"] * (3 + len(COLUMNS))]
    for name in dict.fromkeys(key.split()[0] for key in results if key not in ("asked", "costs")):
        rows = [row for key, row in results.items() if key.split()[0] == name]
        sizes = [sum(rows[0].get(kind, {}).values()) for kind in ("parameters", "operations")]
        cells = [f"{sizes[0]:,}", f"{sizes[1] / 1e6:,.0f}"] if sizes[0] else ["", ""]
        for kind in COLUMNS:
            found = [row[kind] for row in rows if kind in row]
            error = f" ± {np.std(found, ddof=1) / len(found) ** 0.5:.2g}" if len(found) > 1 else ""
            cells.append(f"{np.mean(found):,.4g}{error}" if found else "")
        lines.append([name, *cells])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
