"""The recipe of CycleGAN: from one kind of images to another and back, without pairs."""

from keras_gan import losses, models
from keras_gan.models.networks import layer_seeds
from keras_gan.recipes import rules, translation
from keras_gan.recipes.plan import Plan, Rule, always
from keras_gan.recipes.recipe import Recipe
from keras_gan.recipes.settings import Integer, Number, Value
from keras_gan.training import CycleGAN
from keras_gan.training.game.image_pool import MAX_SIZE

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
        read=translation.read_unpaired,
    )


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
        jit_compile=plan.jit_compile,
    )
    return game
