"""How long a training is: counted in images, and told to Keras in epochs and steps."""

from typing import TypedDict

from keras_gan.utils.validation import check_count, check_integer

_EPOCHS = 100  # of a run, about
_SHORTEST = 10  # steps of an epoch: its end takes the time of some steps


class Epochs(TypedDict):
    """The arguments of `fit` that say how long it is."""

    epochs: int
    steps_per_epoch: int


def length(images: int | str, batch_size: int) -> Epochs:
    """Return the `epochs` and `steps_per_epoch` of a `fit` that sees so many images.

    Two data sets of different sizes get the same training where both are shown equally many images, not where both are
    gone through equally often. Keras counts epochs: here they are about a hundred, whatever the size of the data. Of
    the numbers near it, it is the one with which the fewest steps follow the first that reaches the length: a few, or
    none.

    The data must go on beyond one pass, as those of `keras_gan.data.load` and a repeated `tf.data.Dataset` do.

    Args:
        images: how many, above 0; or text such as `"400k"` and `"1.5M"`.
        batch_size: images a step, of all replicas.

    Returns:
        A dictionary for `fit`.

    Raises:
        InputError: an argument is not as above.

    Example:
    ```python
    print(keras_gan.recipes.length("400k", batch_size=64))  # {'epochs': 125, 'steps_per_epoch': 50}
    data = keras_gan.data.ImageData(images, batch_size=8)
    gan.fit(data, **keras_gan.recipes.length("400k", data.batch_size))
    ```
    """
    return divided(steps_for(images, batch_size))


def steps_for(images: int | str, batch_size: int) -> int:
    """Return how many steps it takes to see so many images: the last is the first at or past them."""
    return -(-check_count("images", images) // check_integer("batch_size", batch_size))


def divided(steps: int) -> Epochs:
    """Return about a hundred epochs that have so many steps together, or a few more; fewer epochs of a short run."""
    most = max(1, min(2 * _EPOCHS, steps // _SHORTEST))
    epochs = min(range(max(1, most // 4), most + 1), key=lambda number: (-steps % number, abs(number - _EPOCHS)))
    return {"epochs": epochs, "steps_per_epoch": -(-steps // epochs)}
