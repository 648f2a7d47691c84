import numpy as np
import pytest


@pytest.fixture
def domains():
    """uint8 images of two domains, (24, 8, 8, 1) and (18, 8, 8, 1)."""
    generator = np.random.default_rng(0)
    return [generator.integers(0, 256, (count, 8, 8, 1), dtype=np.uint8) for count in (24, 18)]
