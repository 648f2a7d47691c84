import pytest
import tensorflow as tf

from keras_gan.ops import convolution_rules, platform


def on(monkeypatch, name, instructions="AVX-512"):
    monkeypatch.setattr(platform, "under_xla", lambda: name == "XLA")
    monkeypatch.setattr(platform, "has_onednn", lambda: name != "Eigen")
    monkeypatch.setattr(platform, "instruction_set", lambda: instructions)


def patches(places, kernel, stride):
    """Return which directions take patches."""
    rules = convolution_rules
    return {of for of in rules.DIRECTIONS if rules.taken(of, places, kernel, stride) == "patches"}


PLATFORMS = ("oneDNN", "Eigen", "XLA")


def test_where_phases_are_faster(monkeypatch):
    def rule(side, outputs, stride=2):
        return convolution_rules.taken("spread", (None, side, side), tf.zeros((4, 4, outputs, 8)), stride) == "phases"

    for name, expected in zip(PLATFORMS, [[False, True], [True, False], [True, False]], strict=True):
        on(monkeypatch, name)
        assert [rule(9, 64), rule(9, 3)] == expected
        assert not rule(9, 64, stride=1)
        assert rule(None, 64) == (name == "Eigen")


def test_where_blocks_are_faster():
    def block(side, size, outputs, stride=1, inputs=16):
        return convolution_rules.block_of((None, side, side), tf.zeros((size, size, inputs, outputs)), stride)

    assert [block(28, 5, 1), block(30, 5, 3), block(27, 5, 1), block(None, 5, 1)] == [4, 2, 0, 0]
    assert [block(28, 3, 1), block(28, 5, 64), block(28, 6, 1, 2), block(8, 5, 1), block(28, 5, 1, 1, 8)] == [0] * 5


# The side of the maps, the size and stride of the kernel, its channels; which directions take patches.
ALL = {"convolve", "spread", "kernel_gradient"}
SMALL_MAPS = [
    ((1, 1), 4, 2, (3, 8), ALL, ALL, ALL),
    ((2, 2), 4, 2, (128, 256), set(), set(), {"spread"}),
    ((2, 2), 4, 2, (256, 256), ALL, {"kernel_gradient"}, {"spread"}),
    ((2, 1), 3, 1, (256, 512), ALL, {"kernel_gradient", "spread"}, {"convolve", "spread"}),
    ((2, 2), 3, 1, (128, 256), set(), {"spread"}, {"convolve", "spread"}),
    ((4, 4), 4, 2, (256, 256), set(), {"kernel_gradient"}, {"spread"}),
    ((4, 4), 4, 2, (256, 512), ALL, {"kernel_gradient"}, {"spread"}),
    ((4, 4), 3, 1, (16, 16), set(), set(), {"spread"}),
    ((8, 8), 4, 2, (512, 1024), set(), set(), set()),
    ((8, 8), 3, 1, (512, 1024), set(), set(), set()),
    ((9, 9), 4, 2, (128, 256), set(), set(), set()),
    ((9, 9), 4, 2, (3, 256), set(), set(), {"spread"}),
    ((9, 9), 3, 1, (3, 256), set(), set(), set()),
    ((0, 1), 4, 2, (512, 512), set(), set(), set()),
    ((None, 2), 4, 2, (512, 512), set(), set(), set()),
    ((2, 2), 3, 2, (512, 512), set(), set(), set()),
]


@pytest.mark.parametrize(("sides", "size", "stride", "channels", "expected"), [(*c[:4], c[4:]) for c in SMALL_MAPS])
def test_where_patches_are_faster(sides, size, stride, channels, expected, monkeypatch):
    kernel = tf.zeros((size, size, *channels))
    for name, directions in zip(PLATFORMS, expected, strict=True):
        on(monkeypatch, name)
        assert {
            of for of in ALL if convolution_rules.taken(of, (None, *sides), kernel, stride) == "patches"
        } == directions, name
        assert not directions or convolution_rules.wins((None, *sides), kernel, stride)


# The places, the size and stride of the kernel, its channels; what takes patches, and whether it takes strips.
FEW_PLACES = [
    ((1, 8, 8), 4, 2, (512, 512), {"convolve", "kernel_gradient", "spread"}, True),
    ((1, 16, 16), 4, 2, (256, 512), {"convolve"}, True),
    ((1, 16, 16), 4, 2, (256, 1024), {"convolve", "kernel_gradient"}, True),
    ((4, 8, 8), 4, 2, (512, 1024), {"convolve", "kernel_gradient", "spread"}, False),
    ((4, 8, 8), 3, 1, (512, 512), {"convolve"}, False),
    ((16, 8, 8), 3, 1, (512, 512), set(), False),
    ((1, 32, 32), 3, 1, (256, 256), set(), True),
    ((1, 31, 31), 4, 1, (256, 512), set(), True),
    ((2, 32, 32), 3, 1, (256, 256), set(), False),
    ((1, 64, 64), 4, 2, (64, 128), set(), False),
    ((None, 32, 32), 3, 1, (256, 256), set(), False),
    ((1, None, 32), 3, 1, (256, 256), set(), False),
]


@pytest.mark.parametrize(("places", "size", "stride", "channels", "directions", "strips"), FEW_PLACES)
def test_of_few_places_the_weights_are_the_cost(places, size, stride, channels, directions, strips, monkeypatch):
    kernel = tf.zeros((size, size, *channels))
    on(monkeypatch, "oneDNN")
    assert patches(places, kernel, stride) == directions
    assert convolution_rules.takes_strips(places, kernel) == strips
    for name in ("Eigen", "XLA"):
        on(monkeypatch, name)
        assert not convolution_rules.takes_strips(places, kernel)
    on(monkeypatch, "oneDNN")
    monkeypatch.setattr(platform, "has_gpu", lambda: True)
    assert not convolution_rules.wins(places, kernel, stride)


# The same on AVX2: what takes patches with oneDNN's kernels, with TensorFlow's own and under XLA, and strips.
ON_AVX2 = [
    ((1, 8, 8), 4, 2, (512, 512), ALL, {"spread", "kernel_gradient"}, {"spread"}, True),
    ((1, 16, 16), 4, 2, (256, 1024), {"kernel_gradient"}, {"kernel_gradient"}, {"spread"}, True),
    ((1, 64, 64), 4, 2, (64, 128), set(), set(), set(), True),
    ((1, 64, 64), 3, 1, (64, 64), set(), set(), set(), False),
    ((4, 16, 16), 4, 2, (256, 1024), {"kernel_gradient"}, set(), {"spread"}, False),
    ((4, 8, 8), 4, 2, (512, 1024), ALL, {"spread", "kernel_gradient"}, {"spread"}, False),
    ((16, 8, 8), 3, 1, (512, 512), {"kernel_gradient"}, set(), set(), False),
    ((16, 4, 4), 3, 1, (256, 256), set(), {"spread"}, {"spread"}, False),
    ((64, 4, 4), 4, 2, (256, 512), {"kernel_gradient"}, {"kernel_gradient"}, {"spread"}, False),
    ((64, 8, 8), 4, 2, (128, 256), set(), set(), set(), False),
    ((None, 4, 4), 4, 2, (256, 512), set(), {"kernel_gradient"}, {"spread"}, False),
]


@pytest.mark.parametrize("case", ON_AVX2, ids=lambda case: "-".join(map(str, case[:4])))
def test_another_instruction_set_has_other_rules(case, monkeypatch):
    places, size, stride, channels, *expected, strips = case
    kernel = tf.zeros((size, size, *channels))
    for name, directions in zip(PLATFORMS, expected, strict=True):
        on(monkeypatch, name, "AVX2")
        assert patches(places, kernel, stride) == directions, name
        assert convolution_rules.takes_strips(places, kernel) == (strips and name == "oneDNN")


@pytest.mark.parametrize("instructions", ["Arm", "other"])
@pytest.mark.parametrize("case", FEW_PLACES[:3], ids=lambda case: "-".join(map(str, case[:4])))
def test_where_nothing_was_measured_the_rules_are_those_of_avx_512(case, instructions, monkeypatch):
    places, size, stride, channels, directions, strips = case
    kernel = tf.zeros((size, size, *channels))
    on(monkeypatch, "oneDNN", instructions)
    assert patches(places, kernel, stride) == directions
    assert convolution_rules.takes_strips(places, kernel) == strips


def test_a_gpu_has_kernels_of_its_own(monkeypatch):
    monkeypatch.setattr(platform, "has_onednn", lambda: True)
    # blocks, phases and patches
    cases = [((28, 28), (5, 5, 16, 1), 1), ((7, 7), (4, 4, 3, 8), 2), ((1, 1), (4, 4, 8, 8), 2)]
    for gpu in (False, True):
        monkeypatch.setattr(platform, "has_gpu", lambda gpu=gpu: gpu)
        wins = [convolution_rules.wins((None, *sides), tf.zeros(shape), stride) for sides, shape, stride in cases]
        assert wins == [not gpu] * 3
