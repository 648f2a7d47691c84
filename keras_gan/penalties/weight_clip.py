"""Weight clipping, as a Keras constraint."""

from typing import Any

import keras
from keras import ops

from keras_gan.types import Config, Tensor
from keras_gan.utils.registry import register
from keras_gan.utils.validation import InputError, check_number


@register
class WeightClip(keras.constraints.Constraint):
    """Keeps every entry of a weight in `[-limit, limit]`: the first way to a Lipschitz critic.

    The optimizer applies it after each update. Arjovsky et al. 2017, arXiv:1701.07875, algorithm 1 (limit 0.01).

    Args:
        limit: the largest magnitude, above 0.

    Example:
    ```python
    keras.layers.Dense(1, kernel_constraint=keras_gan.penalties.WeightClip(0.01))
    ```
    """

    def __init__(self, limit: float = 0.01) -> None:
        self.limit = check_number("limit", limit, minimum=0.0)
        if self.limit == 0.0:
            raise InputError("`limit` must be above 0. Received: limit=0")

    def __call__(self, value: Tensor) -> Tensor:
        """Return the clipped weight."""
        return ops.clip(value, -self.limit, self.limit)

    def get_config(self) -> Config:
        """Return the constructor's arguments."""
        return {"limit": self.limit}

    @classmethod
    def from_config(cls, config: Config) -> Any:
        """Return the constraint that `get_config` described."""
        return cls(**config)
