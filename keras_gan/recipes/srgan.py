"""The recipe of SRGAN: small pictures that become large ones."""

import os
from typing import Any

from keras_gan import data as data_lib
from keras_gan import losses, models
from keras_gan.data import PairedData
from keras_gan.models.blocks.normalized import check_among
from keras_gan.models.super_resolution import SCALES
from keras_gan.recipes import rules, translation
from keras_gan.recipes.plan import Plan, Rule, always
from keras_gan.recipes.recipe import Recipe
from keras_gan.recipes.settings import Choice, Integer, Value
from keras_gan.terms import Reconstruction
from keras_gan.terms.reconstruction import NORMS
from keras_gan.training import ImageToImage
from keras_gan.utils.validation import InputError

_SCALE = Integer(
    "scale", f"how many times larger pictures become, a side: {[*SCALES]}", 2, max(SCALES), of_networks=True
)
_NORM = Choice("norm", "what the difference from the target is", choices=NORMS)
_USUAL = 4  # times larger


def srgan() -> Recipe:
    """Return the recipe, of Ledig et al. 2017, arXiv:1609.04802, sections 2 and 3.2.

    The paper adds a thousandth of the adversarial loss to that of the content; here the other one has a weight of 1000,
    which is the same to Adam. The content is compared in pixels (the paper's SRGAN-MSE), since no network comes with
    the package that knows pictures: hand one to `terms.Perceptual`. Patches are judged, so that images may have any
    sides, where the paper's discriminator ends in dense layers.

    The paper begins with a generator that has learnt without the game. That is a run with `reconstruction=1e6`, and
    another that begins with it: `start`, `--from`.
    """
    return Recipe(
        "srgan",
        "a folder of pictures: from small ones, which are made of them, to ones of 4 times the sides, SRGAN",
        _build,
        rules=[
            rules.batch_size(16),
            _scale(),
            rules.width_by_device(64, 32, "channels of the generator, and of the discriminator next to the image"),
            always(translation.BLOCKS, 16),
            translation.receptive_field(),
            always(rules.LOSS, "non_saturating"),
            always(rules.DISCRIMINATOR_STEPS, 1),
            always(translation.RECONSTRUCTION, 1000.0),
            always(_NORM, "l2"),
            *rules.optimizers(1e-4, beta_1=0.9, beta_2=0.999, final_rate=0.1, schedule="late_linear"),
        ],
        data="pictures",
        images=400_000,
        image_size=96,
        read=read_downsampled,
        read_settings=("scale",),
    )


def read_downsampled(
    path: str,
    *,
    image_size: translation.Size = None,
    on_bad_image: str = "error",
    scale: int = _USUAL,
    **options: Any,
) -> PairedData:
    """Return pairs of pictures: those of a folder as targets, and smaller ones that are made of them as sources.

    They are read a ninth larger than asked for, cropped to it anywhere, and half of them mirrored.

    Args:
        path: a folder or an archive.
        image_size: of the targets as they are trained on, sides that `scale` divides; `None` keeps theirs, whole.
        on_bad_image: must be `"error"`.
        scale: how many times smaller the sources are, a side: 2, 4 or 8.
        **options: further ones of `keras_gan.data.load_pairs`.

    Raises:
        InputError: an image can't be read, `scale` does not divide its sides, or an argument is not as above.
    """
    translation.check_none_left_out(on_bad_image)
    check_among("scale", scale, SCALES)
    if isinstance(image_size, int) and image_size % scale:
        raise InputError(f"`image_size` must be a multiple of `scale`, {scale}. Received: image_size={image_size}")
    larger, crop = translation.enlarged(image_size, multiple=scale)
    crop = None if crop is None else crop // scale
    path = os.path.expanduser(path)
    return data_lib.load_pairs(data_lib.Downsampled(scale), path, image_size=larger, crop=crop, flip=True, **options)


def _scale() -> Rule:
    def choose(plan: Plan) -> tuple[Value, str]:
        source, target = plan.facts.sample_shape, plan.facts.target_shape
        return (_USUAL if target is None else target[0] // source[0]), ""

    return Rule(_SCALE, "4", choose)


def _build(plan: Plan, seed: int) -> ImageToImage:
    source, target = translation.shapes(plan)
    width = plan["width"]
    generator = models.srresnet(
        target[-1], source[-1], scale=plan["scale"], width=width, blocks=plan["blocks"], seed=seed
    )
    judge = models.patch_discriminator(target[-1], receptive_field=plan["receptive_field"], width=width, seed=seed)
    content = Reconstruction(weight=plan["reconstruction"], norm=plan["norm"])
    game = ImageToImage(generator, judge, seed=seed)
    game.compile(
        rules.adam(plan, "generator"),
        rules.adam(plan, "discriminator"),
        loss=losses.get(plan["loss"]),
        discriminator_steps=plan["discriminator_steps"],
        terms=[content] if plan["reconstruction"] else [],
        steps_per_execution="auto",
        jit_compile=plan.jit_compile,
    )
    return game
