import keras
import pytest
import tensorflow as tf

import keras_gan
from keras_gan import InputError
from keras_gan.ops import platform
from keras_gan.training.loop.compiler import by_xla, pays
from keras_gan.utils import keras_private

LARGE, SMALL = (28, 28, 1), (8, 8, 1)


KERNELS = {  # instructions, and "auto" for images of 8, 16, 28, 32 and 48 pixels
    "oneDNN": ("AVX-512", False, False, False, False, False),
    "oneDNN on AVX2": ("AVX2", False, True, False, True, False),
    "oneDNN on Arm": ("Arm", False, False, False, False, False),
    "own": ("AVX2", False, True, True, True, True),
    "own on AVX-512": ("AVX-512", False, True, True, True, True),
    "own on others": ("other", False, False, False, False, False),
    "GPU": ("AVX2", "auto", "auto", "auto", "auto", "auto"),
}


@pytest.fixture(params=KERNELS)
def kernels(request, monkeypatch):
    monkeypatch.setattr(platform, "has_onednn", lambda: request.param.startswith("oneDNN"))
    monkeypatch.setattr(platform, "has_gpu", lambda: request.param == "GPU")
    monkeypatch.setattr(platform, "instruction_set", lambda: KERNELS[request.param][0])
    return request.param


own = pytest.mark.parametrize("kernels", ["own"], indirect=True)


def asked(jit_compile="auto", found=None, run_eagerly=False, replicas=1, **arguments):
    return by_xla(jit_compile, networks() if found is None else found, run_eagerly, replicas, arguments)


def networks(shape=LARGE, build=keras_gan.models.dcgan, **options):
    if build is not keras_gan.models.stylegan2:
        options = {"width": 2, **options}
    return [*build(shape, latent_dim=4, **options)]


def test_auto_follows_the_kernels(kernels):
    found = tuple(asked(found=networks(shape)) for shape in (SMALL, (16, 16, 3), LARGE, (32, 32, 3), (48, 48, 3)))
    assert found == KERNELS[kernels][1:]


@pytest.mark.parametrize("jit_compile", [True, False])
def test_what_is_asked_for_is_done(kernels, jit_compile):
    assert asked(jit_compile) is jit_compile


def mlp(shape, latent_dim, width):
    return keras_gan.models.mlp(shape, latent_dim=latent_dim, hidden=(width,))


class OfNoCompiler(keras.layers.Layer):
    def __init__(self, **options):
        super().__init__(**options)
        self.supports_jit = False

    def call(self, inputs):
        return inputs


def own_layer():
    generator, discriminator = networks()
    return [keras.Sequential([generator, OfNoCompiler(name="own")]), discriminator]


class Subclassed(keras.Model):
    def __init__(self):
        super().__init__()
        self.layer = keras.layers.Conv2D(2, 3)

    def call(self, inputs):
        return self.layer(inputs)


def subclassed():
    network = Subclassed()
    network(keras.ops.zeros((1, *LARGE)))
    return [network]


def of_any_side():
    image = keras.Input((None, None, 1))
    value = keras.layers.GlobalAveragePooling2D()(keras.layers.Conv2D(2, 3)(image))
    return [networks()[0], keras.Model(image, value)]


UNFIT = {
    "images of any side": of_any_side,
    "small images": lambda: networks(SMALL),
    "no convolution": lambda: networks(LARGE, mlp),
    "deep": lambda: networks((32, 32, 1), keras_gan.models.r3gan, width=16),
    "a layer that XLA does not know": own_layer,
    "a subclassed one, of unknown images": subclassed,
    "images of images": lambda: [keras_gan.models.unet(width=2)],
    "style-based": lambda: networks(LARGE, keras_gan.models.stylegan2, channel_base=64),
}


@own
@pytest.mark.parametrize("case", UNFIT)
def test_networks_that_are_left_to_tensorflow(kernels, case):
    assert asked(found=UNFIT[case]()) is False


@own
def test_half_precision_is_left_to_tensorflow(kernels):
    keras.mixed_precision.set_global_policy("mixed_bfloat16")
    assert asked() is False


@own
@pytest.mark.parametrize(
    "rules", [{"run_eagerly": True}, {"replicas": 2}, {"accumulation_steps": 2}], ids=lambda rules: next(iter(rules))
)
def test_where_it_does_harm(kernels, rules):
    assert asked(**rules) is not True


@own
def test_deterministic_operations_are_left_to_tensorflow(kernels, monkeypatch):
    monkeypatch.setattr(keras_private, "is_op_determinism_enabled", lambda: True)
    assert asked() is False


def test_several_replicas_have_no_compiler(kernels):
    with pytest.raises(InputError, match="With several replicas `jit_compile` must be False"):
        asked(True, replicas=2)


@pytest.mark.parametrize("kernels", ["own", "oneDNN"], indirect=True)
def test_a_game_is_compiled_so_and_keeps_what_it_was_told(kernels):
    gan = keras_gan.GAN(*networks())
    gan.compile("adam", "adam")
    assert gan.jit_compile is (kernels == "own")
    assert gan.get_compile_config()["jit_compile"] == "auto"


@own
@pytest.mark.long
def test_it_trains_to_what_it_does_without(kernels):
    images = tf.random.stateless_uniform((16, *LARGE), (1, 2), -1, 1)
    weights = []
    for jit_compile in ("auto", False):
        gan = keras_gan.GAN(*networks(seed=0), seed=1)
        gan.compile("sgd", "sgd", jit_compile=jit_compile)
        assert gan.jit_compile is (jit_compile == "auto")
        gan.fit(images, batch_size=8, epochs=2, verbose=0)
        weights.append(gan.get_weights())
    for left, right in zip(*weights, strict=True):
        assert abs(left - right).max() < 1e-5


@pytest.mark.parametrize(
    ("height", "width", "compiled"),
    [
        (16, 16, True),
        (16, 15, False),
        (16, 32, True),
        (32, 32, True),
        (16, 64, False),
        (16, 80, False),
        (24, 24, False),
    ],
)
@pytest.mark.parametrize("kernels", ["oneDNN on AVX2"], indirect=True)
def test_sides_with_onednns_kernels(kernels, height, width, compiled):
    assert pays(height, width) is compiled
