import hashlib
import json

import pytest

from keras_gan import InputError
from keras_gan.runs import Run, write_card


@pytest.fixture
def run(make_gan, tmp_path):
    made = Run.create(tmp_path, "toy", {"data": "digits"})
    made.save(make_gan())
    return made


def test_it_lies_beside_the_model_and_knows_its_file(run):
    result = {"name": "frechet_distance", "value": 0.25, "num_real": 5, "num_fake": 5, "extractor": None}
    run.write_floor([result])
    told = {"real_vs_real": False, "data": "digits", "metrics": [{**result, "value": 3.5}]}
    (run.path / "metrics.json").write_text(json.dumps(told))
    run.best_file.write_bytes(b"best")
    file = write_card(str(run.path), "apache-2.0")
    assert file == run.path / "README.md"
    text = file.read_text()
    digest = hashlib.sha256(run.model_file.read_bytes()).hexdigest()
    assert f"| `gan.keras` | `{digest}` |" in text
    assert f"| `best.keras` | `{hashlib.sha256(b'best').hexdigest()}` |" in text
    assert "| `frechet_distance` | `3.5` | `0.25: 5 real against 5 others, no features` |" in text


def test_elsewhere(run, tmp_path):
    assert write_card(run.path, "MIT", tmp_path / "deep" / "card.md") == tmp_path / "deep" / "card.md"
    assert not (run.path / "README.md").exists()


def test_what_somebody_has_written_stays(run):
    write_card(run.path, "mit").write_text("mine")
    with pytest.raises(InputError, match=r"`file` must be one that is not there yet: .* Received: .*README.md"):
        write_card(run.path, "mit")
    assert (run.path / "README.md").read_text() == "mine"


def test_what_is_refused(run, tmp_path):
    for wrong in ("", "a b", "x" * 65, None, "mit\ntags: []"):
        with pytest.raises(InputError, match=r"`license` must be an identifier, as apache-2.0. Received: license="):
            write_card(run.path, wrong)
    with pytest.raises(InputError, match=r"`path` must be the directory of a run, with an options.json"):
        write_card(tmp_path, "mit")
    run.model_file.unlink()
    with pytest.raises(
        InputError, match=r"`path` must be the directory of a run with a gan.keras. Received: .*0001-toy"
    ):
        write_card(run.path, "mit")
