"""The adversarial losses in NumPy float64, written from the papers and independent of the package."""

import numpy as np


def softplus(x):
    return np.logaddexp(0, x)


def _least_squares(a, b, c):
    return (
        lambda real, fake: ((real - b) ** 2 + (fake - a) ** 2) / 2,
        lambda real, fake: (fake - c) ** 2 / 2,
    )


def _average_discriminator(real, fake):
    return softplus(-(real - fake.mean())) + softplus(fake - real.mean())


def _mean_hinge(right):
    """The mean of the hinges of 2,000 margins in the middles of equal parts of [0.8, 1]."""
    margins = 0.8 + 0.2 * (np.arange(2000) + 0.5) / 2000
    return np.maximum(0, margins[:, None] - right).mean(axis=0)


# By name: what the discriminator minimises, and what the generator does.
LOSSES = {
    "minimax": (lambda real, fake: softplus(-real) + softplus(fake), lambda real, fake: -softplus(fake)),
    "non_saturating": (lambda real, fake: softplus(-real) + softplus(fake), lambda real, fake: softplus(-fake)),
    "least_squares": _least_squares(0, 1, 1),
    "hinge": (
        lambda real, fake: np.maximum(0, 1 - real) + np.maximum(0, 1 + fake),
        lambda real, fake: -fake,
    ),
    "random_margin_hinge": (lambda real, fake: _mean_hinge(real) + _mean_hinge(-fake), lambda real, fake: -fake),
    "wasserstein": (lambda real, fake: fake - real, lambda real, fake: -fake),
    "relativistic": (lambda real, fake: softplus(-(real - fake)), lambda real, fake: softplus(-(fake - real))),
    "relativistic_average": (_average_discriminator, lambda real, fake: _average_discriminator(fake, real)),
}
