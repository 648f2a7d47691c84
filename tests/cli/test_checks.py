from pathlib import Path

import click
import pytest

from keras_gan_cli.main import cli

TOLD = [
    (("train", "--images", "1k", "--epochs", "2"), "`--images` and `--epochs` both say how long it is"),
    (("train", "--dry-run", "--resume", "."), "`--dry-run` is for a run that is not begun"),
    (("train", "--set", "width"), "`--set` must be NAME=VALUE, as loss=hinge. Received: 'width'"),
    (("train", "--every", "5k"), "`--every` needs a `--metric`, which it is about. Received: --every 5k"),
    (("train", "--patience", "3"), "`--patience` needs a `--metric`"),
    (("train", "--keep", "last"), "`--keep` needs a `--metric`"),
    (("train", "--features", "none"), "`--features` needs a `--metric`"),
    (("sample", ".", "--out", "a.jpg"), "`--out` must end in .png, .tif or .npy. Received: a.jpg"),
    (("sample", ".", "--seeds", "3", "--num", "2"), "`--seeds` say which and how many"),
    (("sample", ".", "--seeds", "3", "--seed", "2"), "`--seeds` say which and how many"),
    (("sample", ".", "--label", "3", "--condition", "a=1"), "`--label` and `--condition` must not both be given"),
    (("explore", ".", "--label", "3", "--condition", "a=1"), "`--label` and `--condition` must not both be given"),
    (("explore", ".", "--out", "a.png"), "`--out` must end in .html for a wall. Received: a.png"),
    (("explore", ".", "--view", "grid", "--seeds", "3"), "`--seeds` must be 4 for grid. Received: 1"),
    (("explore", ".", "--view", "mixing", "--seeds", "3"), "`--seeds` must be 2 or more for mixing. Received: 1"),
    (("explore", ".", "--steps", "9"), "`--steps` is for interpolation, grid, projection. Received: --view wall"),
    (
        ("explore", ".", "--view", "grid", "--points", "LICENSE", "--label", "1"),
        "`--label` is for seeds: --points tell it too",
    ),
    (("explore", ".", "--view", "grid", "--points", "LICENSE", "--truncation", "1"), "`--truncation` is for seeds"),
    (("train", "--freeze", "1"), "`--freeze` is for what --from begins with. Received: --freeze 1 alone"),
    (("evaluate", "digits"), "`evaluate` must have PATH and DATA"),
    (("evaluate", "--real-vs-real", ".", "digits", "more"), "`evaluate` must have PATH and DATA; with --real-vs-real"),
    (("evaluate", "--real-vs-real", ".", "digits", "--average", "1"), "`--average` is for samples of PATH"),
    (("train", "--images", "20x"), "'20x' is no count, as 400000, 400k or 1.5M."),
    (("train", "--images", "0"), "'0' is no count"),
    (("train", "--metric", "fd1k", "--every", "often"), "'often' is no count"),
]


@pytest.mark.parametrize(("line", "match"), TOLD, ids=lambda told: " ".join(told) if isinstance(told, tuple) else "")
def test_what_can_be_known_is_told_before_anything_is_imported(line, match, monkeypatch):
    monkeypatch.chdir(Path(__file__).parents[2])
    monkeypatch.setattr("keras_gan_cli.start.run", lambda *_, **__: pytest.fail("it was begun"))
    with pytest.raises(click.UsageError) as found:
        cli.main([*line], standalone_mode=False)
    assert str(found.value).startswith(match)
