"""Registration and look-up of the members of the families, by name, class, instance or config."""

import contextlib
import inspect
import re
from collections.abc import Callable
from typing import TypeAlias, TypeVar

import keras

from keras_gan.types import Config
from keras_gan.utils.nearest_name import nearest
from keras_gan.utils.validation import InputError

PACKAGE = "keras_gan"

T = TypeVar("T", bound=type)
Member = TypeVar("Member")

Identifier: TypeAlias = str | type[Member] | Member | Config
"""What stands for a member of a family: its name, its class, itself, or its config as Keras serializes it."""

_registered: dict[str, type] = {}


def register(cls: T) -> T:
    """Make `cls` known to Keras's deserialization under `keras_gan>ClassName`, and to `get` by its name.

    Example:
    ```python
    @keras_gan.register
    class MyLoss(keras_gan.losses.AdversarialLoss):
        ...
    ```
    """
    name = snake_case(cls.__name__)
    taken = _registered.get(name)
    if taken is not None and taken.__module__.startswith(f"{PACKAGE}.") and taken.__module__ != cls.__module__:
        raise InputError(f"The name of a registered class must not be one of keras_gan's own. Received: {cls.__name__}")
    keras.saving.register_keras_serializable(package=PACKAGE)(cls)
    _registered[name] = cls
    return cls


def snake_case(name: str) -> str:
    """Return `NonSaturating` as `non_saturating`, `R1` as `r1`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def members(base: type[Member]) -> dict[str, type[Member]]:
    """Return the registered concrete subclasses of `base`, by name."""
    return {
        name: cls
        for name, cls in sorted(_registered.items())
        if issubclass(cls, base) and cls is not base and not inspect.isabstract(cls)
    }


def getter(base: type[Member], argument: str) -> Callable[[Identifier[Member]], Member]:
    """Return the `get` of a family: it takes a name, a class, an instance or a config to an instance.

    Args:
        base: the abstract base of the family.
        argument: the name of the argument in error messages.
    """

    def get(identifier: Identifier[Member]) -> Member:
        if isinstance(identifier, dict):
            with contextlib.suppress(TypeError, ValueError, KeyError):  # what is no config is told of below
                identifier = keras.saving.deserialize_keras_object(identifier)
        if isinstance(identifier, base):
            return identifier
        if isinstance(identifier, type) and issubclass(identifier, base):
            return identifier()
        known = members(base)
        if isinstance(identifier, str):
            bare = {name.replace("_", ""): cls for name, cls in known.items()}
            cls = bare.get(identifier.lower().replace("_", ""))
            if cls is not None:
                return cls()
        raise InputError(
            f"`{argument}` must be a {base.__name__}: an instance, a class, a config or one of the names "
            f"{list(known)}.{nearest(identifier, list(known))} Received: {argument}={identifier!r}"
        )

    get.__doc__ = f"""Return a `{base.__name__}` from its name, class, instance or config.

    Raises:
        InputError: `identifier` is none of these; the message lists the names that exist.
    """
    return get
