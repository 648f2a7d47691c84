"""Named assemblies: what a training is made of, before anything is loaded or built."""

import contextlib
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, Self

import keras

from keras_gan import data as data_lib
from keras_gan import loading
from keras_gan.data import ArrayData
from keras_gan.recipes.length import divided, steps_for
from keras_gan.recipes.plan import Facts, Plan, Rule
from keras_gan.recipes.settings import Setting, Value
from keras_gan.training.generative_model import GenerativeModel
from keras_gan.utils.validation import InputError, check_choice, check_count, check_integer, warn

# What a recipe is, and no option of it.
_OWN = ("name", "networks_of", "summary", "reason", "build", "rules", "read", "read_settings", "settings")
_LENGTHS = ("images", "epochs")


@dataclass(frozen=True)
class Recipe:
    """Everything that a training needs: what it is about, how long it is, and the rules by which it chooses the rest.

    It is a function of what the data are and of what was set: `plan(data)` tells what it chooses, and why, before
    anything is built.

    Attributes:
        name: what `get` finds it by.
        summary: one line for people.
        build: makes the compiled GAN, or another game, from the plan and a seed.
        rules: one for each setting, in the order in which they are followed; the first is that of `batch_size`.
        data: what is trained on: a name or a path for `keras_gan.data.load`.
        images: the length: how many samples the training sees; an integer, or text such as `"400k"`.
        epochs: the length in passes over the data instead; exactly one of both is not `None`.
        steps_per_epoch: of `fit`; `None` for one pass where the length is in epochs, else as `length` has it.
        image_size: the side or `(height, width)` that images are resized to; `None` keeps theirs.
        split: the part of the data, as TFDS writes it.
        on_bad_image: `"error"` or `"skip"`, as in `keras_gan.data.load`.
        load_options: further ones of `keras_gan.data.load`: `fit`, `channels`, `background`, `value_range`, `labels`.
        read: what reads the data, with the options of `keras_gan.data.load`.
        read_settings: the names of settings that it takes too, where they are set.
        settings: what was set, in place of what the rules choose.
        networks_of: the recipe that has the same networks, which files tell of; an empty text where it is this one.
        start: a `.keras` file, or the directory of a run, whose weights, moving average and state of augmentation are
            where the training begins: fine-tuning. `None` for random weights.
        freeze: how many convolutions of the discriminator, from the image on, stay as they are in `start` (FreezeD: Mo
            et al. 2020, arXiv:2002.10964).
        reason: why this recipe was taken, in words; an empty text where it was asked for.

    Example:
    ```python
    recipe = keras_gan.recipes.get("dcgan").but(images="100k", loss="hinge", width=16)
    print(recipe.plan(keras_gan.data.ImageData(images, batch_size=8)))  # what it chooses for these, and why
    ```
    """

    name: str
    summary: str
    build: Callable[[Plan, int], GenerativeModel] = field(repr=False)
    rules: Sequence[Rule] = field(repr=False)
    data: str
    images: int | str | None = None
    epochs: int | None = None
    steps_per_epoch: int | None = None
    image_size: int | tuple[int, int] | None = None
    split: str = "train"
    on_bad_image: str = "error"
    load_options: Mapping[str, Any] = field(default_factory=dict)
    read: Callable[..., ArrayData] = field(default=data_lib.load, repr=False)
    read_settings: Sequence[str] = field(default=(), repr=False)
    settings: Mapping[str, Value] = field(default_factory=dict)
    networks_of: str = field(default="", repr=False)
    start: str | None = None
    freeze: int = 0
    reason: str = ""

    def __post_init__(self) -> None:
        if (self.images is None) == (self.epochs is None):
            raise InputError(
                "Exactly one of `images` and `epochs` must be given. "
                f"Received: images={self.images!r} and epochs={self.epochs!r}"
            )
        if self.images is not None:
            object.__setattr__(self, "images", check_count("images", self.images))  # frozen
        if self.epochs is not None:
            check_integer("epochs", self.epochs)
        if self.steps_per_epoch is not None:
            check_integer("steps_per_epoch", self.steps_per_epoch)
        # As JSON gives them back: a list is as good as a tuple.
        kept = {name: tuple(v) if isinstance(v, list) else v for name, v in self.load_options.items()}
        kept = {name: os.fspath(v) if isinstance(v, os.PathLike) else v for name, v in kept.items()}
        object.__setattr__(self, "load_options", kept)
        if isinstance(self.image_size, list):
            object.__setattr__(self, "image_size", tuple(self.image_size))
        object.__setattr__(self, "data", os.fspath(self.data))
        object.__setattr__(self, "start", None if self.start is None else os.fspath(self.start))
        if check_integer("freeze", self.freeze, minimum=0) and self.start is None:
            raise InputError(
                "`freeze` must be 0 without a `start`: layers that have learnt nothing would stay so. "
                f"Received: freeze={self.freeze}"
            )
        known = {rule.setting.name: rule.setting for rule in self.rules}
        checked = {check_choice("setting", name, known): known[name].check(v) for name, v in self.settings.items()}
        object.__setattr__(self, "settings", checked)

    def but(self, **changes: Any) -> Self:
        """Return this recipe with some of its attributes or settings changed.

        Args:
            **changes: by name; `images` takes the place of `epochs`, and `epochs` that of `images`.

        Raises:
            InputError: there is nothing of that name, and the message tells the nearest; or a value is out of range.

        Example:
        ```python
        recipe = keras_gan.recipes.get("dcgan").but(data="pictures", image_size=32, images="200k", r1=0.01)
        ```
        """
        own = {f.name for f in fields(self)}
        names = [*own, *(rule.setting.name for rule in self.rules)]
        for name in changes:
            check_choice("setting", name, names)
        given = {name: value for name, value in changes.items() if name in own}
        if any(given.get(name) is not None for name in _LENGTHS):
            given = {**dict.fromkeys(_LENGTHS), **given}
        if any(given.get(name, getattr(self, name)) != getattr(self, name) for name in ("name", "image_size")):
            given = {"reason": "", **given}  # which was about another one
        given["load_options"] = {**self.load_options, **given.get("load_options", {})}
        settings = {**self.settings, **given.pop("settings", {})}
        settings |= {name: value for name, value in changes.items() if name not in own}
        return replace(self, **given, settings=settings)

    @property
    def options(self) -> dict[str, Any]:
        """What `but` can change, and JSON can hold, other than the settings."""
        return {f.name: getattr(self, f.name) for f in fields(self) if f.name not in _OWN}

    @property
    def networks(self) -> str:
        """The name of the recipe that a file of these networks tells."""
        return self.networks_of or self.name

    def load(
        self, seed: int = 0, in_memory: bool | str = "auto", cache_dir: str | os.PathLike[str] | None = None
    ) -> ArrayData:
        """Load the data, in batches of the size that is set or chosen.

        Args:
            seed: of their order.
            in_memory: where they are kept, which changes nothing of what is trained; see `keras_gan.data.load`.
            cache_dir: likewise.
        """
        settings = {**self._begun_with(self.settings), **self.settings}
        data = self.read(
            self.data,
            image_size=self.image_size,
            batch_size=1,  # until it is known how many there are
            seed=seed,
            split=self.split,
            on_bad_image=self.on_bad_image,
            in_memory=in_memory,
            cache_dir=cache_dir,
            **self.load_options,
            **{name: value for name, value in settings.items() if name in self.read_settings},
        )
        data.batch_size = self._chosen(Facts.of(data), self.settings)["batch_size"]
        return data

    def plan(self, data: ArrayData) -> Plan:
        """Return what is chosen for these data, and why. The size of their batches is taken as it is.

        Raises:
            InputError: the data do not fill a batch.
        """
        facts, size = Facts.of(data), data.batch_size
        chosen = self._chosen(facts, self.settings)
        if chosen["batch_size"] != size:
            chosen = self._chosen(facts, {**self.settings, "batch_size": size})
        return chosen

    def _chosen(self, facts: Facts, settings: Mapping[str, Value]) -> Plan:
        first, *others = self.rules
        begun = Plan(facts, fine_tunes=self.start is not None, begun_with=self._begun_with(settings))
        plan = self._timed(begun.with_choice(first, settings))
        for rule in others:
            plan = plan.with_choice(rule, settings)
        return plan

    def _begun_with(self, settings: Mapping[str, Value]) -> dict[str, Value]:
        """Return what is not set of the settings that shape networks, as `start` has it, if this recipe made that."""
        missing = [setting for setting in self._of_networks if setting.name not in settings]
        told = loading.made_by(self.start) if self.start is not None and missing else {}
        if told.get("recipe") != self.networks:
            return {}
        return {each.name: self._checked(each, told[each.name]) for each in missing if each.name in told}

    @property
    def _of_networks(self) -> list[Setting]:
        return [rule.setting for rule in self.rules if rule.setting.of_networks]

    def _checked(self, setting: Setting, value: Value) -> Value:
        """Return a setting of the networks of `start`; raise for one that is none."""
        with contextlib.suppress(InputError):
            if setting.check(value) == value:  # and no text that stands for it
                return value
        raise InputError(
            f"`start` must tell what made its networks as it was: {setting.name}, {setting.range}. "
            f"Received: {self.start} with {setting.name}={value!r}"
        )

    def _timed(self, plan: Plan) -> Plan:
        """Return the plan with its length in steps, which follows from the batch."""
        size, count = plan["batch_size"], plan.facts.count
        if count < size:
            raise InputError(
                f"`batch_size` must be at most the number of examples, {count}. Received: batch_size={size}"
            )
        if self.images is None:
            one_pass = count // size
            return plan.lasting((self.epochs or 1) * one_pass, self.steps_per_epoch or one_pass)
        steps = steps_for(self.images, size)
        return plan.lasting(steps, self.steps_per_epoch or divided(steps)["steps_per_epoch"])

    def make(self, data: ArrayData, seed: int = 0) -> GenerativeModel:
        """Return the compiled GAN for `data`, with what `start` has learnt, and not trained on yet."""
        gan = self.assemble(self.plan(data), seed)
        carried = self.begin(gan)
        if carried is not None:
            self._warn_of(carried)
        return gan

    @staticmethod
    def _warn_of(carried: loading.CarriedOver) -> None:
        if not carried.is_whole:
            warn(f"Not all weights were carried over.\n{carried}")

    def assemble(self, plan: Plan, seed: int = 0) -> GenerativeModel:
        """Return the compiled GAN of a plan, with random weights, some of which may be frozen."""
        bounded = loading.within(self.start) if self.start is not None and plan.begun_with else contextlib.nullcontext()
        with bounded:
            gan = self.build(plan, seed)
        gan.made_by = {"recipe": self.networks, **{setting.name: plan[setting.name] for setting in self._of_networks}}
        if self.freeze:
            loading.freeze(gan, self.freeze)
        return gan

    def begin(self, gan: GenerativeModel) -> loading.CarriedOver | None:
        """Give it what `start` has learnt; return what that is, or `None` where there is no start."""
        if self.start is None:
            return None
        source = loading.load(self.start, GenerativeModel)
        return loading.carry_over(source, gan, self.start, frozen=self.freeze > 0)

    def train(
        self, gan: GenerativeModel, data: ArrayData, callbacks: Sequence[keras.callbacks.Callback] = (), **options: Any
    ) -> None:
        """Train `gan` on `data` for this recipe's length; `options` are further ones of `fit`, such as `resume`."""
        made = {name: value for name, value in gan.made_by.items() if name != "recipe"}  # `start` is not read again
        plan = self.but(**made).plan(data) if gan.made_by.get("recipe") == self.networks else self.plan(data)
        steps = plan.steps_per_epoch
        gan.fit(data, epochs=plan.epochs, steps_per_epoch=steps, callbacks=list(callbacks), **options)

    def fit(
        self,
        seed: int = 0,
        callbacks: Sequence[keras.callbacks.Callback] = (),
        verbose: int | str = "auto",
        start: str | os.PathLike[str] | None = None,
        freeze: int | None = None,
    ) -> GenerativeModel:
        """Load the data, make the GAN, train it and return it.

        Args:
            seed: of all random numbers.
            callbacks: as in Keras.
            verbose: as in Keras; but for 0, what was carried over from `start` is printed.
            start: what it begins with, and
            freeze: how many convolutions of the discriminator stay as they are there, in place of those of this recipe.

        Raises:
            InputError: of the data, a setting or the start.
        """
        given = {name: value for name, value in (("start", start), ("freeze", freeze)) if value is not None}
        recipe = self.but(**given) if given else self
        data = recipe.load(seed)
        gan = recipe.assemble(recipe.plan(data), seed)
        carried = recipe.begin(gan)
        if carried is not None and verbose:
            print(carried)
        elif carried is not None:
            self._warn_of(carried)
        recipe.train(gan, data, callbacks, verbose=verbose)
        return gan
