"""The recipes of the residual networks: SNGAN, SAGAN and BigGAN."""

from collections.abc import Callable, Sequence

from keras_gan import models
from keras_gan.ops import platform
from keras_gan.recipes import rules
from keras_gan.recipes.plan import Plan, Rule, always
from keras_gan.recipes.recipe import Recipe
from keras_gan.recipes.settings import Integer, Number, Value
from keras_gan.terms import OrthogonalRegularization
from keras_gan.training import GAN

_ATTENTION = Integer(
    "attention", "the side of the largest maps that attention is for; 0 for none", 0, 4096, of_networks=True
)
_EPSILON = 1e-8  # of Adam, in the frameworks of the papers
_ORTHOGONAL = Number("orthogonal", "weight of the orthogonal regularization; 0 for none", maximum=1e6)


def _sngan(plan: Plan, seed: int) -> GAN:
    facts = rules.of_images(plan)
    networks = models.sngan(facts.sample_shape, plan["latent_dim"], plan["width"], **facts.condition, seed=seed)
    return rules.compiled(networks, plan, seed, epsilon=_EPSILON)


def _sagan(plan: Plan, seed: int) -> GAN:
    facts = rules.of_images(plan)
    attention: int | None = plan["attention"] or None
    networks = models.sagan(
        facts.sample_shape, plan["latent_dim"], plan["width"], **facts.condition, attention=attention, seed=seed
    )
    return rules.compiled(networks, plan, seed, epsilon=_EPSILON)


def _biggan(plan: Plan, seed: int, build: Callable[..., models.Networks] = models.biggan) -> GAN:
    facts = rules.of_images(plan)
    told = {**facts.condition, "attention": plan["attention"] or None}
    networks = build(facts.sample_shape, plan["latent_dim"], plan["width"], **told, seed=seed)
    terms = [OrthogonalRegularization(weight=plan["orthogonal"])] if plan["orthogonal"] else []
    return rules.compiled(networks, plan, seed, [*rules.r1(plan), *terms], epsilon=_EPSILON)


def _biggan_deep(plan: Plan, seed: int) -> GAN:
    return _biggan(plan, seed, models.biggan_deep)


def _width(paper: int) -> Rule:
    """Return the rule of the width: the paper's, or a quarter for few images, which need no more, and for CPUs."""

    def choose(plan: Plan) -> tuple[Value, str]:
        if plan.facts.count < rules.ENOUGH:
            return paper // 4, f"a quarter of the paper's, for fewer than {rules.ENOUGH:,} images"
        return (paper, "for a GPU, as in the paper") if platform.has_gpu() else (paper // 4, "for CPUs")

    default = f"{paper}, the paper's, for {rules.ENOUGH:,} images or more on a GPU, else {paper // 4}"
    return Rule(Integer("width", "the unit of the channels", maximum=4096, of_networks=True), default, choose)


def _rules(
    batch_size: Rule,
    discriminator_steps: int,
    width: int,
    latent_dim: int,
    rates: Sequence[Rule],
    half_life: int,
    own: Sequence[Rule] = (),
) -> Sequence[Rule]:
    """Return the rules of a recipe, most of which these networks have in common."""
    return [
        batch_size,
        always(rules.DISCRIMINATOR_STEPS, discriminator_steps),
        _width(width),
        always(rules.LATENT_DIM, latent_dim),
        *own,
        always(rules.LOSS, "hinge"),
        always(rules.R1_WEIGHT, 0.0),
        rules.augmentation_by_count(),
        *rates,
        always(rules.HALF_LIFE, half_life),
        always(rules.AVERAGES, 1),
    ]


def _biggan_rules(width: int, latent_dim: int) -> Sequence[Rule]:
    # Rates of the authors' code; 5e-5 and 2e-4 in the paper, of 2,048 images an update. The larger ones are ours.
    rate = rules.rate_by_length(1e-4, 2.5e-4, paper_width=width)
    rates = rules.optimizers(rate, beta_1=0.0, beta_2=0.999, final_rate=1.0, ratio=4.0)
    own = [always(_ATTENTION, 64), always(_ORTHOGONAL, 1e-4)]
    return _rules(rules.batch_size(128, on_cpu=32), 2, width, latent_dim, rates, half_life=20_000, own=own)


SNGAN = Recipe(
    "sngan",
    "images resized to 64x64, or of any side: residual networks, a discriminator with spectral normalization",
    _sngan,
    rules=_rules(
        # 32 an update of each player, where the paper has 64 of the discriminator and 128 of the generator; 320 is the
        # former, and the generator has what one of the discriminator's updates has.
        batch_size=rules.batch_size(160),
        discriminator_steps=5,
        width=64,
        latent_dim=128,
        # To 0 in the paper; what is left lets a run go on that is told to be longer. The larger rate is ours.
        rates=rules.optimizers(
            rules.rate_by_length(2e-4, 1e-3, paper_width=64),
            beta_1=0.0,
            beta_2=0.9,
            final_rate=0.01,
            schedule="linear",
        ),
        half_life=50_000,
    ),
    data="fashion_mnist",
    images=1_000_000,
    image_size=64,
)
SAGAN = Recipe(
    "sagan",
    "SNGAN with attention, and spectral normalization in both networks",
    _sagan,
    rules=_rules(
        batch_size=rules.batch_size(64, on_cpu=16),
        discriminator_steps=1,
        width=64,
        latent_dim=128,
        rates=rules.optimizers(
            rules.rate_by_length(1e-4, 2.5e-4, paper_width=64), beta_1=0.0, beta_2=0.9, final_rate=1.0, ratio=4.0
        ),
        half_life=20_000,
        own=[always(_ATTENTION, 32)],
    ),
    data="fashion_mnist",
    images=400_000,
    image_size=64,
)
BIGGAN = Recipe(
    "biggan",
    "SAGAN with latents and labels in each block, initialized and regularized orthogonally; for many images",
    _biggan,
    rules=_biggan_rules(width=96, latent_dim=120),
    data="fashion_mnist",
    images=800_000,
    image_size=64,
)
BIGGAN_DEEP = Recipe(
    "biggan_deep",
    "BigGAN of twice the depth, in bottlenecks",
    _biggan_deep,
    rules=_biggan_rules(width=128, latent_dim=128),
    data="fashion_mnist",
    images=800_000,
    image_size=64,
)
