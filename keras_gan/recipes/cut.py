"""The recipe of CUT: from one kind of images to another, without pairs and without a way back."""

from keras_gan import losses, models
from keras_gan.models.networks import layer_seeds
from keras_gan.recipes import rules, translation
from keras_gan.recipes.plan import Plan, Rule, always
from keras_gan.recipes.recipe import Recipe
from keras_gan.recipes.settings import Integer, Number, Value
from keras_gan.terms import PatchContrast
from keras_gan.training import CUT
from keras_gan.utils.validation import InputError

_CONTRAST = Number("contrast", "weight of what keeps each place of an image as its source has it", maximum=1e6)
_PIXELS = Integer("pixels", "places of each image that are compared, in each layer", minimum=2, maximum=4096)
_IDENTITY = Integer("identity", "whether images of the other domain are to stay as they are: 0 or 1", 0, 1)


def cut() -> Recipe:
    """Return the recipe, of Park et al. 2020, arXiv:2007.15651, section 4 and appendix C.

    The paper's weight is 1 beside `(D - 1)^2`; `least_squares` is one half of that, and so is the weight. Without
    `identity` it is 10, and so 5: as in FastCUT, which mirrors images as well, and is shorter. Other than in the
    authors' code the weights are normal with a standard deviation of 0.02, as in CycleGAN; the discriminator halves
    sides by strides; and images of sides below 256 have 6 blocks, as CycleGAN has it, of which the first and the fourth
    are compared.
    """
    return Recipe(
        "cut",
        "images of two kinds, in trainA and trainB or two other folders: from the first to the second, without pairs",
        _build,
        rules=[
            always(rules.BATCH_SIZE, 1),
            rules.width_by_device(64, 32, "channels next to the image; they double inwards"),
            translation.blocks(),
            translation.receptive_field(),
            always(translation.SCALES, 1),
            always(rules.LOSS, "least_squares"),
            always(rules.DISCRIMINATOR_STEPS, 1),
            always(_IDENTITY, 1),
            _contrast(),
            always(_PIXELS, 256),
            *rules.optimizers(2e-4, beta_1=0.5, beta_2=0.999, final_rate=0.0, schedule="late_linear"),
        ],
        data="unpaired",
        images=200_000,
        image_size=256,
        read=translation.read_unpaired,
    )


def _contrast() -> Rule:
    def choose(plan: Plan) -> tuple[Value, str]:
        return (0.5, "") if plan["identity"] else (5.0, "without identity")

    return Rule(_CONTRAST, "0.5, or 5 without identity", choose)


def _build(plan: Plan, seed: int) -> CUT:
    source, target = translation.shapes(plan)
    if source[-1] != target[-1]:
        raise InputError(
            "This recipe is for domains of the same channels: read both with as many, as by `--channels 3`. "
            f"Received: {source[-1]} and {target[-1]} channels"
        )
    width, seeds = plan["width"], layer_seeds(seed)  # one for each network
    generator = models.resnet_translator(
        target[-1], source[-1], width, plan["blocks"], antialiased=True, projectors=True, seed=next(seeds)
    )
    judged = {
        "receptive_field": plan["receptive_field"],
        "width": width,
        "normalization": "instance",
        "scales": plan["scales"],
    }
    game = CUT(generator, models.patch_discriminator(target[-1], **judged, seed=next(seeds)), seed=seed)
    game.compile(
        rules.adam(plan, "generator"),
        rules.adam(plan, "discriminator"),
        loss=losses.get(plan["loss"]),
        terms=[PatchContrast(plan["contrast"], pixels=plan["pixels"], identity=bool(plan["identity"]))],
        discriminator_steps=plan["discriminator_steps"],
        steps_per_execution="auto",
        jit_compile=plan.jit_compile,
    )
    return game
