from keras_gan.report import Journal, Record
from keras_gan.report import tables as t
from keras_gan.report.record import Measured


def texts(parts):
    """Return all texts of elements, with a bar between two of them."""
    return "|".join(text for part in parts for text in part.itertext())


def captions(parts):
    return [caption.text for part in parts for caption in part.iter("caption")]


RECORD = Record(
    "a",
    options={"loss": "hinge"},
    journal=Journal(networks={"generator": 1000}, machine={"cores": "2"}, versions={"keras": "3"}),
    measured=[Measured("fd", 0.25, True, "5 real"), Measured("fd", 0.5, False, "6 real")],
)


def test_the_summary_of_a_run():
    assert texts(t.summary([RECORD], [])) == "seen|0 steps|parameters|1,000|No warnings."
    warned = Record("a", journal=Journal(warnings=("flat", "pale")))
    assert texts(t.summary([warned], [])) == "seen|0 steps|2 warnings|flat|pale"


def test_the_summary_of_several_has_a_row_each():
    warned = Record("b", journal=Journal(warnings=("flat",), batch_size=1))
    told = texts(t.summary([RECORD, warned], []))
    assert told == "The runs|run|seen|parameters|a|0 steps|1,000|b|0 images|1 warning|b: flat"


def test_the_details_of_a_run():
    parts = t.details([RECORD])
    assert captions(parts) == ["Measured", "Options", "Networks", "Machine and versions"]
    assert "fd|0.25|floor|5 real|fd|0.5|samples|6 real" in texts(parts)
    assert "loss|hinge" in texts(parts)
    assert "generator|1,000 parameters" in texts(parts)
    assert "cores|2|keras|3" in texts(parts)


def test_of_several_what_differs_comes_first_and_the_rest_is_folded():
    parts = t.details([RECORD, Record("b", options={"loss": "wasserstein"})])
    assert captions(parts[:1]) == ["Options that differ"]
    assert "loss|hinge|wasserstein" in texts(parts[:1])
    assert [part.tag for part in parts[1:]] == ["details", "details"]
    same = t.details([RECORD, RECORD])
    assert "Options that differ" not in captions(same)


def test_tables_can_be_reached_and_scrolled_by_keys():
    for part in t.details([RECORD])[0]:
        assert part.attrib.items() >= {"role": "region", "tabindex": "0"}.items()
        assert part.get("aria-label") in captions([part])
