"""The recipes that there are, by name."""

from collections.abc import Sequence

import numpy as np

from keras_gan import models
from keras_gan.ops import platform
from keras_gan.recipes import residual, rules
from keras_gan.recipes.cut import cut
from keras_gan.recipes.cyclegan import cyclegan
from keras_gan.recipes.fastgan import fastgan
from keras_gan.recipes.pix2pix import pix2pix
from keras_gan.recipes.plan import Plan, Rule, always
from keras_gan.recipes.r3gan import r3gan
from keras_gan.recipes.recipe import Recipe
from keras_gan.recipes.settings import Integer, Value
from keras_gan.recipes.srgan import srgan
from keras_gan.recipes.stylegan2 import stylegan2
from keras_gan.training import GAN
from keras_gan.utils.validation import InputError, check_choice

_LARGE = 128  # pixels of the shorter side from which FastGAN is taken


def get(name: str) -> Recipe:
    """Return a recipe by its name.

    Raises:
        InputError: there is none of that name; the message lists those that exist.

    Example:
    ```python
    recipe = keras_gan.recipes.get("digits").but(images="100k")
    gan = recipe.fit(seed=1)
    ```
    """
    return _RECIPES[check_choice("recipe", name, _RECIPES)]


def register(recipe: Recipe) -> Recipe:
    """Add a recipe of your own to those that `get` finds, and return it; one that you gave before is replaced.

    Raises:
        InputError: it is none, or has the name of one of the package.

    Example:
    ```python
    digits = keras_gan.recipes.get("digits")
    long = keras_gan.recipes.register(digits.but(name="long_digits", images="5M"))
    ```
    """
    if not isinstance(recipe, Recipe):
        raise InputError(f"`recipe` must be a Recipe. Received: recipe={recipe!r}")
    if recipe.name in _OF_THE_PACKAGE:
        raise InputError(f"`name` of a recipe must be none of {sorted(_OF_THE_PACKAGE)}. Received: {recipe.name!r}")
    _RECIPES[recipe.name] = recipe
    return recipe


def names() -> list[str]:
    """Return the names of all recipes."""
    return sorted(_RECIPES)


def for_data(name_or_path: str, image_size: int | tuple[int, int] | None = None) -> Recipe:
    """Return the recipe of that name, or else the one that a data set or folder gets if nothing else is said.

    That is the DCGAN, or FastGAN where both sides are 128 pixels or more.

    Args:
        name_or_path: of a recipe, a data set or a folder.
        image_size: what images will be resized to, a side or height and width, in pixels; `None` for the recipe's.
            What is no size, like data that are not there, is an error when the recipe loads them.

    Example:
    ```python
    print(keras_gan.recipes.for_data("pictures", image_size=256).name)  # fastgan
    ```
    """
    size = {} if image_size is None else {"image_size": image_size}
    if name_or_path in _RECIPES:
        return _RECIPES[name_or_path].but(**size) if size else _RECIPES[name_or_path]
    sides = np.asarray(0 if image_size is None else image_size)
    large = np.issubdtype(sides.dtype, np.integer) and sides.min() >= _LARGE
    name, why = ("fastgan", "of 128x128 or larger") if large else ("dcgan", "smaller than 128x128")
    return get(name).but(data=name_or_path, reason=f"images {why}", **size)


def _mlp(plan: Plan, seed: int) -> GAN:
    facts, hidden = plan.facts, (plan["width"], plan["width"])
    latent_dim = plan["latent_dim"]
    networks = models.mlp(facts.sample_shape, latent_dim=latent_dim, hidden=hidden, seed=seed, **facts.condition)
    return rules.compiled(networks, plan, seed)


def _dcgan(plan: Plan, seed: int) -> GAN:
    facts = rules.of_images(plan)
    networks = models.dcgan(
        facts.sample_shape,
        latent_dim=plan["latent_dim"],
        width=plan["width"],
        **facts.condition,
        discriminator_batch_norm=False,
        seed=seed,
    )
    return rules.compiled(networks, plan, seed)


def _dcgan_width() -> Rule:
    # Of 3,786 emoji at 64x64, four minutes of two cores: three times as many images are seen at 32 as at 64, and the
    # samples are nearer to held-out ones, by examples/benchmarks/equal_time.py.
    def choose(plan: Plan) -> tuple[Value, str]:
        side = 32 if platform.has_gpu() else 64
        if plan.facts.count < 20_000 and plan.facts.pixels <= side * side:
            return 32, f"for few images of up to {side}x{side}" + ("" if platform.has_gpu() else " on CPUs")
        return 64, "for many or larger images"

    setting = Integer("width", "channels next to the image; they double inwards", maximum=4096, of_networks=True)
    return Rule(setting, "32 for fewer than 20,000 images of up to 64x64 pixels (on a GPU: 32x32), else 64", choose)


def _dcgan_rate() -> Rule:
    # Of 3,786 emoji at 64x64 (the page of results), after 122,944 images of 350,000: at 1.5e-3 the discriminator's loss
    # has leapt from 0.7 to 34 and to 15, and the Frechet distance is 470; at 1e-3 it has not, and that is 272.
    def choose(plan: Plan) -> tuple[Value, str]:
        if plan.facts.count >= rules.ENOUGH:
            return 1e-3, f"{rules.ENOUGH:,} images or more"
        if plan.facts.pixels > 32 * 32:
            return 1e-3, "for images larger than 32x32"
        return 1.5e-3, f"fewer than {rules.ENOUGH:,} images, of up to 32x32"

    default = f"0.0015 for fewer than {rules.ENOUGH:,} images of up to 32x32 pixels, else 0.001"
    return Rule(rules.LEARNING_RATE, default, choose)


def _dcgan_rules(r1: Rule, optimizers: Sequence[Rule], half_life: int) -> list[Rule]:
    return [
        rules.batch_size(64),
        always(rules.DISCRIMINATOR_STEPS, 1),
        _dcgan_width(),
        always(rules.LATENT_DIM, 100),
        always(rules.LOSS, "non_saturating"),
        r1,
        rules.augmentation_by_count(),
        *optimizers,
        always(rules.HALF_LIFE, half_life),
        always(rules.AVERAGES, 1),
    ]


# By examples/default_run.py with `--settings`, seed 0, of the emoji of its page of results: at step 329 of 2,345 their
# sliced Wasserstein distance is 5.1 times the floor with beta_1 0.5 and 3.4 times with 0, both at a rate of 1e-3 and
# with DiffAugment; then 2.4 times with ADA, and 2.0 times at 1.5e-3. At 2e-3 with DiffAugment it rises again (7.5 times
# at step 470). The fall of the rate takes out what is left of noise. R1 is ten times what StyleGAN2-ADA's rule says:
# after 2,345 steps 1.23 times the floor, beside 1.80 by the rule and 1.55 by thirty times it, at the price of the first
# 400 steps (2.5 times the floor at step 329). At 64x64, at 1.5e-3, it ends at 1.7 times in place of 2.5, at the same
# Frechet distance.
# Many pictures keep the usual momentum and rate, which were changed together: of 60,000 of Fashion-MNIST at 32x32, the
# Frechet distance after 101,000 images is 14.8 at 1.5e-3 without and 10.3 at 1e-3 with it, by
# examples/benchmarks/equal_time.py.
_SHORT = rules.optimizers(
    _dcgan_rate(),
    rules.by_count(rules.BETA_1, few=0.0, many=0.5),
    beta_2=0.99,
    final_rate=0.1,
)
_LONG = rules.optimizers(2e-4, beta_1=0.5, beta_2=0.999, final_rate=1.0)
_RECIPES = {
    recipe.name: recipe
    for recipe in (
        Recipe(
            "digits",
            "scikit-learn's 1,797 real digits (8x8), conditional; a minute on two cores",
            _mlp,
            rules=[
                rules.batch_size(64),
                always(rules.DISCRIMINATOR_STEPS, 1),
                always(Integer("width", "units of each of the two hidden layers", maximum=4096, of_networks=True), 256),
                always(rules.LATENT_DIM, 32),
                always(rules.LOSS, "non_saturating"),
                always(rules.R1_WEIGHT, 1.0),
                always(rules.AUGMENTATION, rules.NONE),
                # The falling rate ends the circling of the players, and with it the copying: see
                # examples/digits_quality.py.
                *rules.optimizers(1e-3, beta_1=0.5, beta_2=0.99, final_rate=0.05),
                always(rules.HALF_LIFE, 45_000),
                always(rules.AVERAGES, 1),
            ],
            data="digits",
            images=512_000,
        ),
        Recipe(
            "fashion_mnist",
            "Fashion-MNIST (28x28), conditional, DCGAN",
            _dcgan,
            rules=_dcgan_rules(always(rules.R1_WEIGHT, 0.05), _LONG, half_life=45_000),
            data="fashion_mnist",
            images=1_200_000,
            networks_of="dcgan",
        ),
        Recipe(
            "dcgan",
            "a folder or a TFDS data set of images, resized to 64x64, DCGAN; conditional where there are labels",
            _dcgan,
            rules=_dcgan_rules(rules.r1_by_side(times_for_few=10.0), _SHORT, half_life=10_000),
            data="fashion_mnist",
            images=150_000,
            image_size=64,
        ),
        residual.SNGAN,
        residual.SAGAN,
        residual.BIGGAN,
        residual.BIGGAN_DEEP,
        fastgan(),
        r3gan(),
        stylegan2(),
        pix2pix(),
        cyclegan(),
        cut(),
        srgan(),
    )
}
_OF_THE_PACKAGE = frozenset(_RECIPES)
