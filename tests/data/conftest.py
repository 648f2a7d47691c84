from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def tfds_dir(tmp_path_factory) -> Path:
    """Where TFDS prepares data for the tests: never in the home directory."""
    return tmp_path_factory.mktemp("tfds")
