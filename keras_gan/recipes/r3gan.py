"""The recipe of R3GAN: its networks, its loss with R1 and R2, and all that moves along its cosine."""

from typing import Any

import keras

from keras_gan import losses, models
from keras_gan.augmentation import ADA
from keras_gan.optimizers import Adam, Cosine
from keras_gan.penalties import R1, R2
from keras_gan.recipes import rules
from keras_gan.recipes.plan import Plan, Rule, always
from keras_gan.recipes.recipe import Recipe
from keras_gan.recipes.settings import Integer, Number, Value
from keras_gan.training import GAN, ExponentialMovingAverage

_SHARES = {"blit": 1.0, "geometry": 1.0, "color": 0.5, "cutout": 1.0}  # of p, as in the paper's code
_FINAL_BETA_2 = Number("final_beta_2", "of Adam, at the end of decay", maximum=0.999999)
_FINAL_R1 = Number("final_r1", "the part of the penalties' weights that is left at the end of decay", maximum=1.0)
_FINAL_P = Number("final_p", "probability of ADA's transformations at the end of decay; 0 at first", maximum=1.0)
_BLOCKS = Integer("blocks", "residual blocks of each size", maximum=64, of_networks=True)


def r3gan() -> Recipe:
    """Return the recipe, of Huang et al. 2024, arXiv:2501.05441, appendix; lengths are scaled to that of the run.

    The generator is compared with the reals of the discriminator's update, where the authors' code takes a second
    batch; the data are not mirrored; and on CPUs batches are smaller, and the rate of short trainings larger.
    """
    return Recipe(
        "r3gan",
        "a folder or a TFDS data set of images, resized to 64x64, R3GAN; conditional where there are labels",
        _build,
        rules=[
            rules.batch_size(64, on_cpu=16),
            rules.width_by_device(768, 32, "channels of the four innermost sizes; they halve outwards"),
            always(_BLOCKS, 2),
            always(rules.LATENT_DIM, 64),
            always(rules.LOSS, "relativistic"),
            _penalties_by_side(),
            always(_FINAL_R1, 0.1),
            always(rules.AUGMENTATION, "ada"),
            always(_FINAL_P, 0.3),
            rules.rate_by_length(paper=2e-4, short=1e-3, paper_width=768),
            always(rules.BETA_1, 0.0),
            always(rules.BETA_2, 0.9),
            always(rules.FINAL_RATE, 0.25),
            rules.decay_by_length(),
            always(_FINAL_BETA_2, 0.99),
            _half_life(),
            always(rules.AVERAGES, 1),
        ],
        data="fashion_mnist",
        images=200_000,
        image_size=64,
    )


def _penalties_by_side() -> Rule:
    """Return the rule of R1 and R2: what lies between the paper's gammas, of 2 for 64x64 and of 150 for 256x256."""

    def choose(plan: Plan) -> tuple[Value, str]:
        return (plan.facts.pixels / 4096) ** 1.56, f"({plan.facts.pixels:,} pixels / 4,096)^1.56, for R2 too"

    return Rule(rules.R1_WEIGHT, "(height x width / 4,096)^1.56, between the paper's; R2 has the same", choose)


def _half_life() -> Rule:
    def choose(plan: Plan) -> tuple[Value, str]:
        return max(plan["decay"] // 40, 1), "a fortieth of decay, to which it grows from 0"

    return Rule(rules.HALF_LIFE, "a fortieth of decay, the paper's for faces", choose)


def _build(plan: Plan, seed: int) -> GAN:
    facts = rules.of_images(plan)
    networks = models.r3gan(
        facts.sample_shape,
        latent_dim=plan["latent_dim"],
        width=plan["width"],
        blocks=plan["blocks"],
        **facts.condition,
        seed=seed,
    )
    averages = rules.averaged(plan, lambda life: _average(plan, life))
    gan = GAN(*networks, **facts.condition, ema=averages, seed=seed)
    penalty = _along(plan, plan["r1"], plan["r1"] * plan["final_r1"])
    gan.compile(
        _adam(plan, "generator"),
        _adam(plan, "discriminator"),
        loss=losses.get(plan["loss"]),
        terms=[R1(weight=penalty), R2(weight=penalty)] if plan["r1"] else [],
        augmentation=_augmentation(plan),
        steps_per_execution="auto",
        jit_compile=plan.jit_compile,
    )
    return gan


def _average(plan: Plan, half_life: float) -> ExponentialMovingAverage:
    length = half_life if plan.fine_tunes else _along(plan, 0.0, half_life)
    return ExponentialMovingAverage(half_life=length, warm_up=False)


def _along(plan: Plan, start: float, end: float) -> Cosine:
    return Cosine.over(plan["decay"], start, end, plan["batch_size"])


def _adam(plan: Plan, player: str) -> keras.optimizers.Optimizer:
    rate = plan["learning_rate"]
    return Adam(
        _along(plan, rate, rate * plan["final_rate"]),
        beta_1=plan["beta_1"],
        beta_2=_along(plan, plan["beta_2"], plan["final_beta_2"]),
        name=f"{player}_adam",
    )


def _augmentation(plan: Plan) -> Any:
    if plan["augmentation"] != "ada":
        return rules.augmentation_of(plan)
    channels = plan.facts.sample_shape[-1]
    shares = {group: share for group, share in _SHARES.items() if group != "color" or channels <= 4}
    return ADA(shares, target=None, p=_along(plan, 0.0, plan["final_p"]))
