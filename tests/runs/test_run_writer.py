import json

from keras_gan.data import ImageData
from keras_gan.runs import Run
from keras_gan.runs.run_writer import RunWriter


def test_options_take_the_place_of_the_earlier_ones_when_training_begins(make_gan, images, tmp_path):
    run, gan = Run.create(tmp_path, "toy", {"images": 20}), make_gan()
    writer = RunWriter(run, None, {"images": 40})
    assert run.options == {"images": 20}
    gan.fit(ImageData(images[0], batch_size=20), verbose=0, callbacks=[writer])
    assert run.options == {"images": 40}
    gan.fit(ImageData(images[0], batch_size=20), verbose=0, callbacks=[RunWriter(run, None, None)])
    assert json.loads(run.options_file.read_text()) == {"images": 40}


def test_rows_and_the_model_come_at_the_pace(make_gan, images, tmp_path):
    run, gan = Run.create(tmp_path, "toy", {}), make_gan()
    gan.fit(ImageData(images[0], batch_size=10), verbose=0, callbacks=[RunWriter(run, (1, 3), None)])
    steps = [line.split(",")[1] for line in run.log_file.read_text().splitlines()[1:]]
    assert steps == ["1", "3", "4"]
    assert run.model_file.exists()
