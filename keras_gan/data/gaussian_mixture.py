"""Mixtures of Gaussians in the plane, on which it can be counted how many modes a generator finds."""

import math

import numpy as np

from keras_gan.data.array_data import ArrayData
from keras_gan.utils.validation import InputError, check_choice, check_integer, check_number, check_seed


class GaussianMixture(ArrayData):
    """Points of a mixture of equally likely, round Gaussians of the same width: float32, unlabelled.

    Args:
        means: the centres, `(k, dimensions)`.
        scale: the standard deviation in each direction, in the units of `means`, > 0.
        num_samples: how many points are drawn.
        batch_size: points a batch, 1 or more.
        seed: of the points and of their order, 0 to 2^31 - 1.
        name: of the data, for messages and logs.

    Raises:
        InputError: an argument is not as above.

    Example:
    ```python
    from keras_gan.data import GaussianMixture

    data = GaussianMixture([[-1.0, 0.0], [1.0, 0.0]], scale=0.1, num_samples=1000)
    print(data.examples.shape)  # (1000, 2)
    ```
    """

    def __init__(
        self,
        means: np.ndarray | list[list[float]],
        scale: float,
        *,
        num_samples: int = 100_000,
        batch_size: int = 64,
        seed: int = 0,
        name: str = "gaussian_mixture",
    ) -> None:
        centres = np.asarray(means, np.float64)
        if centres.ndim != 2 or not centres.size or not np.isfinite(centres).all():
            raise InputError(f"`means` must be finite and of shape (k, dimensions). Received: means={means!r}")
        if check_number("scale", scale, minimum=0) == 0:
            raise InputError(f"`scale` must be greater than 0. Received: scale={scale!r}")
        random = np.random.default_rng(check_seed("seed", seed))
        which = random.integers(len(centres), size=check_integer("num_samples", num_samples))
        noise = random.standard_normal((num_samples, centres.shape[1]))
        points = (centres[which] + scale * noise).astype(np.float32)
        super().__init__(points, batch_size=batch_size, seed=seed, name=name)
        self.means = means
        self.scale = scale
        self.num_samples = num_samples


def gaussian_mixture(
    kind: str = "ring", *, num_samples: int = 100_000, batch_size: int = 64, seed: int = 0
) -> GaussianMixture:
    """Return one of the two mixtures on which mode collapse is measured.

    As in section 4.1 of PacGAN (Lin et al., 2018, arXiv:1712.04086), after VEEGAN (Srivastava et al., 2017,
    arXiv:1705.07761) and unrolled GANs (Metz et al., 2017, arXiv:1611.02163).

    Args:
        kind: `"ring"`: 8 means on the unit circle, standard deviation 0.01; `"grid"`: 25 means at
            {-4, -2, 0, 2, 4} x {-4, -2, 0, 2, 4}, standard deviation 0.05.
        num_samples: how many points are drawn.
        batch_size: points a batch, 1 or more.
        seed: of the points and of their order, 0 to 2^31 - 1.

    Raises:
        InputError: an argument is not as above.

    Example:
    ```python
    from keras_gan.data import gaussian_mixture

    data = gaussian_mixture("grid", batch_size=512)
    print(data.means.shape, data.scale)  # (25, 2) 0.05
    ```
    """
    if check_choice("kind", kind, ["ring", "grid"]) == "ring":
        angles = np.arange(8) * (2 * math.pi / 8)
        means, scale = np.stack([np.cos(angles), np.sin(angles)], axis=1), 0.01
    else:
        steps = np.arange(-4.0, 5.0, 2.0)
        means, scale = np.stack(np.meshgrid(steps, steps, indexing="ij"), axis=-1).reshape(25, 2), 0.05
    return GaussianMixture(
        means, scale, num_samples=num_samples, batch_size=batch_size, seed=seed, name=f"gaussian_{kind}"
    )
