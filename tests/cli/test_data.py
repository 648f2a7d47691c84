import pytest

from keras_gan.data import load


@pytest.fixture
def prepared(tmp_path, pictures):
    load(pictures, in_memory=False, cache_dir=tmp_path / "cache")
    load(pictures, image_size=4, in_memory=False, cache_dir=tmp_path / "cache")
    return tmp_path / "cache"


def test_what_there_is(run, prepared, pictures):
    for option in ([], ["--list"]):
        code, out, _ = run("data", "--cache-dir", prepared, *option)
        *lines, total = out.splitlines()
        assert code == 0
        assert len(lines) == 2
        assert sum(f"20 images of 10x12x1, 2.4 KB: {pictures}" in line for line in lines) == 1
        assert sum(f"20 images of 4x4x1, 320 bytes: {pictures}" in line for line in lines) == 1
        assert total == f"2.72 KB in {prepared / 'data'}"


def test_one_is_removed_or_all(run, prepared):
    first = run("data", "--cache-dir", prepared)[1].split()[0]
    assert run("data", "--cache-dir", prepared, "--remove", first, "--list")[1].splitlines()[0] == f"removed: {first}"
    assert len(run("data", "--cache-dir", prepared)[1].splitlines()) == 2
    assert run("data", "--cache-dir", prepared, "--remove", "all")[0] == 0
    assert run("data", "--cache-dir", prepared)[1] == f"0 bytes in {prepared / 'data'}\n"


def test_there_is_none_of_that_name(refused, prepared):
    refused("data", "--cache-dir", prepared, "--remove", "gone", match=["`name` must be one of ['", "name='gone'"])


def test_nothing_was_prepared(run, tmp_path):
    assert run("data", "--cache-dir", tmp_path / "none")[:2] == (0, f"0 bytes in {tmp_path / 'none' / 'data'}\n")
    assert not (tmp_path / "none").exists()


@pytest.mark.long
def test_training_on_what_is_kept_in_a_file(run, tmp_path, pictures):
    cache = ["--cache-dir", tmp_path / "cache"]
    line = ["train", pictures, "--image-size", 8, "--images", 64, "--set", "batch_size=8", *cache]
    code, _, err = run(*line, "--in-memory", "no")
    assert code == 0, err
    assert "20 images of 8x8x1" in run("data", *cache)[1]
    assert run(*line)[0] == 0
    made = [[path.read_bytes() for path in sorted(run.rglob("*.png"))] for run in (tmp_path / "work/runs").iterdir()]
    assert len(made) == 2
    assert made[0] == made[1] != []
