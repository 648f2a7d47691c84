import numpy as np
import pytest
from numpy.testing import assert_allclose

from keras_gan import InputError
from keras_gan.layers import ScaledLeakyReLU


def test_by_hand():
    root = np.sqrt(2)
    assert_allclose(ScaledLeakyReLU()(np.array([-10.0, 0.0, 3.0])), [-2 * root, 0, 3 * root], rtol=1e-6)
    assert_allclose(ScaledLeakyReLU(0.5, 2.0)(np.array([-1.0, 1.0])), [-1.0, 2.0])


@pytest.mark.parametrize("arguments", [{"slope": 1.5}, {"slope": "0"}, {"gain": -1.0}])
def test_bad_arguments(arguments):
    (name,) = arguments
    with pytest.raises(InputError, match=rf"`{name}` must be .*Received: {name}="):
        ScaledLeakyReLU(**arguments)
