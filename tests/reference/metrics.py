"""The metrics in NumPy float64, over all pairs, written from the papers and independent of the package."""

import numpy as np


def distances(left, right):
    return np.sqrt(((left[:, None].astype(np.float64) - right[None].astype(np.float64)) ** 2).sum(axis=-1))


def kth_radii(points, k):
    return np.sort(distances(points, points), axis=1)[:, k]  # column 0 is the point itself


def precision_recall(real, fake, k):
    between = distances(real, fake)
    return {
        "precision": (between <= kth_radii(real, k)[:, None]).any(axis=0).mean(),
        "recall": (between <= kth_radii(fake, k)[None]).any(axis=1).mean(),
    }


def density_coverage(real, fake, k):
    inside = distances(real, fake) < kth_radii(real, k)[:, None]
    return {"density": inside.sum(axis=0).mean() / k, "coverage": inside.any(axis=1).mean()}


def kernel_distance(real, fake):
    """The unbiased squared maximum mean discrepancy, one pair at a time."""
    real, fake = real.astype(np.float64), fake.astype(np.float64)

    def kernel(x, y):
        return (x @ y / len(x) + 1) ** 3

    def within(rows):
        count = len(rows)
        return sum(kernel(rows[i], rows[j]) for i in range(count) for j in range(count) if i != j) / count / (count - 1)

    between = sum(kernel(x, y) for x in real for y in fake) / len(real) / len(fake)
    return within(real) + within(fake) - 2 * between


def classifier_score(logits):
    """The inception score of one split, one sample at a time."""
    rows = logits.astype(np.float64)
    p = np.exp(rows - rows.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    marginal = p.mean(axis=0)
    return np.exp(np.mean([(q * np.log(q / marginal)).sum() for q in p]))


def vendi_score(rows, q):
    """The exponential of the entropy of order q of the eigenvalues of all cosines over n, one pair at a time."""
    rows, count = rows.astype(np.float64), len(rows)
    cosines = [[x @ y / np.sqrt((x @ x) * (y @ y)) for y in rows] for x in rows]
    shares = np.linalg.eigvalsh(np.array(cosines) / count)
    shares = shares[shares > 1e-12]
    if q == "inf":
        return 1 / shares.max()
    return np.exp(-(shares * np.log(shares)).sum()) if q == 1 else (shares**q).sum() ** (1 / (1 - q))


def monge_distance(real, fake, directions):
    """3 d times the mean over directions (d, k) of the squared distance of sorted projections, of equally many each."""
    total = 0.0
    for direction in directions.T:
        left = np.sort(np.repeat(real.astype(np.float64) @ direction, len(fake)))
        right = np.sort(np.repeat(fake.astype(np.float64) @ direction, len(real)))
        total += ((left - right) ** 2).mean()
    return 3 * len(directions) * total / directions.shape[1]
