"""Ways between points of a latent space."""

import numpy as np

from keras_gan.exploration.latent_space import LatentSpace, Path, Points
from keras_gan.utils.validation import InputError, check_integer

_PARALLEL = 1e-4  # sine of an angle: below it the sphere is as good as flat


def lerp(start: np.ndarray, end: np.ndarray, fraction: np.ndarray | float) -> np.ndarray:
    """Return points on the straight line from `start` to `end`, `(n, ...)`: for W, for conditions, for uniform latents.

    Args:
        start: `(n, ...)`.
        end: likewise.
        fraction: of the way, in [0, 1]; broadcasts to the points.

    Example:
    ```python
    from keras_gan.exploration import lerp

    print(lerp(np.array([0.0, 2.0]), np.array([1.0, 0.0]), 0.5))  # [0.5 1. ]
    ```
    """
    return (1.0 - fraction) * start + fraction * end


def slerp(start: np.ndarray, end: np.ndarray, fraction: np.ndarray | float) -> np.ndarray:
    """Return points on the great circle from `start` to `end`: spherical interpolation, for normal latents.

    The direction turns at a constant speed, and the norm goes straight from that of the one to that of the other: it
    keeps where both are equal. Shoemake 1985, "Animating rotation with quaternion curves", equation in section 3.3; for
    latents White 2016, arXiv:1609.04468, section 2. Opposite directions have no one great circle: there it is `lerp`,
    as for directions that are alike.

    Args:
        start: `(n, d)`.
        end: likewise.
        fraction: of the way, in [0, 1]; broadcasts to the points.

    Example:
    ```python
    from keras_gan.exploration import slerp

    print(slerp(np.array([[1.0, 0.0]]), np.array([[0.0, 1.0]]), 0.5))  # [[0.70710678 0.70710678]]
    ```
    """
    start, end = np.asarray(start, np.float64), np.asarray(end, np.float64)
    norms = [np.linalg.norm(points, axis=-1, keepdims=True) for points in (start, end)]
    first, last = (points / np.maximum(norm, 1e-12) for points, norm in zip((start, end), norms, strict=True))
    angle = np.arccos(np.clip((first * last).sum(axis=-1, keepdims=True), -1.0, 1.0))
    flat = (np.sin(angle) < _PARALLEL) | (np.minimum(*norms) == 0)
    safe = np.where(flat, 1.0, np.sin(angle))
    turned = (np.sin((1.0 - fraction) * angle) * first + np.sin(fraction * angle) * last) / safe
    return np.where(flat, lerp(start, end, fraction), lerp(norms[0], norms[1], fraction) * turned)


def between(space: LatentSpace, points: Points, steps: int, loop: bool = False, path: Path | None = None) -> Points:
    """Return the points of a way through others, one after another; conditions go straight from one to the next.

    Args:
        space: whose points they are.
        points: those that it goes through, 2 or more.
        steps: points of the way, 2 or more: from the first to the last, both among them; of a loop the last is the one
            before the first.
        loop: whether it goes back to the first.
        path: `slerp` or `lerp`; `None` for that of the space.

    Raises:
        InputError: an argument is not as above.

    Example:
    ```python
    from keras_gan import exploration

    space = exploration.ZSpace(gan)
    way = exploration.between(space, space.points([3, 17, 25]), steps=60, loop=True)
    exploration.write_video(space.images(way), "way.webp")
    ```
    """
    check_integer("steps", steps, minimum=2)
    if len(points) < 2:
        raise InputError(f"`points` must be 2 or more. Received: {len(points)}")
    legs = len(points) if loop else len(points) - 1
    places = np.linspace(0.0, legs, steps, endpoint=not loop)
    leg = np.minimum(places.astype(np.int64), legs - 1)
    start, end = points[leg], points[(leg + 1) % len(points)]
    return along(space, start, end, places - leg, path)


def along(space: LatentSpace, start: Points, end: Points, fractions: np.ndarray, path: Path | None = None) -> Points:
    """Return the points at fractions `(n,)` of the ways from `start` to `end`, `n` each.

    Example:
    ```python
    space = keras_gan.exploration.ZSpace(gan)
    points = space.points(seeds=[3, 17])
    way = keras_gan.exploration.along(space, points[:1], points[1:], np.linspace(0.0, 1.0, 5))
    ```
    """
    way = space.path if path is None else path
    shape = (-1, *(1 for _ in start.values.shape[1:]))
    values = way(start.values, end.values, fractions.reshape(shape)).astype(np.float32)
    truncation = Points.common_truncation([start, end])
    if start.conditions is None or end.conditions is None:
        return Points(values, truncation=truncation)
    told = lerp(start.conditions, end.conditions, fractions[:, None]).astype(np.float32)
    return Points(values, told, truncation)
