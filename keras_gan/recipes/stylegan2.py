"""The recipe of StyleGAN2: its networks, lazy R1 and path length, by the rules of StyleGAN2-ADA."""

from keras_gan import models
from keras_gan.penalties import R1
from keras_gan.recipes import rules
from keras_gan.recipes.plan import Plan, Rule, always
from keras_gan.recipes.recipe import Recipe
from keras_gan.recipes.settings import Integer, Number, Value
from keras_gan.terms import PathLength, Term
from keras_gan.training import GAN

_R1_INTERVAL, _PATH_LENGTH_INTERVAL = 16, 4
_LARGE, _LARGEST = 512, 1024  # pixels a side from which on there are more channels, and the rate is lower
_GROUP = 4  # samples whose deviation the discriminator sees
_MAPPING_DEPTH = Integer("mapping_depth", "dense layers of the mapping network", maximum=1000, of_networks=True)
_CHANNEL_BASE = Integer(
    "channel_base", "channels times pixels a side, of maps that have fewer than width", maximum=2**20, of_networks=True
)
_MIXING = Number("mixing", "probability of mixed styles", maximum=1.0)
_PATH_LENGTH = Number("path_length", "weight of path length regularization; 0 for none", maximum=1e6)


def stylegan2() -> Recipe:
    """Return the recipe, of Karras et al. 2020, arXiv:1912.04958, with the rules of arXiv:2006.06676, "auto".

    Lazy terms are part of the step in which they are due, so the optimizers take no step more than without them, and
    their rates and decays need no correction (which the authors' code has for its k + 1 steps instead of k).
    """
    return Recipe(
        "stylegan2",
        "a folder or a TFDS data set of images, resized to 64x64, StyleGAN2; conditional where there are labels",
        _build,
        rules=[
            _batch_size(),
            always(rules.DISCRIMINATOR_STEPS, 1),
            rules.width_by_device(512, 64, "most channels, those of the inner maps"),
            _channel_base(),
            always(_MAPPING_DEPTH, 2),
            _latent_dim(),
            always(_MIXING, 0.9),
            always(rules.LOSS, "non_saturating"),
            rules.r1_by_side(),
            always(_PATH_LENGTH, 2.0),
            rules.augmentation_by_count(),
            *rules.optimizers(_rate(), beta_1=0.0, beta_2=0.99, final_rate=1.0),
            _half_life(),
            always(rules.AVERAGES, 1),
        ],
        data="fashion_mnist",
        images=200_000,
        image_size=64,
    )


def _batch_size() -> Rule:
    usual = rules.batch_size(32, on_cpu=8)

    def choose(plan: Plan) -> tuple[Value, str]:
        value, why = usual.choose(plan)
        most = 2 ** (max(4096 // _side(plan), 1).bit_length() - 1)
        return (most, f"4,096 / {_side(plan)} pixels") if most < value else (value, why)

    return Rule(rules.BATCH_SIZE, f"{usual.default}; at most 4,096 / side", choose)


def _channel_base() -> Rule:
    def choose(plan: Plan) -> tuple[Value, str]:
        large = _side(plan) >= _LARGE
        return (64 if large else 32) * plan["width"], f"twice as many, for {_LARGE} pixels a side or more" * large

    return Rule(_CHANNEL_BASE, f"32 times the width, from {_LARGE} pixels a side on 64 times", choose)


def _rate() -> Rule:
    def choose(plan: Plan) -> tuple[Value, str]:
        return (2e-3, f"for {_LARGEST} pixels a side or more") if _side(plan) >= _LARGEST else (2.5e-3, "")

    return Rule(rules.LEARNING_RATE, f"0.0025, but 0.002 from {_LARGEST} pixels a side on", choose)


def _side(plan: Plan) -> int:
    return max(plan.facts.sample_shape[:2])


def _latent_dim() -> Rule:
    return Rule(rules.LATENT_DIM, "the width; styles have as many", lambda plan: (plan["width"], ""))


def _half_life() -> Rule:
    def choose(plan: Plan) -> tuple[Value, str]:
        return 10_000 * plan["batch_size"] // 32 or 1, "10,000 x batch_size / 32"

    return Rule(rules.HALF_LIFE, "10,000 x batch_size / 32, StyleGAN2-ADA's rule", choose)


def _build(plan: Plan, seed: int) -> GAN:
    facts = rules.of_images(plan)
    networks = models.stylegan2(
        facts.sample_shape,
        latent_dim=plan["latent_dim"],
        style_dim=plan["latent_dim"],
        channel_base=plan["channel_base"],
        max_channels=plan["width"],
        mapping_depth=plan["mapping_depth"],
        mixing=plan["mixing"],
        group_size=min(_GROUP, plan["batch_size"]),
        **facts.condition,
        seed=seed,
    )
    terms: list[Term] = []
    if plan["r1"]:
        terms.append(R1(weight=plan["r1"], interval=_R1_INTERVAL))
    if plan["path_length"]:
        terms.append(PathLength(weight=plan["path_length"], interval=_PATH_LENGTH_INTERVAL))
    return rules.compiled(networks, plan, seed, terms, epsilon=1e-8)
