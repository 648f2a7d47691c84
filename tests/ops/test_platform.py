import os
import subprocess
import sys

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
