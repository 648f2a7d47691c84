"""The recipe of CycleGAN: from one kind of images to another and back, without pairs."""

import os
from typing import Any

from keras_gan import data as data_lib
from keras_gan import losses, models
from keras_gan.data import UnpairedData
from keras_gan.models.networks import layer_seeds
from keras_gan.recipes import rules, translation
from keras_gan.recipes.plan import Plan, Rule, always
from keras_gan.recipes.recipe import Recipe
from keras_gan.recipes.settings import Integer, Number, Value
from keras_gan.training import CycleGAN
from keras_gan.training.game.image_pool import MAX_SIZE
from keras_gan.utils.validation import InputError

_CYCLE = Number("cycle", "weight of the difference between an image and what comes back of it", maximum=1e6)
_IDENTITY = Number("identity", "weight of what is changed of an image that is in the right domain already", maximum=1e6)
_POOL = Integer("pool", "past fakes of each domain that are judged as well; 0 for none", minimum=0, maximum=MAX_SIZE)


def cyclegan() -> Recipe:
    """Return the recipe, of Zhu et al. 2017, arXiv:1703.10593, section 4 and the appendix.

    The paper's weights are 10 and 5 beside `(D - 1)^2`; `least_squares` is one half of that, and so are the weights.
    """
    return Recipe(
        "cyclegan",
        "images of two kinds, in trainA and trainB or two other folders: from one to the other and back, without pairs",
        _build,
        rules=[
            always(rules.BATCH_SIZE, 1),
            rules.width_by_device(64, 32, "channels next to the image; they double inwards"),
            translation.blocks(),
            translation.receptive_field(),
            always(translation.SCALES, 1),
            always(rules.LOSS, "least_squares"),
            always(_CYCLE, 5.0),
            _identity(),
            always(_POOL, 50),
            *rules.optimizers(2e-4, beta_1=0.5, beta_2=0.999, final_rate=0.0, schedule="late_linear"),
        ],
        data="unpaired",
        images=200_000,
        image_size=256,
        read=read_unpaired,
    )


def read_unpaired(
    path: str,
    *,
    image_size: translation.Size = None,
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
    translation.check_none_left_out(on_bad_image)
    path = os.path.expanduser(path)
    named = all(os.path.isdir(os.path.join(path, name)) for name in ("trainA", "trainB"))
    domains = [path] if named else translation.two_folders(path)
    if not domains:
        raise InputError(
            f"DATA must be a folder with trainA and trainB, or with two other folders, one a domain. Received: {path!r}"
        )
    larger, crop = translation.enlarged(image_size)
    options |= {"source_channels": channels, "channels": channels}
    return data_lib.load_unpaired(*domains, image_size=larger, crop=crop, flip=True, **options)


def _identity() -> Rule:
    def choose(plan: Plan) -> tuple[Value, str]:
        source, target = translation.shapes(plan)
        if source[-1] != target[-1]:
            return 0.0, f"as one domain has {source[-1]} channels, the other {target[-1]}"
        return 0.5 * plan["cycle"], ""

    return Rule(_IDENTITY, "half of cycle, or 0 where the domains have different channels", choose)


def _build(plan: Plan, seed: int) -> CycleGAN:
    source, target = translation.shapes(plan)
    width, seeds = plan["width"], layer_seeds(seed)  # one for each network
    judged = {
        "receptive_field": plan["receptive_field"],
        "width": width,
        "normalization": "instance",
        "scales": plan["scales"],
    }
    made = {"width": width, "blocks": plan["blocks"]}
    game = CycleGAN(
        models.resnet_translator(target[-1], source[-1], **made, seed=next(seeds)),
        models.resnet_translator(source[-1], target[-1], **made, seed=next(seeds)),
        models.patch_discriminator(source[-1], **judged, seed=next(seeds)),
        models.patch_discriminator(target[-1], **judged, seed=next(seeds)),
        pool_size=plan["pool"],
        image_size=(source[0], source[1]),
        seed=seed,
    )
    game.compile(
        rules.adam(plan, "generator"),
        rules.adam(plan, "discriminator"),
        loss=losses.get(plan["loss"]),
        cycle_weight=plan["cycle"],
        identity_weight=plan["identity"],
        steps_per_execution="auto",
    )
    return game
