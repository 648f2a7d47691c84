import pytest

from keras_gan.data import ImageData
from keras_gan.runs.paced_writer import PacedWriter


class Notes(PacedWriter):
    def __init__(self, pace):
        super().__init__(pace)
        self.written = []

    def begin(self):
        self.written.append(("begin", self.step))

    def write(self):
        self.written.append(("write", self.step))

    def end(self):
        self.written.append(("end", self.step))


@pytest.mark.parametrize("steps_per_execution", [1, 5])
def test_it_writes_at_its_pace(make_gan, images, steps_per_execution):
    notes = Notes((2, 3, 8))
    gan = make_gan(steps_per_execution=steps_per_execution)
    gan.fit(ImageData(images[0], batch_size=8), epochs=2, verbose=0, callbacks=[notes])
    assert notes.written == [("begin", 0), ("write", 2), ("write", 3), ("write", 8), ("end", 10)]


def test_without_a_pace_it_is_the_ends_of_epochs(make_gan, images):
    notes = Notes(None)
    make_gan().fit(ImageData(images[0], batch_size=20), epochs=2, verbose=0, callbacks=[notes])
    assert notes.written == [("begin", 0), ("write", 2), ("write", 4), ("end", 4)]


def test_what_is_past_is_not_written_again():
    notes = Notes((1, 3, 6))
    assert [notes.next_step(step) for step in (0, 1, 2, 5, 6)] == [1, 3, 3, 6, None]
