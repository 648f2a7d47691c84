"""How the parameters of a network are counted, as papers do."""

import numpy as np


def trainable(network):
    """Return the number of trainable parameters: no moving statistics, no constants."""
    return sum(int(np.prod(weight.shape)) for weight in network.trainable_weights)
