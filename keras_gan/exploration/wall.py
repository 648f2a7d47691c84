"""A wall of seeds to choose from: one file, which any browser shows."""

import base64
import html
import importlib.resources
import io
import json
import os
import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from keras_gan.conditions import Classes
from keras_gan.training.sampling_model import SamplingModel
from keras_gan.utils.content_security import policy
from keras_gan.utils.depth import Depth
from keras_gan.utils.files import atomic_write
from keras_gan.utils.images import to_pil
from keras_gan.utils.validation import InputError, check_seeds

_SMALL = 64  # pixels a side up to which images are kept without loss
_MOST = 5000  # images


def write_wall(
    gan: SamplingModel,
    path: str | os.PathLike[str],
    seeds: Sequence[int] = range(200),
    labels: ArrayLike | None = None,
    truncation: float | None = None,
    class_names: Sequence[str] = (),
    title: str = "samples",
    command: str = "keras-gan sample gan.keras",
) -> None:
    """Write the images of seeds as one HTML file, in which seeds are chosen by mouse, touch or keyboard.

    It needs no network and runs nothing but its own script. It filters by class and by seed, and gives the command that
    makes the chosen ones: `gan.sample(seed=[3, 17], labels=labels, truncation=truncation)`.

    Args:
        gan: what samples; of images.
        path: an .html.
        seeds: up to 5,000.
        labels: as in `GAN.sample`; `None` for those whose turn it is.
        truncation: as in `GAN.sample`.
        class_names: of the classes.
        title: of the page.
        command: what samples at the command line, to which `--seeds` are added.

    Raises:
        InputError: an argument is not as above.

    Example:
    ```python
    from keras_gan import exploration

    gan = keras_gan.GAN(*keras_gan.models.mlp((8, 8, 1), latent_dim=16))
    exploration.write_wall(gan, "explore.html", seeds=range(20))
    ```
    """
    chosen = check_seeds(seeds)
    if len(chosen) > _MOST:
        raise InputError(f"`seeds` must be at most {_MOST:,}. Received: {len(chosen):,}")
    if not gan.signature.is_image:
        raise InputError(f"`gan` must make images. Received: samples of shape {gan.sample_shape}")
    images = gan.sample(seed=chosen, labels=labels, truncation=truncation)
    condition = gan.signature.condition
    told = condition.asked(len(chosen), labels, chosen) if isinstance(condition, Classes) else None
    known = [*map(str, class_names)] or [str(number) for number in range(gan.num_classes or 0)]
    shown = {
        "command": command,
        "classes": known if told is not None else [],
        "width": images.shape[2],
        "height": images.shape[1],
        "samples": [
            {"seed": seed, "class": None if told is None else int(told[row]), "src": _source(images[row])}
            for row, seed in enumerate(chosen)
        ],
    }
    # Within a script nothing ends it but `</`, and in JSON `<` may be written as its number.
    page = importlib.resources.files("keras_gan.exploration").joinpath("wall.html").read_text("utf-8")
    data = json.dumps(shown).replace("<", "\\u003c")
    (style,), (_, script) = _held("style", page), _held("script", page)
    allowed = html.escape(policy([style], [script]), quote=False)
    page = page.replace("{{policy}}", allowed).replace("{{title}}", html.escape(title)).replace("{{data}}", data)
    with atomic_write(path) as temporary:
        temporary.write_text(page, "utf-8")


def _held(name: str, page: str) -> list[str]:
    """Return what the elements of this name hold, in their order."""
    return re.findall(rf"<{name}[^>]*>(.*?)</{name}>", page, re.DOTALL)


def _source(image: np.ndarray) -> str:
    """Return an image as an address that holds it."""
    file = io.BytesIO()
    small = max(image.shape[:2]) <= _SMALL
    to_pil(Depth().from_signed(image)).save(file, "WEBP", lossless=small, quality=90)
    return f"data:image/webp;base64,{base64.b64encode(file.getvalue()).decode()}"
