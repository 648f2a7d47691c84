"""Directions of a latent space along which images change most, in closed form."""

from dataclasses import dataclass

import numpy as np

from keras_gan.exploration.latent_space import LatentSpace
from keras_gan.utils.validation import check_integer


@dataclass(frozen=True)
class Directions:
    """Directions of a space, the strongest first.

    Attributes:
        vectors: of length 1 and at right angles, float32 `(count, columns of a point)`.
        gains: how much the first layers stretch each of them, `(count,)`.
        deviation: of a column of the space's points: a move by so much is as far as points usually differ along one.

    Example:
    ```python
    found = keras_gan.exploration.directions(keras_gan.exploration.ZSpace(gan), count=3)
    print(len(found), found.vectors.shape, found.gains)
    ```
    """

    vectors: np.ndarray
    gains: np.ndarray
    deviation: float

    def __len__(self) -> int:
        return len(self.vectors)


def directions(space: LatentSpace, count: int = 5) -> Directions:
    """Return the directions that the layers behind the points stretch most: SeFa.

    They are the eigenvectors of `A A^T` of the largest eigenvalues, where A is what points are multiplied by first: of
    Z the kernel of the first dense layer (of a mapping network, its own), of W those of all styles side by side.
    Nothing is sampled and nothing trained. The sign of a direction is free: its largest number is above 0 here.

    Shen and Zhou 2021, arXiv:2007.06600, section 3.2, equations 5 to 8.

    Args:
        space: `ZSpace` or `WSpace`.
        count: how many, at most the columns of a point.

    Raises:
        InputError: an argument is not as above, or the generator has no such layer.

    Example:
    ```python
    from keras_gan import exploration

    space = exploration.ZSpace(gan)
    found = exploration.directions(space, count=3)
    point = space.points([3])
    more = space.images(point.moved(found.vectors[0], by=2 * found.deviation))
    ```
    """
    weights = space.first_weights().astype(np.float64)
    check_integer("count", count, maximum=len(weights))
    values, vectors = np.linalg.eigh(weights @ weights.T)  # ascending
    chosen = vectors.T[::-1][:count]
    signs = np.sign(np.take_along_axis(chosen, np.abs(chosen).argmax(axis=1)[:, None], axis=1))
    gains = np.sqrt(np.maximum(values[::-1][:count], 0.0))
    return Directions((chosen * signs).astype(np.float32), gains, space.spread[1])
