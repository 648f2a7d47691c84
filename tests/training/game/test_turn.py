import tensorflow as tf

from keras_gan.training.game.gradients import Gradients, HasGradients, accumulated
from keras_gan.training.game.turn import Turn


def test_an_update_takes_turns_as_they_are():
    turns = [Turn(Gradients(tf.constant(loss), {}, [tf.constant([loss])]), None, None) for loss in (1.0, 3.0)]
    has_gradients: HasGradients = turns[0]
    assert has_gradients.gradients.values[0] == 1.0
    (gradient,), totals = accumulated([turn.gradients for turn in turns])
    assert float(gradient[0]) == float(totals[0]) == 4.0
