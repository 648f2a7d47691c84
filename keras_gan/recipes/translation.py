"""What the recipes of games from image to image share: settings, and how their folders are read."""

import os
from typing import Any, TypeAlias

from keras_gan import data as data_lib
from keras_gan.data import UnpairedData
from keras_gan.models.patch_discriminator import MAX_SCALES, STRIDED
from keras_gan.recipes.plan import Facts, Plan, Rule
from keras_gan.recipes.settings import Integer, Number, Value
from keras_gan.utils.validation import InputError

_MARGIN = 286 / 256  # to what the papers resize, before they crop
_LARGE = 256  # pixels a side, from which on CycleGAN has more blocks

Size: TypeAlias = int | tuple[int, int] | None
"""A side, `(height, width)`, or `None` for that of the files."""

RECONSTRUCTION = Number("reconstruction", "weight of the difference from the target; 0 for none", maximum=1e6)
WIDTH = Integer("width", "channels next to the image; they double inwards", maximum=4096, of_networks=True)
RECEPTIVE_FIELD = Integer(
    "receptive_field", f"pixels a side of a patch that is judged: {[*STRIDED]}", 16, of_networks=True
)
SCALES = Integer(
    "scales",
    "sides at which images are judged: whole, and halved again and again",
    maximum=MAX_SCALES,
    of_networks=True,
)
BLOCKS = Integer("blocks", "residual blocks of a generator", maximum=64, of_networks=True)


def receptive_field() -> Rule:
    """Return the rule of the patches: the paper's 70 pixels, or smaller ones of smaller images."""

    def choose(plan: Plan) -> tuple[Value, str]:
        side = min((plan.facts.target_shape or plan.facts.sample_shape)[:2])
        return (70, "") if side >= 128 else (34, "for sides below 128") if side >= 48 else (16, "for sides below 48")

    return Rule(RECEPTIVE_FIELD, "70, or less where sides are below 128 or 48", choose)


def blocks() -> Rule:
    """Return the rule of the residual blocks, as in CycleGAN's paper."""

    def choose(plan: Plan) -> tuple[Value, str]:
        return (9, "") if min(plan.facts.sample_shape[:2]) >= _LARGE else (6, f"for sides below {_LARGE}")

    return Rule(BLOCKS, f"9, or 6 where sides are below {_LARGE}", choose)


def shapes(plan: Plan) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the shapes of a source and of a target.

    Raises:
        InputError: the data have no targets.
    """
    facts: Facts = plan.facts
    if facts.target_shape is None:
        raise InputError(
            f"This recipe is for images that become others. Received: samples of shape {facts.sample_shape} alone"
        )
    return facts.sample_shape, facts.target_shape


def enlarged(image_size: Size, multiple: int = 1) -> tuple[Size, int | None]:
    """Return the side that images are read at, a ninth more than asked for, and that to which they are cropped.

    Args:
        image_size: as it is asked for; only of a side there is a square to be cropped to.
        multiple: which the side is one of.
    """
    if not isinstance(image_size, int):
        return image_size, None
    return multiple * round(image_size * _MARGIN / multiple), image_size


def two_folders(path: str) -> list[str]:
    """Return the two folders in a folder, in the order of their names; none where there are not two."""
    within = sorted(entry.path for entry in os.scandir(path) if entry.is_dir()) if os.path.isdir(path) else []
    return within if len(within) == 2 else []


def check_none_left_out(on_bad_image: str) -> None:
    """Raise unless a bad image is an error: where images belong together, none can be left out."""
    if on_bad_image != "error":
        raise InputError(f"`on_bad_image` must be 'error' for pairs. Received: on_bad_image={on_bad_image!r}")


def read_unpaired(
    path: str,
    *,
    image_size: Size = None,
    channels: int | None = None,
    on_bad_image: str = "error",
    **options: Any,
) -> UnpairedData:
    """Return the images of the two domains in a folder: of `trainA` and `trainB`, or of the only two folders in it.

    They are read a ninth larger than asked for, cropped to it anywhere, and half of them mirrored, as in the paper.

    Args:
        path: a folder.
        image_size: of the images as they are trained on; `None` keeps theirs, whole.
        channels: of both domains; `None` for what each of them has.
        on_bad_image: must be `"error"`.
        **options: further ones of `keras_gan.data.load_unpaired`.

    Raises:
        InputError: there are no two folders, an image can't be read, or an argument is not as above.
    """
    check_none_left_out(on_bad_image)
    path = os.path.expanduser(path)
    named = all(os.path.isdir(os.path.join(path, name)) for name in ("trainA", "trainB"))
    domains = [path] if named else two_folders(path)
    if not domains:
        raise InputError(
            f"DATA must be a folder with trainA and trainB, or with two other folders, one a domain. Received: {path!r}"
        )
    larger, crop = enlarged(image_size)
    options |= {"source_channels": channels, "channels": channels}
    return data_lib.load_unpaired(*domains, image_size=larger, crop=crop, flip=True, **options)
