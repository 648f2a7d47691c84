"""The game without pairs that goes one way."""

from collections.abc import Sequence

from keras_gan.metrics import GenerativeMetric
from keras_gan.training.image_to_image import ImageToImage
from keras_gan.training.sampling.pair_evaluator import PairEvaluator
from keras_gan.utils.registry import Identifier, register
from keras_gan.utils.validation import InputError


@register
class CUT(ImageToImage):
    """A generator that learns without pairs to make images of another domain, and a discriminator of that domain.

    It plays the game of `ImageToImage`, but sources and targets do not belong together: the discriminator sees single
    images, and what is made keeps what it was made from by `terms.PatchContrast`, in place of a way back. So it has
    half the networks of `CycleGAN`. Without such a term nothing ties what is made to its source.

    `fit(sources, targets)` takes `keras_gan.data.UnpairedData`, two arrays of images, uint8 or floating point in
    [-1, 1], or a `tf.data.Dataset` of `(sources, targets)`, all of the same sides.

    Park et al. 2020, arXiv:2007.15651.

    Args:
        generator: a functional Keras model from images to images in [-1, 1]; for `terms.PatchContrast` with
            `layers.PatchProjector` among its layers.
        discriminator: from images of the targets' domain to one logit each, or a map of logits.
        ema: the moving average of the generator's weights that translates, or several, as in `GAN`.
        sampled_average: which of several translates, as in `GAN`.
        seed: of all random numbers of training, in `[0, 2^31)`.
        name: the model's name.

    Raises:
        InputError: a network is no built Keras model of images, or the two do not fit each other.

    Example:
    ```python
    generator = keras_gan.models.resnet_translator(width=4, blocks=1, projectors=True)
    game = keras_gan.CUT(generator, keras_gan.models.patch_discriminator(receptive_field=16, width=4))
    game.compile("adam", "adam", loss="least_squares", terms=[keras_gan.terms.PatchContrast(weight=0.5)])
    game.fit(ops.zeros((4, 16, 16, 3)), ops.ones((4, 16, 16, 3)), batch_size=2, epochs=1, verbose=0)
    ```
    """

    paired = False

    def evaluator_of(self, metrics: Sequence[Identifier[GenerativeMetric]] | None) -> PairEvaluator:
        """Return what computes the metrics of an evaluation: none, as they compare what belongs together."""
        if metrics:
            raise InputError(
                "`metrics` must be None: without pairs nothing tells what a translation should be. "
                f"`keras_gan.evaluation.measure_ways` compares the domains. Received: metrics={metrics!r}"
            )
        return super().evaluator_of(None)
