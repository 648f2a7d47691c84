"""The base of the metrics that compare an image with the one that it should be."""

from abc import ABC, abstractmethod
from typing import Self

from keras_gan.types import Config, Tensor
from keras_gan.utils.registry import getter, snake_case


class PairMetric(ABC):
    """A number for each pair of a target and what was made of its source; `evaluate` gives their mean.

    It is computed in the step, batch by batch, and given to `compile(metrics=[...])` of `keras_gan.ImageToImage` by
    name, class, instance or config. To add one, subclass, register, and return a value a pair:

    ```python
    @keras_gan.register
    class WorstPixel(keras_gan.metrics.PairMetric):
        improves = "down"

        def values(self, targets, made):
            return keras.ops.max(keras.ops.abs(targets - made), axis=(1, 2, 3))
    ```

    Args:
        name: in the logs; the default is the class's name in snake case.

    Attributes:
        improves: which way is better, `"down"` or `"up"`.
    """

    improves: str

    def __init__(self, name: str | None = None) -> None:
        self.name = name or snake_case(type(self).__name__)

    @abstractmethod
    def values(self, targets: Tensor, made: Tensor) -> Tensor:
        """Return one float32 number a pair, `(batch,)`, of images `(batch, height, width, channels)` in [-1, 1]."""

    def get_config(self) -> Config:
        """Return the constructor's arguments."""
        return {"name": self.name}

    @classmethod
    def from_config(cls, config: Config) -> Self:
        """Return the metric that `get_config` described."""
        return cls(**config)


get_pair = getter(PairMetric, "metrics")
