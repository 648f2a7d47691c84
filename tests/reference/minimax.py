"""The games of Goodfellow et al. 2014 in NumPy float64, written from the paper and independent of the package."""

import numpy as np


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


class LinearGame:
    """The generator G(z) = az + b against the discriminator D(x) = sigmoid(wx + c), by gradients worked out by hand.

    One call of `play` is one iteration of Algorithm 1 with plain SGD: k discriminator steps, one generator step.
    """

    def __init__(self, a, b, w, c, rate):
        self.a, self.b, self.w, self.c = (np.float64(value) for value in (a, b, w, c))
        self.rate = rate

    def play(self, reals, latents, generator_latents):
        for x, z in zip(reals, latents, strict=True):
            fake = self.a * z + self.b
            # d/dl of softplus(-l) at the reals, of softplus(l) at the fakes.
            real_slope = sigmoid(self.w * x + self.c) - 1.0
            fake_slope = sigmoid(self.w * fake + self.c)
            w_gradient = np.mean(real_slope * x + fake_slope * fake)
            c_gradient = np.mean(real_slope + fake_slope)
            self.w -= self.rate * w_gradient
            self.c -= self.rate * c_gradient
        fake = self.a * generator_latents + self.b
        slope = -sigmoid(self.w * fake + self.c) * self.w  # of log(1 - D), through the logit to the sample
        a_gradient, b_gradient = np.mean(slope * generator_latents), np.mean(slope)
        self.a -= self.rate * a_gradient
        self.b -= self.rate * b_gradient


def jensen_shannon(p, q, dx):
    """The divergence of two densities on a grid, in nats, by the rectangle rule."""
    m = (p + q) / 2

    def kl(a, b):
        inside = a > 0
        return np.sum(a[inside] * np.log(a[inside] / b[inside])) * dx

    return (kl(p, m) + kl(q, m)) / 2


def normal_density(x, mean, deviation):
    return np.exp(-(((x - mean) / deviation) ** 2) / 2) / (deviation * np.sqrt(2 * np.pi))
