import re
from dataclasses import replace
from pathlib import Path

import numpy as np

from keras_gan.report import Journal, Record, card
from keras_gan.report.record import Measured

RECORD = Record(
    "0001-digits",
    options={"recipe": "digits", "data": "digits", "data_digest": "12ab", "seed": 3, "settings": {"loss": "hinge"}},
    steps=np.array([10, 20]),
    log={"val_frechet_distance": np.array([2.5, 4.0])},
    pictures={20: Path()},
    journal=Journal(
        "GAN",
        {"generator": 1000, "discriminator": 2000},
        batch_size=64,
        versions={"keras": "3.15.0"},
        directions={"frechet_distance": "down"},
        warnings=("samples are flat.",),
    ),
    measured=[
        Measured(
            "recall", 0.25, False, "9 real, 8 generated, classifier", {"data": "/home/me/digits", "sampling_seed": "5"}
        ),
        Measured("recall", 0.5, True, "4 real, 4 generated, classifier", {"data": "digits"}),
        Measured("frechet_distance", 1.5, True, "4 real, 4 generated, classifier", {"extractor_digest": "77"}),
    ],
)


FLOOR = "1.5: 4 real, 4 generated, classifier"


def made(**changes):
    return card(replace(RECORD, **changes), "mit", {"gan.keras": "cd34"})


def row(*cells):
    return f"| {' | '.join(f'`{cell}`' if cell else '' for cell in cells)} |"


def test_all_that_is_told():
    text = made()
    assert text.startswith('---\nlicense: "mit"\nlibrary_name: "keras"\ntags: ["keras_gan", "gan", "digits"]\n')
    assert '\npipeline_tag: "unconditional-image-generation"\n---\n\n# 0001-digits\n' in text
    for cells in [
        ("gan.keras", "cd34"),
        ("recipe", "digits"),
        ("data_digest", "12ab"),
        ("seed", "3"),
        ("seen", "1,280 images"),
        ("steps", "20"),
        ("keras", "3.15.0"),
        ("generator", "1,000"),
        ("discriminator", "2,000"),
        (
            "recall",
            "0.25",
            "0.5: 4 real, 4 generated, classifier",
            "9 real, 8 generated, classifier",
            "data digits, sampling_seed 5",
        ),
        ("loss", "hinge"),
    ]:
        assert text.count(row(*cells)) == 1, cells
    assert "\n- `samples are flat.`\n" in text
    assert "game.sample(16, seed=0)" in text
    assert text.endswith("`mit`, as its maker says. The data may have another.\n")


def test_what_is_not_known_is_left_out_or_said():
    text = card(Record("a"), "mit", {})
    assert "Nothing was measured: `keras-gan evaluate RUN DATA" in text
    for name in ("pipeline_tag", "## Files", "## Parameters", "## Warnings", "## Settings"):
        assert name not in text


def test_what_was_best_in_training_is_told_where_its_file_is():
    text = card(RECORD, "mit", {"gan.keras": "cd34", "best.keras": "ef56"})
    assert text.count(row("frechet_distance", "2.5", FLOOR, "of best.keras, in training, at step 10", "")) == 1
    journal = replace(RECORD.journal, compared={"frechet_distance": "4 real, 4 generated, classifier"})
    text = card(replace(RECORD, journal=journal), "mit", {"best.keras": "ef56"})
    about = "4 real, 4 generated, classifier, of best.keras, in training, at step 10"
    assert text.count(row("frechet_distance", "2.5", FLOOR, about, "")) == 1


def test_places_are_told_by_their_names():
    for place in ("/home/me/pictures", r"C:\me\pictures", "pictures/"):
        text = made(options={"data": place, "start": "runs/0001/gan.keras"})
        assert text.count(row("data", "pictures")) == 1
        assert text.count(row("start", "gan.keras")) == 1
        assert "/home" not in text


def test_a_translation():
    text = made(journal=Journal("MyOwn", translates=True))
    assert "game.translate(images)" in text
    assert 'pipeline_tag: "image-to-image"' in text


HOSTILE = "a`|</td>\n---\nlicense: x\n# [b](javascript:1) <script>alert(1)</script> |"


def test_names_are_text_whatever_they_hold():
    """All of a line that holds some of it is code, or JSON."""
    measured = [Measured(HOSTILE, 0.5, False, HOSTILE, {HOSTILE: HOSTILE})]
    journal = Journal(HOSTILE, {HOSTILE: 1}, versions={HOSTILE: HOSTILE}, warnings=(HOSTILE,))
    options = {"recipe": HOSTILE, "data": HOSTILE, HOSTILE: HOSTILE}
    text = card(Record(HOSTILE, options=options, journal=journal, measured=measured), "mit", {HOSTILE: HOSTILE})
    head, *lines = text.split("\n---\n", 1)[1].splitlines()
    assert text.count("\n---\n") == 1
    assert head == ""
    for line in lines:
        if not line.startswith("```"):
            left = re.sub(r"`[^`]*`", "", line)
            assert not set("<>[]") & set(left), line
            assert not left.startswith("license:")
    tables = [line for line in lines if line.startswith("|")]
    assert len(tables) > 10
    for line in tables:
        assert len(re.findall(r"(?<!\\)\|", line)) in (3, 6), "two or five cells"
