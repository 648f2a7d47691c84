"""The settings that recipes share, the rules by which they are chosen, and the GAN that follows from them."""

from collections.abc import Sequence

import keras

from keras_gan import augmentation as augmentations
from keras_gan import losses
from keras_gan.augmentation import Augmentation
from keras_gan.losses import AdversarialLoss
from keras_gan.models import Networks
from keras_gan.penalties import R1
from keras_gan.recipes.plan import Plan, Rule, always
from keras_gan.recipes.settings import Choice, Integer, Number, Value
from keras_gan.terms import Term
from keras_gan.training import GAN, ExponentialMovingAverage
from keras_gan.utils.registry import members

NONE = "none"
_ENOUGH = 20_000  # images that need no augmentation

BATCH_SIZE = Integer("batch_size", "samples a step", maximum=2**20)
LATENT_DIM = Integer("latent_dim", "numbers that a sample is made from", maximum=4096)
LOSS = Choice("loss", "the adversarial loss", choices=tuple(members(AdversarialLoss)))
R1_WEIGHT = Number("r1", "weight of the R1 penalty, gamma/2; 0 for none", maximum=1e6)
AUGMENTATION = Choice(
    "augmentation", "what images go through before they are judged", choices=(NONE, *members(Augmentation))
)
LEARNING_RATE = Number("learning_rate", "of both players' Adam", minimum=1e-8, maximum=1.0)
BETA_1 = Number("beta_1", "of Adam", maximum=0.9999)
BETA_2 = Number("beta_2", "of Adam", maximum=0.999999)
FINAL_RATE = Number("final_rate", "the part of the learning rate that is left at the end of decay", maximum=1.0)
DECAY = Integer("decay", "images in which the rate falls, as half a cosine", maximum=2**40)
HALF_LIFE = Integer("half_life", "of the moving average, in images; shorter at first", maximum=2**40)


def batch_size(most: int) -> Rule:
    """Return the rule of the batch: `most`, or what fewer samples fill."""

    def choose(plan: Plan) -> tuple[Value, str]:
        fits = min(most, 2 ** (max(plan.facts.count, 1).bit_length() - 1))
        return fits, "" if fits == most else f"the largest power of two that {plan.facts.count:,} samples fill"

    return Rule(BATCH_SIZE, f"{most}, or the largest power of two that fewer samples fill", choose)


def r1_by_side() -> Rule:
    """Return StyleGAN2-ADA's rule of R1: gamma is 0.0002 times the pixels by the batch (Karras et al. 2020)."""

    def choose(plan: Plan) -> tuple[Value, str]:
        weight = 1e-4 * plan.facts.pixels / plan["batch_size"]
        return weight, f"0.0001 x {plan.facts.pixels:,} pixels / batch_size {plan['batch_size']}"

    return Rule(R1_WEIGHT, "0.0001 x height x width / batch_size, StyleGAN2-ADA's rule", choose)


def augmentation_by_count() -> Rule:
    """Return the rule of augmentation: the fewer images, the sooner the discriminator knows them by heart.

    Measured by examples/benchmarks/how_many_images.py: of 100 grey images both augmentations help; from 500 on
    DiffAugment, whose brightness and squares change all of them from the first step on, does harm, and ADA, which
    begins when the discriminator overfits, does not. Of flags DiffAugment was measured, by examples/default_run.py.
    """

    def choose(plan: Plan) -> tuple[Value, str]:
        if plan.facts.count >= _ENOUGH:
            return NONE, f"{_ENOUGH:,} images or more"
        if plan.facts.sample_shape[-1] == 1:
            return "ada", f"fewer than {_ENOUGH:,} grey images"
        return "diff_augment", f"fewer than {_ENOUGH:,} images"

    default = f"for fewer than {_ENOUGH:,} images ada if they are grey, else diff_augment; for more none"
    return Rule(AUGMENTATION, default, choose)


def decay_by_length() -> Rule:
    """Return the rule of the falling rate: it falls over the whole length."""
    return Rule(DECAY, "the length", lambda plan: (plan.images, ""))


def optimizers(rate: float, beta_1: float, beta_2: float, final_rate: float) -> Sequence[Rule]:
    """Return the rules of two Adams that are alike."""
    return [
        always(LEARNING_RATE, rate),
        always(BETA_1, beta_1),
        always(BETA_2, beta_2),
        always(FINAL_RATE, final_rate),
        decay_by_length(),
    ]


def compiled(networks: Networks, plan: Plan, seed: int, terms: Sequence[Term] | None = None) -> GAN:
    """Return the GAN of these networks, with the rules of the game that the plan has chosen.

    Args:
        networks: a generator and a discriminator.
        plan: what was chosen.
        seed: of the training.
        terms: those of the recipe; `None` for R1 of the plan's weight.
    """
    if terms is None:
        terms = [R1(weight=plan["r1"])] if plan["r1"] else []
    average = ExponentialMovingAverage(half_life=plan["half_life"])
    gan = GAN(*networks, **plan.facts.condition, ema=average, seed=seed)
    gan.compile(
        _adam(plan, "generator"),
        _adam(plan, "discriminator"),
        loss=losses.get(plan["loss"]),
        terms=terms,
        augmentation=None if plan["augmentation"] == NONE else augmentations.get(plan["augmentation"]),
        steps_per_execution="auto",
    )
    return gan


def _adam(plan: Plan, player: str) -> keras.optimizers.Optimizer:
    rate = plan["learning_rate"]
    if plan["final_rate"] < 1.0:
        steps = max(plan["decay"] // plan["batch_size"], 1)
        rate = keras.optimizers.schedules.CosineDecay(rate, steps, alpha=plan["final_rate"])
    return keras.optimizers.Adam(rate, beta_1=plan["beta_1"], beta_2=plan["beta_2"], name=f"{player}_adam")
