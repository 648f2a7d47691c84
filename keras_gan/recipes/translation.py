"""The recipes of games from image to image: how pairs are read, and what is built for them."""

import os
from typing import Any

from keras_gan import data as data_lib
from keras_gan import losses, models
from keras_gan.data import PairedData
from keras_gan.models.patch_discriminator import STRIDED
from keras_gan.recipes import rules
from keras_gan.recipes.plan import Plan, Rule, always
from keras_gan.recipes.settings import Integer, Number, Value
from keras_gan.terms import Reconstruction
from keras_gan.training import ImageToImage
from keras_gan.utils.validation import InputError

_MARGIN = 286 / 256  # to what the paper resizes, before it crops
_WHOLE = 256  # the pixels a side that a U-Net of 8 halvings sees as one

RECONSTRUCTION = Number("reconstruction", "weight of the mean absolute difference from the target", maximum=1e6)
WIDTH = Integer("width", "channels next to the image; they double inwards", maximum=4096)
RECEPTIVE_FIELD = Integer("receptive_field", f"pixels a side of a patch that is judged: {[*STRIDED]}", minimum=16)


def read_pairs(
    path: str,
    *,
    image_size: int | tuple[int, int] | None = None,
    on_bad_image: str = "error",
    **options: Any,
) -> PairedData:
    """Return the pairs of a folder: of the two folders in it, in the order of their names, or of pictures side by side.

    They are read a ninth larger than asked for, cropped to it anywhere, and half of them mirrored, as in pix2pix.

    Args:
        path: a folder.
        image_size: of the images as they are trained on; `None` keeps theirs, whole.
        on_bad_image: must be `"error"`: of a pair none can be left out.
        **options: further ones of `keras_gan.data.load_pairs`.

    Raises:
        InputError: an image can't be read, has no partner, or one of other proportions; a picture can't be two side by
            side; or an argument is not as above.
    """
    if on_bad_image != "error":
        raise InputError(f"`on_bad_image` must be 'error' for pairs. Received: on_bad_image={on_bad_image!r}")
    path = os.path.expanduser(path)
    within = sorted(entry.path for entry in os.scandir(path) if entry.is_dir()) if os.path.isdir(path) else []
    pair = within if len(within) == 2 else [path]
    larger, crop = image_size, None
    if isinstance(image_size, int):
        larger, crop = round(image_size * _MARGIN), image_size
    return data_lib.load_pairs(*pair, image_size=larger, crop=crop, flip=True, **options)


def receptive_field() -> Rule:
    """Return the rule of the patches: the paper's 70 pixels, or smaller ones of smaller images."""

    def choose(plan: Plan) -> tuple[Value, str]:
        side = min(plan.facts.sample_shape[:2])
        return (70, "") if side >= 128 else (34, "for sides below 128") if side >= 48 else (16, "for sides below 48")

    return Rule(RECEPTIVE_FIELD, "70, or less where sides are below 128 or 48", choose)


RULES = [
    rules.batch_size(4),
    always(WIDTH, 64),
    receptive_field(),
    always(rules.LOSS, "non_saturating"),
    always(rules.DISCRIMINATOR_STEPS, 1),
    always(RECONSTRUCTION, 100.0),
    *rules.optimizers(2e-4, beta_1=0.5, beta_2=0.999, final_rate=0.1),
]


def pix2pix(plan: Plan, seed: int) -> ImageToImage:
    """Return the compiled game of pix2pix for the pairs of a plan."""
    source, target = plan.facts.sample_shape, plan.facts.target_shape
    if target is None or target[:2] != source[:2]:
        raise InputError(f"This recipe is for pairs of images of the same sides. Received: {source} and {target}")
    depth = max(2, min(8, min(_WHOLE, *source[:2]).bit_length() - 1))
    channels = {"channels": target[-1], "source_channels": source[-1], "width": plan["width"], "seed": seed}
    judge = models.patch_discriminator(receptive_field=plan["receptive_field"], **channels)
    game = ImageToImage(models.unet(depth=depth, **channels), judge, seed=seed)
    game.compile(
        rules.adam(plan, "generator"),
        rules.adam(plan, "discriminator"),
        loss=losses.get(plan["loss"]),
        discriminator_steps=plan["discriminator_steps"],
        terms=[Reconstruction(weight=plan["reconstruction"])] if plan["reconstruction"] else [],
        steps_per_execution="auto",
    )
    return game
