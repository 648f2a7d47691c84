"""Metrics by name, some of which pin the counts."""

import inspect
from typing import Any

from keras_gan.metrics.classifier_score import ClassifierScore
from keras_gan.metrics.density_coverage import DensityCoverage
from keras_gan.metrics.features.model_features import ExtractorLike
from keras_gan.metrics.frechet_distance import FrechetDistance
from keras_gan.metrics.generative_metric import GenerativeMetric
from keras_gan.metrics.kernel_distance import KernelDistance
from keras_gan.metrics.monge_distance import MongeDistance
from keras_gan.metrics.precision_recall import PrecisionRecall
from keras_gan.utils.nearest_name import nearest
from keras_gan.utils.registry import Identifier, getter, members, snake_case
from keras_gan.utils.validation import InputError

# `full`: against all real samples. The numbers after pr and dc are k.
PROTOCOLS: dict[str, tuple[type[GenerativeMetric], dict[str, Any]]] = {
    "fd1k": (FrechetDistance, {"num_real": 1_000, "num_fake": 1_000}),
    "fd5k": (FrechetDistance, {"num_real": 5_000, "num_fake": 5_000}),
    "fd10k": (FrechetDistance, {"num_real": 10_000, "num_fake": 10_000}),
    "fd10k_full": (FrechetDistance, {"num_fake": 10_000}),
    "fd50k": (FrechetDistance, {"num_real": 50_000, "num_fake": 50_000}),
    "fd50k_full": (FrechetDistance, {"num_fake": 50_000}),
    "kd10k": (KernelDistance, {"num_real": 10_000, "num_fake": 10_000}),
    "kd50k": (KernelDistance, {"num_real": 50_000, "num_fake": 50_000}),
    "md5k": (MongeDistance, {"num_real": 5_000, "num_fake": 5_000}),
    "pr10k3": (PrecisionRecall, {"num_real": 10_000, "num_fake": 10_000, "k": 3}),
    "pr50k3": (PrecisionRecall, {"num_real": 50_000, "num_fake": 50_000, "k": 3}),
    "dc10k5": (DensityCoverage, {"num_real": 10_000, "num_fake": 10_000, "k": 5}),
    "cs50k": (ClassifierScore, {"num_fake": 50_000, "splits": 10}),
}
_get = getter(GenerativeMetric, "metrics")

USUAL_NAMES = {  # those of papers that say Inception's features with the metric's name
    "fid": "frechet_distance",
    "fd": "frechet_distance",
    "kid": "kernel_distance",
    "is": "classifier_score",
    "inception_score": "classifier_score",
    "mind": "monge_distance",
    "ms_ssim": "multiscale_ssim",
    "swd": "sliced_wasserstein",
}


def is_protocol(name: str) -> bool:
    """Return whether a name, in any case, is that of a protocol, which pins the counts."""
    return name.lower() in PROTOCOLS


def get(identifier: Identifier[GenerativeMetric], extractor: ExtractorLike | None = None) -> GenerativeMetric:
    """Return a metric from its name, class, instance or config, or from the name of a protocol.

    The same generator scores 16.8 or 23.9 by sample count alone, so a number without its counts says nothing. A
    protocol pins them, and names the metric: `fd10k` is the Frechet distance of 10,000 real and 10,000 generated
    samples, `fd50k_full` of 50,000 generated ones and all real ones there are; `kd`, `md`, `pr`, `dc` and `cs` are the
    kernel distance, Monge's, precision and recall, density and coverage, and the classifier's score.

    Args:
        identifier: what stands for the metric.
        extractor: for a metric that is made here, from a name or a class.

    Raises:
        InputError: `identifier` is none of these; the message lists the names that exist.

    Example:
    ```python
    metric = keras_gan.metrics.get("fd10k", keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Flatten()]))
    print(metric.name, metric.num_real, metric.num_fake)  # fd10k 10000 10000
    ```
    """
    if isinstance(identifier, str) and is_protocol(identifier):
        cls, settings = PROTOCOLS[identifier.lower()]
        return cls(extractor, name=identifier.lower(), **settings)
    if isinstance(identifier, str):
        known = {name.replace("_", ""): cls for name, cls in members(GenerativeMetric).items()}
        identifier = known.get(identifier.lower().replace("_", ""), identifier)
    if isinstance(identifier, type) and issubclass(identifier, GenerativeMetric):
        return _made(identifier, extractor)
    try:
        return _get(identifier)
    except InputError as error:  # it lists the names of classes alone
        names = [*(name for name, cls in members(GenerativeMetric).items() if _has_a_name_alone(cls)), *PROTOCOLS]
        usual = USUAL_NAMES.get(identifier.lower()) if isinstance(identifier, str) else None
        meant = nearest(identifier, names) if usual is None else f" Did you mean {usual!r}?"
        raise InputError(
            f"`metrics` must be a GenerativeMetric or one of the names {names}.{meant} Received: metrics={identifier!r}"
        ) from error


def _has_a_name_alone(cls: type[GenerativeMetric]) -> bool:
    """Return whether a metric can be made of its name, and of an extractor where it takes one."""
    parameters = [each for each in inspect.signature(cls).parameters.values() if each.kind != each.VAR_KEYWORD]
    return all(each.name == "extractor" or each.default is not each.empty for each in parameters)


def _made(cls: type[GenerativeMetric], extractor: ExtractorLike | None) -> GenerativeMetric:
    takes_one = "extractor" in inspect.signature(cls).parameters
    try:
        return cls(extractor) if takes_one else cls()
    except TypeError as error:
        raise InputError(
            f"`metrics` must be an instance for {snake_case(cls.__name__)}, which can't be made from its name alone "
            f"({error}). Received: metrics={cls.__name__}"
        ) from error
