"""The recipe of pix2pix: from one image of a pair to the other."""

import os
from typing import Any

from keras_gan import data as data_lib
from keras_gan import losses, models
from keras_gan.data import PairedData
from keras_gan.recipes import rules, translation
from keras_gan.recipes.plan import Plan, always
from keras_gan.recipes.recipe import Recipe
from keras_gan.terms import Reconstruction
from keras_gan.training import ImageToImage
from keras_gan.utils.validation import InputError

_WHOLE = 256  # the pixels a side that a U-Net of 8 halvings sees as one


def pix2pix() -> Recipe:
    """Return the recipe, of Isola et al. 2017, arXiv:1611.07004."""
    return Recipe(
        "pix2pix",
        "pairs of images, two folders in one or pictures side by side: from one to the other, U-Net and PatchGAN",
        _build,
        rules=[
            rules.batch_size(4),
            always(translation.WIDTH, 64),
            translation.receptive_field(),
            always(translation.SCALES, 1),
            always(rules.LOSS, "non_saturating"),
            always(rules.DISCRIMINATOR_STEPS, 1),
            always(translation.RECONSTRUCTION, 100.0),
            *rules.optimizers(2e-4, beta_1=0.5, beta_2=0.999, final_rate=0.1),
        ],
        data="pairs",
        images=200_000,
        image_size=256,
        read=read_pairs,
    )


def read_pairs(
    path: str, *, image_size: translation.Size = None, on_bad_image: str = "error", **options: Any
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
    translation.check_none_left_out(on_bad_image)
    path = os.path.expanduser(path)
    larger, crop = translation.enlarged(image_size)
    pair = translation.two_folders(path) or [path]
    return data_lib.load_pairs(*pair, image_size=larger, crop=crop, flip=True, **options)


def _build(plan: Plan, seed: int) -> ImageToImage:
    source, target = translation.shapes(plan)
    if target[:2] != source[:2]:
        raise InputError(f"This recipe is for pairs of images of the same sides. Received: {source} and {target}")
    depth = max(2, min(8, min(_WHOLE, *source[:2]).bit_length() - 1))
    channels = {"channels": target[-1], "source_channels": source[-1], "width": plan["width"], "seed": seed}
    judge = models.patch_discriminator(receptive_field=plan["receptive_field"], scales=plan["scales"], **channels)
    game = ImageToImage(models.unet(depth=depth, **channels), judge, seed=seed)
    game.compile(
        rules.adam(plan, "generator"),
        rules.adam(plan, "discriminator"),
        loss=losses.get(plan["loss"]),
        discriminator_steps=plan["discriminator_steps"],
        terms=[Reconstruction(weight=plan["reconstruction"])] if plan["reconstruction"] else [],
        steps_per_execution="auto",
        jit_compile=plan.jit_compile,
    )
    return game
