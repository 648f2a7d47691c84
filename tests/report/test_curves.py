from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from keras_gan.report import Journal, Record, Stretch
from keras_gan.report.curves import DIAGNOSTICS, LOSSES, METRICS, TERMS, Curve, Plot, plots, seen, unit
from keras_gan.report.record import Measured

STEPS = np.arange(1, 5) * 10
LOG = {
    name: np.arange(4.0) + shift
    for shift, name in enumerate(
        ["d_loss", "g_loss", "d_total", "g_total", "d_real", "d_fake", "r1", "val_d_loss", "val_fd", "ada_speed"]
    )
}
RECORD = Record("a", Path("a"), steps=STEPS, log=LOG, journal=Journal(batch_size=2, directions={"fd": "down"}))


def by_title(records):
    return {plot.title: plot for plot in plots(records)}


def test_each_quantity_has_its_place():
    made = by_title([RECORD])
    assert [(plot.group, title) for title, plot in made.items()] == [
        (METRICS, "fd"),
        (LOSSES, "Losses"),
        (LOSSES, "What is minimised"),
        (TERMS, "r1"),
        (DIAGNOSTICS, "Logits"),
    ]
    assert [(c.quantity, c.validates) for c in made["Losses"].curves] == [
        ("d_loss", False),
        ("d_loss", True),
        ("g_loss", False),
    ]
    assert made["fd"].about == "Lower is better."


@pytest.mark.parametrize(
    ("told", "about"),
    [((None, "up"), "Higher is better."), ((None, None), ""), (("down", "up"), "Lower is better.")],
)
def test_which_way_is_better(told, about):
    records = [replace(RECORD, journal=Journal(directions={} if each is None else {"fd": each})) for each in told]
    assert by_title(records)["fd"].about == about


def test_what_a_metric_compares():
    one = replace(RECORD, journal=replace(RECORD.journal, compared={"fd": "4 real, 4 generated, none"}))
    other = replace(RECORD, journal=replace(RECORD.journal, compared={"fd": "8 real, 8 generated, none"}))
    assert by_title([one, one, RECORD])["fd"].about == "Lower is better. Compared: 4 real, 4 generated, none."
    told = by_title([one, other])["fd"].about
    assert told.endswith("Compared: 4 real, 4 generated, none; or 8 real, 8 generated, none.")


def test_the_gap_is_real_less_fake():
    (gap,) = (curve for curve in by_title([RECORD])["Logits"].curves if curve.quantity == "gap")
    assert_array_equal(gap.y, [-1.0] * 4)
    assert_array_equal(gap.x, STEPS * 2)


def test_the_floor_is_a_line_of_its_metric():
    record = replace(RECORD, measured=[Measured("fd", 0.5, True, ""), Measured("d_loss", 0.1, True, "")])
    made = by_title([record])
    assert [curve.floor for curve in made["fd"].curves] == [0.5]
    assert "the floor" in made["fd"].about
    assert {curve.floor for curve in made["Losses"].curves if not curve.validates} == {None}
    assert by_title([replace(RECORD, measured=[Measured("fd", 0.5, False, "")])])["fd"].curves[0].floor is None


def test_without_terms_the_losses_are_what_is_minimised():
    log = {**LOG, "d_total": LOG["d_loss"], "g_total": LOG["g_loss"]}
    assert "What is minimised" not in by_title([replace(RECORD, log=log)])


def test_runs_are_drawn_over_each_other():
    other = replace(RECORD, log={"d_loss": LOG["d_loss"], "r2": LOG["r1"]})
    made = by_title([RECORD, other])
    assert [(curve.run, curve.quantity) for curve in made["Losses"].curves if not curve.validates] == [
        (0, "d_loss"),
        (1, "d_loss"),
        (0, "g_loss"),
    ]
    assert [curve.run for curve in made["r2"].curves] == [1]


def test_they_are_drawn_over_images_where_all_know_how_many_a_step_has():
    unknown = replace(RECORD, journal=Journal())
    assert (unit([RECORD]), unit([RECORD, unknown])) == ("images", "steps")
    assert_array_equal(seen([RECORD], RECORD, STEPS), STEPS * 2)
    assert_array_equal(seen([RECORD, unknown], RECORD, STEPS), STEPS)


def test_values_that_are_not_finite_are_not_drawn():
    log = {"d_loss": np.array([np.nan, 1.0, np.inf, 2.0]), "r1": np.full(4, np.nan)}
    (plot,) = plots([replace(RECORD, log=log)])
    assert_array_equal(plot.curves[0].y, [1.0, 2.0])
    assert_array_equal(plot.curves[0].x, [40, 80])


def test_of_very_many_the_extremes_are_drawn():
    values = np.zeros(100_000)
    values[[5_000, 70_001]] = 9.0, -9.0
    (plot,) = plots([Record("a", steps=np.arange(100_000), log={"d_loss": values})])
    curve = plot.curves[0]
    assert len(curve.y) <= 1000
    assert (curve.x[0], curve.x[-1]) == (0, 99_999)
    assert dict(zip(curve.x.tolist(), curve.y.tolist(), strict=True)).items() >= {5_000: 9.0, 70_001: -9.0}.items()


def test_speed_and_memory():
    stretches = (Stretch(0, 0, 0.0, 10**9), Stretch(0, 10, 5.0, 2 * 10**9, 3 * 10**9))
    made = by_title([replace(RECORD, journal=Journal(batch_size=4, stretches=stretches))])
    (speed,), memory = made["Speed"].curves, made["Memory"].curves
    assert (speed.x.tolist(), speed.y.tolist()) == ([40.0], [8.0])
    assert [(curve.quantity, curve.y[-1]) for curve in memory] == [("memory", 2.0), ("GPU", 3.0)]


@pytest.mark.parametrize(
    ("values", "expected"), [([1.0, 1000.0], True), ([1.0, 50.0], False), ([0.0, 1000.0], False), ([], False)]
)
def test_what_is_drawn_by_logarithms(values, expected):
    curve = Curve(0, "a", np.arange(len(values)), np.array(values))
    assert Plot(TERMS, "a", "", [curve]).is_logarithmic is expected
