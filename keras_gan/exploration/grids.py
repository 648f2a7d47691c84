"""Grids of images that show a latent space: rows and columns of them, and the picture of these."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from keras_gan.exploration.directions import Directions
from keras_gan.exploration.interpolation import along, between
from keras_gan.exploration.latent_space import LatentSpace, Points
from keras_gan.exploration.w_space import WSpace
from keras_gan.utils.depth import Depth
from keras_gan.utils.images import grid
from keras_gan.utils.layout import default_scale
from keras_gan.utils.validation import InputError, check_integer


def interpolation_grid(space: LatentSpace, corners: Points, rows: int = 8, columns: int = 8) -> np.ndarray:
    """Return images between four points: the first two at the top, the others at the bottom.

    Args:
        space: whose points they are.
        corners: four points: top left, top right, bottom left, bottom right.
        rows: 2 or more.
        columns: likewise.

    Returns:
        float32 `(rows, columns, height, width, channels)`.

    Example:
    ```python
    from keras_gan import exploration

    space = exploration.ZSpace(gan)
    images = exploration.interpolation_grid(space, space.points([3, 17, 25, 40]), rows=5, columns=5)
    ```
    """
    if len(corners) != 4:
        raise InputError(f"`corners` must be 4 points. Received: {len(corners)}")
    check_integer("rows", rows, minimum=2)
    top, bottom = (between(space, corners[pair], columns) for pair in ([0, 1], [2, 3]))
    down = np.repeat(np.linspace(0.0, 1.0, rows), columns)
    across = np.tile(np.arange(columns), rows)
    images = space.images(along(space, top[across], bottom[across], down))
    return images.reshape(rows, columns, *images.shape[1:])


def truncation_grid(
    space: LatentSpace, seeds: Sequence[int], truncations: Sequence[float], labels: ArrayLike | None = None
) -> np.ndarray:
    """Return the images of seeds, a row each, as they are truncated, a column each.

    Args:
        space: where it is done: in Z the bound of the latents, in W psi.
        seeds: one or more.
        truncations: one or more.
        labels: as in `GAN.sample`.

    Returns:
        float32 `(seeds, truncations, height, width, channels)`.

    Example:
    ```python
    from keras_gan import exploration

    images = exploration.truncation_grid(exploration.ZSpace(gan), seeds=[3, 17], truncations=[0.25, 0.5, 1.0, 2.0])
    ```
    """
    columns = [space.images(space.points(seeds, labels, truncation)) for truncation in truncations]
    return np.stack(columns, axis=1)


def mixing_grid(space: WSpace, points: Points, others: Points, places: Sequence[int]) -> np.ndarray:
    """Return the images of points, a row each, with the styles of others, a column each, at some places.

    The first column and the first row are the images of the points and of the others themselves; what is in the corner
    between them is black. Karras et al. 2019, arXiv:1812.04948, figure 3.

    Args:
        space: whose points they are.
        points: those of the rows.
        others: those of the columns.
        places: where the others' styles are taken: 0 to 3 change the pose, the last ones the colours.

    Returns:
        float32 `(1 + points, 1 + others, height, width, channels)`.

    Example:
    ```python
    from keras_gan import exploration

    networks = keras_gan.models.stylegan2((8, 8, 1), latent_dim=8, style_dim=8, channel_base=64, mapping_depth=2)
    space = exploration.WSpace(keras_gan.GAN(*networks))
    images = exploration.mixing_grid(space, space.points([1, 2]), space.points([3, 4, 5]), places=[0, 1])
    ```
    """
    own, others_own = space.images(points), space.images(others)
    sheet = np.full((1 + len(points), 1 + len(others), *own.shape[1:]), -1.0, np.float32)
    sheet[1:, 0], sheet[0, 1:] = own, others_own
    for row in range(len(points)):
        sheet[1 + row, 1:] = space.images(space.mixed(points[[row]], others, places))
    return sheet


def direction_grid(
    space: LatentSpace, point: Points, directions: Directions, most: float = 3.0, columns: int = 7
) -> np.ndarray:
    """Return the images of a point that is moved along directions, a row each.

    Args:
        space: whose point it is.
        point: one.
        directions: of the same space.
        most: how far the outer columns are moved, in deviations of the space's points.
        columns: 2 or more; the middle one of an odd number is the point itself.

    Returns:
        float32 `(directions, columns, height, width, channels)`.

    Example:
    ```python
    from keras_gan import exploration

    space = exploration.ZSpace(gan)
    images = exploration.direction_grid(space, space.points([3]), exploration.directions(space, count=4))
    ```
    """
    strengths = np.linspace(-most, most, check_integer("columns", columns, minimum=2)) * directions.deviation
    rows = [np.concatenate([point.moved(vector, by).values for by in strengths]) for vector in directions.vectors]
    told = None if point.conditions is None else np.repeat(point.conditions, columns, axis=0)
    return np.stack([space.images(replace(point, values=values, conditions=told)) for values in rows])


def sheet(images: np.ndarray, scale: int | None = None, depth: Depth | None = None) -> np.ndarray:
    """Return one picture of rows and columns of images.

    Args:
        images: `(rows, columns, height, width, channels)`, in [-1, 1].
        scale: each pixel becomes a square of this side; `None` makes small images at least 32 pixels long.
        depth: of the picture; `None` for 8 bits.

    Returns:
        uint8 or of another depth, `(height, width, channels)`.

    Example:
    ```python
    from keras_gan import exploration

    images = exploration.truncation_grid(exploration.ZSpace(gan), seeds=[3, 17], truncations=[0.5, 1.0])
    print(exploration.sheet(images).shape)  # two rows, two columns
    ```
    """
    if images.ndim != 5:
        raise InputError(
            f"`images` must be of shape (rows, columns, height, width, channels). Received: shape {images.shape}"
        )
    scale = scale or default_scale(images.shape[2:])
    values = (depth or Depth()).from_signed(images.reshape(-1, *images.shape[2:]))
    return grid(values, columns=images.shape[1], gap=max(1, scale // 2), scale=scale)
