"""Another game on the same base: two generators, two discriminators (CycleGAN; Zhu et al. 2017, arXiv:1703.10593)."""

import keras
import tensorflow as tf

import keras_gan
from keras_gan import AdversarialModel, Player
from keras_gan.training.game.logs import sums


def dense(inputs, outputs):
    return keras.Sequential([keras.Input((inputs,)), keras.layers.Dense(outputs)])


@keras_gan.register
class CycleModel(AdversarialModel):
    log_names = ("d_loss", "g_loss", "cycle")

    def __init__(self, g_ab, g_ba, d_a, d_b, average=None, seed=0, name=None):
        players = [Player("discriminators", [d_a, d_b]), Player("generators", [g_ab, g_ba], average)]
        super().__init__(players, seed=seed, name=name)
        self.g_ab, self.g_ba, self.d_a, self.d_b = g_ab, g_ba, d_a, d_b
        self.average = average

    def compile(self, generators_optimizer, discriminators_optimizer, cycle_weight=10.0, **options):
        self.cycle_weight = cycle_weight
        self.compile_players(
            {"generators": generators_optimizer, "discriminators": discriminators_optimizer},
            {"cycle_weight": cycle_weight},
            **options,
        )

    def train_step(self, data):
        self.descend("discriminators", self.discriminators_loss, data)
        self.descend("generators", self.generators_loss, data)
        self.update_average(tf.shape(data[0])[0])
        return self.finish_step()

    def discriminators_loss(self, data):
        a, b = data
        values = sum(
            tf.square(d(real, training=True) - 1) + tf.square(d(fake, training=True))
            for d, real, fake in (
                (self.d_a, a, self.g_ba(b, training=True)),
                (self.d_b, b, self.g_ab(a, training=True)),
            )
        )
        return tf.reduce_mean(values), sums(d_loss=values)

    def generators_loss(self, data):
        a, b = data
        fake_a, fake_b = self.g_ba(b, training=True), self.g_ab(a, training=True)
        values = tf.square(self.d_a(fake_a, training=True) - 1) + tf.square(self.d_b(fake_b, training=True) - 1)
        cycle = tf.abs(self.g_ba(fake_b, training=True) - a) + tf.abs(self.g_ab(fake_a, training=True) - b)
        loss = tf.reduce_mean(values) + self.cycle_weight * tf.reduce_mean(cycle)
        return loss, sums(g_loss=values, cycle=cycle)
