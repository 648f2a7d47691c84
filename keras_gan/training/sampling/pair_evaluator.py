"""The metrics of an evaluation of pairs."""

from collections.abc import Sequence

import tensorflow as tf

from keras_gan.metrics import GenerativeMetric, PairMetric, get_pair
from keras_gan.training.game.logs import Sums, sums
from keras_gan.training.sampling.evaluator import Evaluator
from keras_gan.types import Tensor
from keras_gan.utils.registry import Identifier
from keras_gan.utils.validation import InputError


class PairEvaluator(Evaluator):
    """Compares what was made of each source with its target, in the steps of an evaluation.

    Args:
        metrics: names, classes, instances or configs of `PairMetric`.
        reserved: names that are logged besides.

    Raises:
        InputError: `metrics` is no list, has an unknown metric, or two that log the same name.
    """

    def __init__(
        self, metrics: Sequence[Identifier[PairMetric | GenerativeMetric]] | None, reserved: Sequence[str]
    ) -> None:
        super().__init__(None, reserved)
        if not isinstance(metrics, (list, tuple, type(None))):
            raise InputError(f"`metrics` must be a list of metrics, or None. Received: metrics={metrics!r}")
        self.given = [get_pair(metric) for metric in metrics or ()]
        self.logged = [metric.name for metric in self.given]
        for name in self.logged:
            if [*reserved, *self.logged].count(name) > 1:
                raise InputError(
                    f"`metrics` must log distinct names: give those that don't a `name`. Received: {name!r} twice"
                )

    @property
    def directions(self) -> dict[str, str]:
        """Which way is better, by logged name."""
        return {metric.name: metric.improves for metric in self.given}

    def compared(self, targets: Tensor, made: Tensor) -> Sums:
        """Return what a step logs of a batch of images in [-1, 1]."""
        return sums(**{metric.name: tf.cast(metric.values(targets, made), tf.float32) for metric in self.given})
