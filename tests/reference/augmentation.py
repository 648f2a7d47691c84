"""Augmentations in NumPy float64, one image and one pixel at a time, from the papers and their authors' formulas."""

import math
from statistics import NormalDist

import numpy as np

GREY = np.ones(3) / math.sqrt(3)


def reflected(position, side):
    """Mirror at the first and at the last pixel until the position is inside."""
    if side == 1:
        return 0.0
    while not 0 <= position <= side - 1:
        position = -position if position < 0 else 2 * (side - 1) - position
    return position


def warp(image, to_source):
    """Resample `(height, width, channels)` bilinearly; places are (x, y) from the centre."""
    height, width, _ = image.shape
    result = np.zeros(image.shape)
    for row in range(height):
        for column in range(width):
            place = np.array([column - (width - 1) / 2, row - (height - 1) / 2, 1.0])
            x, y, _ = to_source @ place
            x, y = reflected(x + (width - 1) / 2, width), reflected(y + (height - 1) / 2, height)
            for i in range(height):
                for j in range(width):
                    result[row, column] += max(0.0, 1 - abs(y - i)) * max(0.0, 1 - abs(x - j)) * image[i, j]
    return result


def translation(x, y):
    return np.array([[1, 0, x], [0, 1, y], [0, 0, 1.0]])


def scaling(x, y):
    return np.diag([x, y, 1.0])


def rotation(angle):
    cos, sin = math.cos(angle), math.sin(angle)
    return np.array([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1.0]])


def hue(angle):
    """The rotation about the axis of greys, by the formula of Rodrigues."""
    x, y, z = GREY
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.eye(3) + math.sin(angle) * cross + (1 - math.cos(angle)) * cross @ cross


def band_responses(frequency):
    """The frequency responses of the four bands at `frequency`, radians a pixel, `(4, n)`.

    Those of a wavelet with two vanishing moments are, squared and halved, the halfband polynomial of Daubechies:
    `cos^4(w/2) (1 + 2 sin^2(w/2))`. Karras et al. 2020, arXiv:2006.06676, appendix B, splits the lower half again.
    """

    def low(w):
        return np.cos(w / 2) ** 4 * (1 + 2 * np.sin(w / 2) ** 2)

    def high(w):
        return low(w + np.pi)

    w = np.asarray(frequency)
    return np.stack(
        [low(4 * w) * low(2 * w) * low(w), high(4 * w) * low(2 * w) * low(w), high(2 * w) * low(w), high(w)]
    )


def band_taps(taps=43):
    """The impulse responses of the bands, `(4, taps)`, by an inverse Fourier transform of their responses."""
    n = 256
    impulses = np.fft.ifft(band_responses(2 * np.pi * np.arange(n) / n), axis=1).real
    return np.roll(impulses, taps // 2, axis=1)[:, :taps]


def amplify(image, gains):
    """Convolve rows and columns of `(height, width, channels)` with the bands, reflected beyond the edges."""
    taps = gains @ band_taps()
    radius = len(taps) // 2

    def convolved(line):
        return np.convolve(np.pad(line, radius, mode="reflect"), taps, mode="valid")

    return np.apply_along_axis(convolved, 1, np.apply_along_axis(convolved, 0, image))


def ada(image, numbers, grain, p, groups):
    """The pipeline of ADA on one image, after the authors' `augment.py`.

    Args:
        image: `(height, width, 3)`.
        numbers: from the name of a transformation to a uniform number that decides whether it is applied, and the
            uniform numbers of its parameters.
        grain: uniform numbers, of the image's shape, for the noise.
        p: the probability.
        groups: which transformations.
    """
    height, width, _ = image.shape
    normal = NormalDist().inv_cdf

    def chosen(name, neutral, of, p=p):
        gate, *values = numbers(name)
        return of(*values) if gate < p else neutral

    def octaves(name, deviation):
        return chosen(name, 1.0, lambda u: 2.0 ** (deviation * normal(u)))

    to_source = np.eye(3)  # the inverse maps in the order in which the image goes through them
    if "blit" in groups:
        to_source = to_source @ scaling(1 - 2 * chosen("mirror", 0, lambda u: math.floor(2 * u)), 1)
        to_source = to_source @ rotation(math.pi / 2 * chosen("quarter_turns", 0, lambda u: math.floor(4 * u)))
        x, y = (chosen(name, 0.0, lambda u: 0.125 * (2 * u - 1)) for name in ("right", "down"))
        to_source = to_source @ translation(round(x * width), round(y * height))
    if "geometry" in groups:
        scale, stretch = octaves("scale", 0.2), octaves("stretch", 0.2)
        either = 1 - math.sqrt(1 - p)
        before, after = (chosen(name, 0.0, lambda u: math.pi * (2 * u - 1), either) for name in ("before", "after"))
        x, y = (chosen(name, 0.0, lambda u: 0.125 * normal(u)) for name in ("fraction_right", "fraction_down"))
        to_source = to_source @ scaling(scale, scale) @ rotation(before) @ scaling(stretch, 1 / stretch)
        to_source = to_source @ rotation(after) @ translation(x * width, y * height)
    if "blit" in groups or "geometry" in groups:
        image = warp(image, to_source)
    if "color" in groups:
        image = image + chosen("brightness", 0.0, lambda u: 0.2 * normal(u))
        image = image * octaves("contrast", 0.5)
        flip = np.eye(3) - 2 * np.outer(GREY, GREY) * chosen("luma", 0, lambda u: math.floor(2 * u))
        turn = hue(chosen("hue", 0.0, lambda u: math.pi * (2 * u - 1)))
        grey = np.outer(GREY, GREY)
        saturate = grey + (np.eye(3) - grey) * octaves("saturation", 1.0)
        image = image @ (saturate @ turn @ flip).T
    if "filter" in groups:
        gains = np.ones(4)
        for band in range(4):
            one = np.ones(4)
            one[band] = octaves(f"band_{band}", 1.0)
            gains *= one / math.sqrt(np.sum(np.array([10, 1, 1, 1]) / 13 * one**2))
        image = amplify(image, gains)
    if "noise" in groups:
        deviation = chosen("noise", 0.0, lambda u: 0.1 * abs(normal(u)))
        image = image + deviation * np.vectorize(normal)(grain)
    if "cutout" in groups:
        gate, y, x = numbers("cutout")
        rows, columns = (np.arange(height) + 0.5) / height, (np.arange(width) + 0.5) / width
        seen = (np.abs(rows - y)[:, None] >= 0.25) | (np.abs(columns - x)[None] >= 0.25)
        image = image * seen[:, :, None] if gate < p else image
    return image


def cutout(height, width, row, column):
    """What `DiffAugment`'s authors hide, from the offsets that they draw: `(height, width)`, 0 where hidden."""
    mask = np.ones((height, width))
    for i in range(int(height * 0.5 + 0.5)):
        for j in range(int(width * 0.5 + 0.5)):
            y, x = i + row - int(height * 0.5 + 0.5) // 2, j + column - int(width * 0.5 + 0.5) // 2
            mask[min(max(y, 0), height - 1), min(max(x, 0), width - 1)] = 0
    return mask
