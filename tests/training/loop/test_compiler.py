import keras
import pytest

import keras_gan
from keras_gan import InputError
from keras_gan.ops import platform
from keras_gan.training.loop.compiler import by_xla

LARGE, SMALL = (28, 28, 1), (8, 8, 1)


@pytest.fixture(params=["oneDNN", "own", "GPU"])
def kernels(request, monkeypatch):
    monkeypatch.setattr(platform, "has_onednn", lambda: request.param == "oneDNN")
    monkeypatch.setattr(platform, "has_gpu", lambda: request.param == "GPU")
    return request.param


def networks(shape=LARGE, build=keras_gan.models.dcgan, **options):
    return [*build(shape, latent_dim=4, width=2, **options)]


def mlp(shape, latent_dim, width):
    return keras_gan.models.mlp(shape, latent_dim=latent_dim, hidden=(width,))


def test_auto_follows_the_kernels(kernels):
    assert by_xla("auto", networks(), run_eagerly=False) == (True if kernels == "own" else "auto")


@pytest.mark.parametrize("asked", [True, False])
def test_what_is_asked_for_is_done(kernels, asked):
    assert by_xla(asked, networks(), run_eagerly=False) is asked


@pytest.mark.parametrize("kernels", ["own"], indirect=True)
@pytest.mark.parametrize(("build", "expected"), [("dcgan", True), ("r3gan", True), ("stylegan2", False)])
def test_networks_that_it_compiles(kernels, build, expected):
    options = {"dcgan": {"width": 2}, "r3gan": {"width": 16}, "stylegan2": {"channel_base": 64}}[build]
    found = getattr(keras_gan.models, build)((32, 32, 1), latent_dim=4, **options)
    assert by_xla("auto", [*found], run_eagerly=False) is expected


class Subclassed(keras.Model):
    def __init__(self):
        super().__init__()
        self.layer = keras.layers.Conv2D(2, 3)

    def call(self, inputs):
        return self.layer(inputs)


@pytest.mark.parametrize("kernels", ["own"], indirect=True)
def test_of_a_subclassed_network_nothing_is_known(kernels):
    network = Subclassed()
    network(keras.ops.zeros((1, *LARGE)))
    assert by_xla("auto", [network], run_eagerly=False) is False


@pytest.mark.parametrize("kernels", ["own"], indirect=True)
def test_images_of_images_are_left_to_tensorflow(kernels):
    translator = keras_gan.models.unet(channels=1, source_channels=1, width=2, depth=4)
    assert by_xla("auto", [translator, networks()[1]], run_eagerly=False) is False


@pytest.mark.parametrize("kernels", ["own"], indirect=True)
@pytest.mark.parametrize("case", ["small images", "no convolution", "bfloat16", "eager", "replicas"])
def test_where_xla_does_not_pay(kernels, case):
    if case == "bfloat16":
        keras.mixed_precision.set_global_policy("mixed_bfloat16")
    shape, build = (SMALL if case == "small images" else LARGE), (mlp if case == "no convolution" else None)
    found = networks(shape, build or keras_gan.models.dcgan)
    assert by_xla("auto", found, case == "eager", replicas=1 + (case == "replicas")) in (False, "auto")


def test_several_replicas_have_no_compiler(kernels):
    with pytest.raises(InputError, match="With several replicas `jit_compile` must be False"):
        by_xla(True, networks(), run_eagerly=False, replicas=2)


@pytest.mark.parametrize("kernels", ["own", "oneDNN"], indirect=True)
def test_a_game_is_compiled_so_and_keeps_what_it_was_told(kernels):
    gan = keras_gan.GAN(*networks())
    gan.compile("adam", "adam")
    assert gan.jit_compile is (kernels == "own")
    assert gan.get_compile_config()["jit_compile"] == "auto"
