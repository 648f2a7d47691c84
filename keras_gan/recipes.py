"""Named assemblies: networks, loss, terms, optimizers and data that are known to work together.

```python
gan = keras_gan.recipes.get("digits").fit()   # trained; gan.sample(10)
```
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, Self

import keras

from keras_gan import data as data_lib
from keras_gan import models
from keras_gan.data import ArrayData
from keras_gan.penalties import R1
from keras_gan.training import GAN
from keras_gan.utils.validation import InputError, check_choice, check_integer


@dataclass(frozen=True)
class Recipe:
    """Everything that a training run needs, before anything is loaded or built.

    Attributes:
        name: what `get` finds it by.
        summary: one line for people.
        build: makes the compiled GAN from the data, a seed, the epochs and the steps of an epoch.
        data: what is trained on: a name or a path for `keras_gan.data.load`.
        batch_size: samples that one step consumes.
        epochs: how many epochs `fit` runs.
        steps_per_epoch: the length of an epoch in steps; `None` for one pass over the data.
        image_size: the side or `(height, width)` that images are resized to; `None` keeps theirs.
        split: the part of the data, as TFDS writes it.
        on_bad_image: `"error"` or `"skip"`, as in `keras_gan.data.load`.
        load_options: further ones of `keras_gan.data.load`: `fit`, `channels`, `background`, `value_range`, `labels`.
    """

    name: str
    summary: str
    build: Callable[[ArrayData, int, int, int], GAN] = field(repr=False)
    data: str
    batch_size: int
    epochs: int
    steps_per_epoch: int | None = None
    image_size: int | tuple[int, int] | None = None
    split: str = "train"
    on_bad_image: str = "error"
    load_options: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_integer("epochs", self.epochs)
        check_integer("batch_size", self.batch_size)
        if self.steps_per_epoch is not None:
            check_integer("steps_per_epoch", self.steps_per_epoch)

    def load(self, seed: int = 0) -> ArrayData:
        """Load the data; `seed` orders it."""
        return data_lib.load(
            self.data,
            image_size=self.image_size,
            batch_size=self.batch_size,
            seed=seed,
            split=self.split,
            on_bad_image=self.on_bad_image,
            **self.load_options,
        )

    def make(self, data: ArrayData, seed: int = 0) -> GAN:
        """Return the compiled GAN for `data`, not trained yet."""
        return self.build(data, seed, self.epochs, self._steps(data))

    def train(
        self, gan: GAN, data: ArrayData, callbacks: Sequence[keras.callbacks.Callback] = (), **options: Any
    ) -> None:
        """Train `gan` on `data` for this recipe's epochs; `options` are further ones of `fit`."""
        gan.fit(data, epochs=self.epochs, steps_per_epoch=self._steps(data), callbacks=list(callbacks), **options)

    def steps(self, data: ArrayData) -> int:
        """Return how many steps the whole training on `data` has."""
        return self.epochs * self._steps(data)

    def _steps(self, data: ArrayData) -> int:
        one_pass = data.steps_per_epoch  # raises if the data do not fill a batch
        return self.steps_per_epoch or one_pass

    def fit(
        self, seed: int = 0, callbacks: Sequence[keras.callbacks.Callback] = (), verbose: int | str = "auto"
    ) -> GAN:
        """Load the data, make the GAN, train it and return it."""
        data = self.load(seed)
        gan = self.make(data, seed)
        self.train(gan, data, callbacks, verbose=verbose)
        return gan

    @property
    def options(self) -> dict[str, Any]:
        """What `but` can change, and JSON can hold."""
        return {f.name: getattr(self, f.name) for f in fields(self) if f.name not in ("name", "summary", "build")}

    def but(self, **changes: Any) -> Self:
        """Return this recipe with some of its attributes changed."""
        return replace(self, **changes)


def get(name: str) -> Recipe:
    """Return a recipe by its name.

    Raises:
        InputError: there is none of that name; the message lists those that exist.

    Example:
    ```python
    recipe = keras_gan.recipes.get("digits").but(epochs=2)
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
    long = keras_gan.recipes.register(digits.but(name="long_digits", epochs=100))
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


def for_data(name_or_path: str) -> Recipe:
    """Return the recipe of that name, or else the DCGAN on the data set or folder `name_or_path`."""
    return _RECIPES.get(name_or_path) or get("dcgan").but(data=name_or_path)


def _digits(data: ArrayData, seed: int, epochs: int, steps_per_epoch: int) -> GAN:
    networks = models.mlp(data.sample_shape, latent_dim=32, hidden=(256, 256), num_classes=data.num_classes, seed=seed)
    gan = GAN(*networks, num_classes=data.num_classes, ema=0.999, seed=seed)
    gan.compile(
        # The falling rate ends the circling of the players, and with it the copying: see examples/digits_quality.py.
        *_adams(
            keras.optimizers.schedules.CosineDecay(1e-3, epochs * steps_per_epoch, alpha=0.05), beta_1=0.5, beta_2=0.99
        ),
        loss="non_saturating",
        terms=[R1(weight=1.0)],
        steps_per_execution="auto",
    )
    return gan


def _dcgan(data: ArrayData, seed: int, epochs: int, steps_per_epoch: int) -> GAN:
    if len(data.sample_shape) != 3:
        raise InputError(f"This recipe is for images. Received: samples of shape {data.sample_shape}")
    networks = models.dcgan(data.sample_shape, num_classes=data.num_classes, discriminator_batch_norm=False, seed=seed)
    gan = GAN(*networks, num_classes=data.num_classes, ema=0.999, seed=seed)
    gan.compile(
        *_adams(2e-4, beta_1=0.5),
        loss="non_saturating",
        terms=[R1(weight=0.05)],
        steps_per_execution="auto",
    )
    return gan


def _adams(
    rate: float | keras.optimizers.schedules.LearningRateSchedule, **betas: float
) -> tuple[keras.optimizers.Optimizer, keras.optimizers.Optimizer]:
    """Return the optimizers of the generator and of the discriminator, alike."""
    generator, discriminator = (
        keras.optimizers.Adam(rate, name=f"{player}_adam", **betas) for player in ("generator", "discriminator")
    )
    return generator, discriminator


_RECIPES = {
    recipe.name: recipe
    for recipe in (
        Recipe(
            "digits",
            "scikit-learn's 1,797 real digits (8x8), conditional; a minute on two cores",
            _digits, data="digits", batch_size=64, epochs=8, steps_per_epoch=1000,
        ),
        Recipe(
            "fashion_mnist",
            "Fashion-MNIST (28x28), conditional, DCGAN",
            _dcgan, data="fashion_mnist", batch_size=64, epochs=20,
        ),
        Recipe(
            "dcgan",
            "a folder or a TFDS data set of images, resized to 64x64, DCGAN; conditional where there are labels",
            _dcgan, data="fashion_mnist", batch_size=64, epochs=50, image_size=64,
        ),
    )
}  # fmt: skip
_OF_THE_PACKAGE = frozenset(_RECIPES)
