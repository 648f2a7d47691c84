"""Park et al. 2020, arXiv:2007.15651, equation 3, in NumPy, float64."""

import numpy as np


def projected(pixels, weights):
    """Two dense layers, and vectors of norm 1."""
    w1, b1, w2, b2 = (np.asarray(w, np.float64) for w in weights)
    y = np.maximum(pixels @ w1 + b1, 0) @ w2 + b2
    return y / np.linalg.norm(y, axis=-1, keepdims=True)


def contrast(queries, keys, temperature):
    """The cross-entropy of finding each query's own key among all of its image: `(batch,)`."""
    values = []
    for query, key in zip(queries, keys, strict=True):
        surprise = []
        for i in range(len(query)):
            candidates = np.exp([query[i] @ key[j] / temperature for j in range(len(key))])
            surprise.append(-np.log(candidates[i] / candidates.sum()))
        values.append(np.mean(surprise))
    return np.array(values)
