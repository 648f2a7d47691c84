import gc
import weakref

import keras
import numpy as np
import pytest
import tensorflow as tf

import keras_gan
from keras_gan.critic import Judgement
from keras_gan.training.game.gradients import Gradients, accumulated
from keras_gan.training.game.turn import Turn


def test_an_update_takes_turns_as_they_are():
    turns = [Turn(Gradients(tf.constant(loss), {}, [tf.constant([loss])])) for loss in (1.0, 3.0)]
    (gradient,), totals = accumulated([turn.gradients for turn in turns])
    assert float(gradient[0]) == float(totals[0]) == 4.0


@pytest.mark.long
@pytest.mark.some(1)
@pytest.mark.parametrize("parts", [1, 4])
def test_a_turn_keeps_no_pass_of_the_discriminator(parts, monkeypatch):
    """Each holds its activations: those of one micro-batch have to be gone when the next one is played."""
    alive, most = weakref.WeakSet(), []
    begin = Judgement.__init__

    def counted(self, *arguments):
        begin(self, *arguments)
        gc.collect()
        alive.add(self)
        most.append(len(alive))

    monkeypatch.setattr(Judgement, "__init__", counted)
    gan = keras_gan.GAN(*keras_gan.models.mlp((2,), latent_dim=2, hidden=(4,)))
    gan.compile(*(keras.optimizers.SGD(0.1) for _ in range(2)), accumulation_steps=parts, run_eagerly=True)
    most.clear()
    gan.fit(np.zeros((8, 2), np.float32), batch_size=8, verbose=0)
    assert max(most) <= 3
