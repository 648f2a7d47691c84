"""The settings that recipes share, the rules by which they are chosen, and the GAN that follows from them."""

from collections.abc import Callable, Sequence

import keras

from keras_gan import augmentation as augmentations
from keras_gan import losses
from keras_gan.augmentation import ADA, Augmentation
from keras_gan.augmentation.ada import MOST_COLORS
from keras_gan.losses import AdversarialLoss
from keras_gan.models import Networks
from keras_gan.ops import platform
from keras_gan.optimizers import Cosine, Linear
from keras_gan.penalties import R1
from keras_gan.recipes.plan import Facts, Plan, Rule, always, shown
from keras_gan.recipes.settings import Choice, Integer, Number, Setting, Value
from keras_gan.terms import Term
from keras_gan.training import GAN, ExponentialMovingAverage
from keras_gan.training.game.moving_average import MovingAverage
from keras_gan.utils.registry import members
from keras_gan.utils.validation import InputError

NONE = "none"
ENOUGH = 20_000  # images that need no augmentation
_MANY = 20_000  # steps, from which on papers' rates are kept; where it turns was not measured
_FINE_TUNING_SPEED = 100_000  # of ADA: in so many images p moves by 1; 500,000 else, both as in its authors' code

BATCH_SIZE = Integer("batch_size", "samples a step", maximum=2**20)
LATENT_DIM = Integer("latent_dim", "numbers that a sample is made from", maximum=4096, of_networks=True)
LOSS = Choice("loss", "the adversarial loss", choices=tuple(members(AdversarialLoss)))
R1_WEIGHT = Number("r1", "weight of the R1 penalty, gamma/2; 0 for none", maximum=1e6)
AUGMENTATION = Choice(
    "augmentation", "what images go through before they are judged", choices=(NONE, *members(Augmentation))
)
LEARNING_RATE = Number("learning_rate", "of the generator's Adam", minimum=1e-8, maximum=1.0)
RATE_RATIO = Number("rate_ratio", "the discriminator's learning rate by the generator's", minimum=1e-3, maximum=1e3)
BETA_1 = Number("beta_1", "of Adam", maximum=0.9999)
BETA_2 = Number("beta_2", "of Adam", maximum=0.999999)
FINAL_RATE = Number("final_rate", "the part of the learning rate that is left at the end of decay", maximum=1.0)
DECAY = Integer("decay", "images in which the rate falls", maximum=2**40)
SCHEDULE = Choice(
    "schedule",
    "how it falls: as half a cosine, as a line, or as a line in the second half",
    choices=("cosine", "linear", "late_linear"),
)
DISCRIMINATOR_STEPS = Integer(
    "discriminator_steps", "the discriminator's updates to one of the generator's; they share a batch", maximum=100
)
HALF_LIFE = Integer("half_life", "of the moving average, in images; shorter at first", maximum=2**40)
AVERAGES = Integer(
    "averages", "moving averages that are kept: of half_life, of a quarter of it, of four times it", maximum=3
)
_LENGTHS = (1.0, 0.25, 4.0)  # of the averages, in half-lives


def of_images(plan: Plan) -> Facts:
    """Return the facts of the data, which are images.

    Raises:
        InputError: they are not.
    """
    if len(plan.facts.sample_shape) != 3:
        raise InputError(f"This recipe is for images. Received: samples of shape {plan.facts.sample_shape}")
    return plan.facts


def batch_size(most: int, on_cpu: int | None = None) -> Rule:
    """Return the rule of the batch: `most`, or what fewer samples fill; `on_cpu` where there is no GPU.

    Small batches make more steps of as many images, which is what counts in short trainings (docs/results.md, rates of
    short trainings), and on a CPU an image costs little more in them: at 64x64 10 to 30 %.
    """

    def choose(plan: Plan) -> tuple[Value, str]:
        on_this, why = (most, "") if on_cpu is None or platform.has_gpu() else (on_cpu, "for CPUs")
        fits = min(on_this, 2 ** (max(plan.facts.count, 1).bit_length() - 1))
        return fits, why if fits == on_this else f"the largest power of two that {plan.facts.count:,} samples fill"

    sizes = f"{most}" if on_cpu is None else f"{most} on a GPU, else {on_cpu}"
    return Rule(BATCH_SIZE, f"{sizes}, or the largest power of two that fewer samples fill", choose)


def width_by_device(paper: int, on_cpu: int, meaning: str) -> Rule:
    """Return the rule of the width: the paper's on a GPU, and what CPUs can do."""

    def choose(plan: Plan) -> tuple[Value, str]:
        return (paper, "for a GPU, as in the paper") if platform.has_gpu() else (on_cpu, "for CPUs")

    return Rule(
        Integer("width", meaning, maximum=4096, of_networks=True),
        f"{paper}, the paper's, on a GPU, else {on_cpu}",
        choose,
    )


def r1_by_side(times_for_few: float = 1.0) -> Rule:
    """Return StyleGAN2-ADA's rule of R1: gamma is 0.0002 times the pixels by the batch (Karras et al. 2020).

    Args:
        times_for_few: by what the weight is multiplied where there are few images.
    """
    share = 1e-4
    default = f"{share} x height x width / batch_size, StyleGAN2-ADA's rule"
    if times_for_few != 1.0:
        default += f"; {times_for_few:g} times that for fewer than {ENOUGH:,} images"

    def choose(plan: Plan) -> tuple[Value, str]:
        factor, why = share, ""
        if times_for_few != 1.0 and plan.facts.count < ENOUGH:
            factor, why = share * times_for_few, f", fewer than {ENOUGH:,} images"
        reason = f"{factor:g} x {plan.facts.pixels:,} pixels / batch_size {plan['batch_size']}{why}"
        return factor * plan.facts.pixels / plan["batch_size"], reason

    return Rule(R1_WEIGHT, default, choose)


def augmentation_by_count() -> Rule:
    """Return the rule of augmentation: the fewer images, the sooner the discriminator knows them by heart.

    Measured by examples/benchmarks/how_many_images.py: of 100 digits both augmentations help; of 500 and more, and
    of any number of Fashion-MNIST, DiffAugment, whose brightness and squares change all of them from the first step
    on, does harm, and ADA, which begins when the discriminator overfits, does not. In colour, of 100 emoji, the seeds
    differ by more than the augmentations; of 2,840, at step 329 of examples/default_run.py at a rate of 1e-3, ADA is
    at 2.4 times the floor and DiffAugment at 3.4 times.
    """

    def choose(plan: Plan) -> tuple[Value, str]:
        if plan.facts.count >= ENOUGH:
            return NONE, f"{ENOUGH:,} images or more"
        if plan.facts.sample_shape[-1] > MOST_COLORS:
            return "diff_augment", f"fewer than {ENOUGH:,} images, of more than {MOST_COLORS} channels"
        faster = f", moved by 1 in {_FINE_TUNING_SPEED:,} images" if plan.fine_tunes else ""
        return "ada", f"fewer than {ENOUGH:,} images{faster}"

    default = (
        f"for fewer than {ENOUGH:,} images ada, or diff_augment of more than {MOST_COLORS} channels; for more none"
    )
    return Rule(AUGMENTATION, default, choose)


def decay_by_length() -> Rule:
    """Return the rule of the falling rate: it falls over the whole length."""
    return Rule(DECAY, "the length", lambda plan: (plan.images, ""))


def by_count(setting: Setting, few: Value, many: Value) -> Rule:
    """Return the rule that chooses one value for few images, which are augmented, and another for many."""

    def choose(plan: Plan) -> tuple[Value, str]:
        if plan.facts.count < ENOUGH:
            return few, f"fewer than {ENOUGH:,} images"
        return many, f"{ENOUGH:,} images or more"

    return Rule(setting, f"{shown(few)} for fewer than {ENOUGH:,} images, else {shown(many)}", choose)


def rate_by_length(paper: float, short: float, paper_width: int) -> Rule:
    """Return the rule of the rate: the paper's, or a larger one where networks are narrower and have few steps to go.

    Papers train for hundreds of thousands of steps. In 477 to 1,875 of them, on Fashion-MNIST, narrow networks get much
    further at larger rates: docs/results.md, rates of short trainings.
    """

    def choose(plan: Plan) -> tuple[Value, str]:
        if plan["width"] >= paper_width:
            return paper, f"the paper's, of width {paper_width}"
        if plan.steps >= _MANY:
            return paper, f"the paper's, for {_MANY:,} steps or more"
        times = f"{short / paper:g} times the paper's"
        return short, f"{times}, for fewer than {_MANY:,} steps, of width below {paper_width}"

    default = f"the paper's {paper:g}, but {short:g} for fewer than {_MANY:,} steps of width below {paper_width}"
    return Rule(LEARNING_RATE, default, choose)


def optimizers(
    rate: float | Rule,
    beta_1: float | Rule,
    beta_2: float,
    final_rate: float,
    ratio: float = 1.0,
    schedule: str = "cosine",
) -> Sequence[Rule]:
    """Return the rules of two Adams that are alike but for their rates, whose ratio is given.

    Two rates instead of several updates of the discriminator: Heusel et al. 2017, arXiv:1706.08500.
    """
    return [
        rate if isinstance(rate, Rule) else always(LEARNING_RATE, rate),
        always(RATE_RATIO, ratio),
        beta_1 if isinstance(beta_1, Rule) else always(BETA_1, beta_1),
        always(BETA_2, beta_2),
        always(FINAL_RATE, final_rate),
        decay_by_length(),
        always(SCHEDULE, schedule),
    ]


def compiled(
    networks: Networks,
    plan: Plan,
    seed: int,
    terms: Sequence[Term] | None = None,
    epsilon: float = 1e-7,
    augmentation: Augmentation | None = None,
) -> GAN:
    """Return the GAN of these networks, with the rules of the game that the plan has chosen.

    Args:
        networks: a generator and a discriminator.
        plan: what was chosen.
        seed: of the training.
        terms: those of the recipe; `None` for R1 of the plan's weight.
        epsilon: of Adam: Keras's, or that of a paper.
        augmentation: in place of the plan's as it is by name.
    """
    averages = averaged(plan, lambda life: ExponentialMovingAverage(half_life=life, warm_up=not plan.fine_tunes))
    gan = GAN(*networks, **plan.facts.condition, ema=averages, seed=seed)
    gan.compile(
        adam(plan, "generator", epsilon),
        adam(plan, "discriminator", epsilon),
        loss=losses.get(plan["loss"]),
        terms=r1(plan) if terms is None else terms,
        augmentation=augmentation or augmentation_of(plan),
        discriminator_steps=plan["discriminator_steps"],
        steps_per_execution="auto",
        jit_compile=plan.jit_compile,
    )
    return gan


def augmentation_of(plan: Plan) -> Augmentation | None:
    """Return the plan's augmentation; ADA moves faster when fine-tuning."""
    if plan["augmentation"] == "ada" and plan.fine_tunes:
        return ADA(speed=_FINE_TUNING_SPEED)
    return None if plan["augmentation"] == NONE else augmentations.get(plan["augmentation"])


def averaged(plan: Plan, of: Callable[[float], MovingAverage]) -> MovingAverage | list[MovingAverage]:
    """Return the moving average of the plan's half-life, or several; `of` makes one of a half-life in images."""
    averages = [of(length * plan["half_life"]) for length in _LENGTHS[: plan["averages"]]]
    return averages[0] if len(averages) == 1 else averages


def r1(plan: Plan) -> list[Term]:
    """Return R1 of the plan's weight, if there is one."""
    return [R1(weight=plan["r1"])] if plan["r1"] else []


def adam(plan: Plan, player: str, epsilon: float = 1e-7) -> keras.optimizers.Optimizer:
    """Return a player's Adam, with the rate that falls over the plan's length."""
    first_rate = plan["learning_rate"] * (plan["rate_ratio"] if player == "discriminator" else 1.0)
    rate: float | keras.optimizers.schedules.LearningRateSchedule = first_rate
    if plan["final_rate"] < 1.0:
        updates = plan.values.get("discriminator_steps", 1) if player == "discriminator" else 1
        rate = _falling(plan, first_rate, int(updates))
    betas = {"beta_1": plan["beta_1"], "beta_2": plan["beta_2"]}
    return keras.optimizers.Adam(rate, **betas, epsilon=epsilon, name=f"{player}_adam")


def outlasts_its_rate(plan: Plan) -> bool:
    """Return whether the learning rate is 0 before the training ends: nothing would be learnt from there on."""
    return bool(plan.values.get("final_rate") == 0 and plan["decay"] < plan.images)


def _falling(plan: Plan, rate: float, updates: int) -> keras.optimizers.schedules.LearningRateSchedule:
    """Return the falling rate of an optimizer with so many updates a step: both players' end together."""
    if outlasts_its_rate(plan):
        raise InputError(
            "`decay` must be at least the length where the learning rate falls to 0, beyond which nothing is learnt. "
            f"Received: decay={plan['decay']:,}, final_rate=0 and a length of {plan.images:,} images"
        )
    steps = max(plan["decay"] // plan["batch_size"], 1) * updates
    end = rate * plan["final_rate"]
    if plan["schedule"] == "cosine":
        return Cosine(rate, end, steps)
    return Linear(rate, end, steps, hold=steps // 2 if plan["schedule"] == "late_linear" else 0)
