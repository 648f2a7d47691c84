"""Whether the generator copies."""

from typing import Any

import numpy as np

from keras_gan.metrics.generative_metric import GenerativeMetric
from keras_gan.metrics.statistics.neighbours import Neighbourhoods, nearest
from keras_gan.utils.registry import register


@register
class Novelty(GenerativeMetric):
    """How far generated samples are from the nearest real one, against how far real ones are from each other.

    The real side should be what the generator was trained on, so hand that over with `hold_real`. `result()` is a
    dictionary. `novelty` is the mean distance from a generated sample to the nearest real one, divided by the mean
    distance from a real sample to the nearest other: 0 for copies, about 1 for fresh samples of the same distribution,
    and more for samples that lie apart, however bad. `authenticity` is the share of generated samples that are not
    nearer to their nearest real one than that one is to its nearest other (of equally near ones, than any is): 0 for
    copies, about a half for fresh samples of the same distribution (Alaa et al. 2022, arXiv:2102.08921, section 3.3).

    Without an extractor images are compared pixel by pixel, which finds exact copies; features find those that were
    moved or changed a little. The features of all samples are kept.

    Args:
        extractor: see `GenerativeMetric`, as the other arguments.

    Example:
    ```python
    metric = keras_gan.metrics.Novelty()
    points = np.random.default_rng(0).normal(size=(1000, 2))
    metric.hold_real(points[:500])
    metric.update_fake(np.concatenate([points[:250], points[500:750]]))  # half of them copies
    print(metric.result())
    ```
    """

    result_names = ("novelty", "authenticity")

    least = 2
    takes_images = True

    def new_state(self, side: str) -> Neighbourhoods:
        """Return an empty set of rows."""
        return Neighbourhoods(self.num_real if side == "real" else self.num_fake)

    def compute(self, real: Neighbourhoods, fake: Neighbourhoods) -> tuple[dict[str, float], dict[str, Any]]:
        """Return the ratio of the distances, and the share that is no copy."""
        own = real.radii(1)
        distances, radii = nearest(fake.points, real.points, own)
        near = (distances < radii) | (distances == 0)
        means = np.sqrt(distances).mean(), np.sqrt(own).mean()
        with np.errstate(all="ignore"):  # real samples that are all double have no distance to compare with
            ratio = means[0] / means[1]
        more = {"nearest_real": float(means[0]), "among_real": float(means[1])}
        return {"novelty": float(ratio), "authenticity": float(1.0 - near.mean())}, more
