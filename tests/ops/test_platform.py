import os
import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf

from keras_gan.ops import platform


@pytest.mark.parametrize("jit_compile", [True, False])
def test_xla_is_seen_while_it_traces(jit_compile):
    seen = []

    def note():
        seen.append(platform.under_xla())
        return 0

    @tf.function(jit_compile=jit_compile)
    def traced(x):
        note()
        return tf.cond(x > 0, note, lambda: 0)

    traced(tf.constant(1))
    note()
    assert seen == [jit_compile, jit_compile, False]


@pytest.mark.long
@pytest.mark.parametrize("switch", ["0", "1"])
def test_onednn_is_what_the_environment_says(switch):
    command = "from keras_gan.ops import platform; print(platform.has_onednn())"
    environment = {**os.environ, "TF_ENABLE_ONEDNN_OPTS": switch}
    done = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True, env=environment, timeout=120)
    assert done.stdout.strip() == str(switch == "1"), done.stderr


def test_gpus():
    assert platform.has_gpu() == bool(tf.config.get_visible_devices("GPU"))


SIMD = {
    "AVX-512": (["X86_V2"], ["X86_V3", "X86_V4", "AVX512_ICL"]),
    "AVX-512 of older names": (["SSE", "SSE2"], ["AVX2", "FMA3", "AVX512F", "AVX512_SKX"]),
    "AVX2": (["X86_V2"], ["X86_V3"]),
    "Arm": (["NEON", "NEON_FP16", "ASIMD"], ["ASIMDHP"]),
    "other": (["SSE", "SSE2"], []),
}


@pytest.mark.parametrize("name", SIMD)
@pytest.mark.parametrize("allowed", ["", "AVX2_VNNI", "AVX512_CORE"])
def test_the_instruction_set(name, allowed, monkeypatch):
    baseline, found = SIMD[name]
    monkeypatch.setattr(np, "show_config", lambda mode: {"SIMD Extensions": {"baseline": baseline, "found": found}})
    monkeypatch.setenv("ONEDNN_MAX_CPU_ISA", allowed)
    expected = name.split(" of ")[0]
    less = expected == "AVX-512" and allowed.startswith("AVX2")
    assert platform.instruction_set.__wrapped__() == ("AVX2" if less else expected)


def test_the_instruction_set_of_this_machine():
    assert platform.instruction_set() in {name.split(" of ")[0] for name in SIMD}


@pytest.mark.parametrize(
    ("gpu", "onednn", "kernels"),
    [(True, True, "the GPU's"), (False, True, "oneDNN's"), (False, False, "TensorFlow's own")],
)
def test_whose_kernels(gpu, onednn, kernels, monkeypatch):
    monkeypatch.setattr(platform, "has_gpu", lambda: gpu)
    monkeypatch.setattr(platform, "has_onednn", lambda: onednn)
    assert platform.kernels() == kernels


def test_what_is_traced_as_on_a_gpu():
    before = platform.has_gpu()
    with platform.as_on_a_gpu():
        assert platform.has_gpu()
        assert platform.keeps_plain_forms()
    assert platform.has_gpu() == before
