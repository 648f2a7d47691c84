"""What one worker asks for, and all learn of at the same step."""

import keras
import numpy as np
import tensorflow as tf

from keras_gan import distribution
from keras_gan.types import Tensor

KINDS = ("checkpoint", "end", "stop")


class WorkerConsensus:
    """Lets a worker ask all for a checkpoint, or for the end, which they have to begin at the same step.

    Each counts what it has asked for. The counts are summed with the gradients. Whoever sees a sum grow knows that
    somebody has asked, and all see it after the same step. A worker that is alone agrees with itself at once.
    """

    def __init__(self) -> None:
        # Counts, not flags: a flag has to be taken back, and until all have done so some would see it again. Sums of
        # counts only grow. Floats, to travel in the reduction of what is logged, and not in one of their own.
        self.alone = distribution.num_workers() == 1
        self.mine, self.ours = (
            keras.Variable([0.0] * len(KINDS), dtype="float32", trainable=False, aggregation="none", name=name)
            for name in ("asked", "heard")
        )
        self.reset()

    # In the graph.

    def asked(self) -> Tensor:
        """Return what has to be summed over the replicas; nothing for a worker that is alone."""
        return tf.zeros((0,)) if self.alone else tf.convert_to_tensor(self.mine.value)

    def hear(self, total: Tensor) -> None:
        """Keep the sum, for the host to see."""
        if not self.alone:
            self.ours.assign(total)

    # On the host, in the same order on all workers.

    def reset(self) -> None:
        """Forget what was asked for in an earlier run."""
        self._asked = dict.fromkeys(KINDS, False)
        self._agreed = dict.fromkeys(KINDS, False)
        self._known = [0.0] * len(KINDS)
        for counts in (self.mine, self.ours):
            counts.assign(self._known)

    def look(self, heard: np.ndarray) -> None:
        """Learn from the last step's sum what has been asked for."""
        counts = heard.tolist()
        for kind, count, known in zip(KINDS, counts, self._known, strict=True):
            self._agreed[kind] |= count > known
        self._known = counts

    def reached(self, kind: str, wanted: bool) -> bool:
        """Ask for something if it is wanted here; return whether all do it now, which is said once.

        Args:
            kind: one of `KINDS`: a checkpoint, the end by a signal, or by `stop_training`.
            wanted: by this worker.
        """
        if wanted and not self._asked[kind]:
            self._asked[kind] = True
            if self.alone:
                self._agreed[kind] = True
            else:
                self.mine.assign(self.mine + [float(kind == name) for name in KINDS])
        agreed = self._agreed[kind]
        if agreed:
            self._asked[kind] = self._agreed[kind] = False
        return agreed

    def is_asked(self, kind: str) -> bool:
        """Return whether this worker has asked for something that not all have heard of yet."""
        return self._asked[kind]
