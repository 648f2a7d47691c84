import base64
import math
from pathlib import Path

import numpy as np

from keras_gan.report import Journal, Record, figures
from keras_gan.report.curves import plots
from keras_gan.report.pictures import Picture
from keras_gan.report.record import Measured

LOG = {"d_loss": np.array([1.0, np.nan, 123.45678]), "val_d_loss": np.array([2.0, 3.0, 4.0])}
RECORD = Record("a", Path("a"), steps=np.array([1, 2, 3]), log=LOG, journal=Journal(batch_size=10))
SHOWN = [Picture(step, bytes([step]), (4, 8)) for step in range(9)]


def texts(part):
    return [text for text in part.itertext() if text.strip()]


def test_a_plot_is_told_in_words_too():
    (frame,) = figures.plots(plots([RECORD]), [RECORD])
    (figure,) = frame
    assert texts(figure)[:3] == [
        "Losses",
        "Losses",
        "The adversarial losses alone, without terms. Drawn by logarithms.",
    ]
    assert texts(figure)[3:] == [
        *("curve", "last", "least", "most"),
        *("d_loss", "123.5", "1", "123.5"),
        *("d_loss (validation)", "4", "2", "4"),
    ]
    (canvas,) = (part for part in figure if part.get("role") == "img")
    assert canvas.get("tabindex") == "0"
    assert "Losses over images seen" in canvas.get("aria-label")
    assert figures.plots([], [RECORD]) == []


def test_the_floor_is_told_too():
    record = Record("a", steps=np.array([1]), log={"val_fd": np.ones(1)}, measured=[Measured("fd", 0.25, True, "")])
    (frame,) = figures.plots(plots([record]), [record])
    assert texts(frame)[-2:] == ["floor", "0.25"]
    assert figures.plot_data(plots([record])[0], [record])["curves"][0]["floor"] == 0.25


def test_what_is_drawn():
    (plot,) = plots([RECORD])
    told = figures.plot_data(plot, [RECORD])
    assert told["logarithmic"]
    training, validation = told["curves"]
    expected = {"label": "d_loss", "x": [10, 30], "y": [1.0, 123.46], "colour": 0, "dash": 0, "floor": None}
    assert training == expected
    assert (validation["colour"], validation["dash"]) == (0, 1)


def test_a_colour_is_a_run_where_there_are_several():
    other = Record("b", Path("b"), steps=np.array([1]), log={"g_loss": np.ones(1), "d_loss": np.ones(1)})
    records = [RECORD, other]
    (plot,) = plots(records)
    told = [(c["label"], c["colour"], c["dash"]) for c in figures.plot_data(plot, records)["curves"]]
    assert told == [
        ("a d_loss", 0, 0),
        ("b d_loss", 1, 0),
        ("a d_loss (validation)", 0, 1),
        ("b g_loss", 1, 2),
    ]


def test_only_a_metric_is_no_validation_of_something():
    record = Record("a", steps=np.array([1]), log={"val_fd": np.ones(1)})
    (plot,) = plots([record])
    assert (figures.plot_data(plot, [record])["curves"][0]["label"], plot.title) == ("fd", "fd")
    assert figures.plot_data(plot, [record])["curves"][0]["dash"] == 0


def images(part):
    return [image.get("src").partition("base64,")[2] for image in part.iter("img")]


def test_grids_are_looked_at_by_a_slider_beside_the_last():
    part = figures.gallery(3, RECORD, SHOWN, "a")
    (slider,) = part.iter("input")
    assert (slider.get("max"), slider.get("value"), slider.get("aria-valuetext")) == ("8", "3", "30 images")
    assert part.get("data-gallery") == "3"
    assert images(part) == [base64.b64encode(bytes([step])).decode() for step in (3, 8)]
    assert texts(part) == ["Play", "At the slider", "30 images", "Last", "80 images"]
    assert [image.get("alt") for image in part.iter("img")] == ["Samples after 30 images", "Samples after 80 images"]


def test_the_best_stands_between_them():
    log = {"val_fd": np.array([3.0, 1.0, 2.0])}
    journal = Journal(directions={"fd": "down"})
    record = Record("a", steps=np.array([2, 5, 8]), log=log, journal=journal)
    assert texts(figures.gallery(0, record, SHOWN, "a"))[3:5] == ["Best by fd", "5 steps"]
    few = [picture for picture in SHOWN if picture.step in (4, 8)]
    assert texts(figures.gallery(0, record, few, "a"))[3:5] == ["Best by fd", "4 steps"], "the last before it"


def test_a_single_grid_has_no_slider_and_another_run_has_its_name():
    part = figures.gallery(0, RECORD, SHOWN[:1], "2 runs")
    assert not [*part.iter("input")]
    assert texts(part)[0] == "a"


def test_what_the_slider_shows():
    told = figures.gallery_data(RECORD, SHOWN[:2])
    assert told == [{"text": "0 images", "webp": "AA=="}, {"text": "10 images", "webp": "AQ=="}]


def test_what_is_not_finite_is_no_number():
    assert figures._rounded(math.inf) is None
    assert figures._rounded(0.123456789) == 0.12346
