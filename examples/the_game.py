"""The smallest GAN there is, and the theory in one picture: figure 1 of Goodfellow et al. 2014 (arXiv:1406.2661).

A linear generator and a logistic discriminator play Algorithm 1 with the minimax loss on 1-D data. At the start p_data
and p_g are Gaussians of equal width, for which the best discriminator of all, p_data / (p_data + p_g), is logistic:
with the generator held still it is found exactly. Then both play, until D(x) = 1/2 everywhere and the value of the
game is -log 4. (A logistic discriminator sees means, not widths: the mean is what the generator learns.)

    python examples/the_game.py --out the_game.png
"""

import argparse

import keras
import numpy as np

import keras_gan

MEAN, DEVIATION, BATCH = 1.5, 0.8, 600


def density(x, mean, deviation):
    return np.exp(-(((x - mean) / deviation) ** 2) / 2) / (deviation * np.sqrt(2 * np.pi))


def make_game():
    generator, discriminator = keras_gan.models.mlp((1,), latent_dim=1, hidden=())
    generator.set_weights([np.array([[DEVIATION]]), np.array([-0.5])])  # p_g: the right width, the wrong mean
    discriminator.set_weights([np.array([[0.0]]), np.array([0.0])])  # D = 1/2: it knows nothing yet
    return keras_gan.GAN(generator, discriminator)


def draw(axis, gan, title):
    slope, shift = (float(np.ravel(weight)[0]) for weight in gan.generator.get_weights())
    x = np.linspace(-4, 5, 400)
    p_data, p_g = density(x, MEAN, DEVIATION), density(x, shift, abs(slope))
    axis.plot(x, p_data, "k:", label="p_data")
    axis.plot(x, p_g, "g-", label="p_g")
    axis.plot(x, p_data / (p_data + p_g), "b-", alpha=0.3, linewidth=5, label="p_data / (p_data + p_g)")
    axis.plot(x, 1 / (1 + np.exp(-gan.discriminate(x[:, None]))), "b--", label="D(x), learned")
    axis.set_title(f"{title}\nG(z) = {slope:.2f} z + {shift:.2f}", fontsize=10)
    axis.set_ylim(-0.03, 1.03)


def main(rounds, out):
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    gan = make_game()
    reals = np.random.default_rng(0).normal(MEAN, DEVIATION, (rounds * BATCH, 1)).astype("float32")
    figure, axes = pyplot.subplots(1, 4, figsize=(15, 3.5), sharey=True)
    draw(axes[0], gan, "(a) the start")

    gan.generator.trainable = False  # the inner loop of Algorithm 1, to its end
    gan.compile("sgd", keras.optimizers.SGD(0.5), loss="minimax", steps_per_execution=25)
    gan.fit(reals, batch_size=BATCH, verbose=0)
    draw(axes[1], gan, "(b) D at its best, G held still")
    slope, bias = (float(np.ravel(weight)[0]) for weight in gan.discriminator.get_weights())
    best = (MEAN + 0.5) / DEVIATION**2, (0.5**2 - MEAN**2) / (2 * DEVIATION**2)
    print(f"the best logit: {slope:.2f} x {bias:+.2f} (in theory {best[0]:.2f} x {best[1]:+.2f})")

    gan.generator.trainable = True
    gan.compile(
        keras.optimizers.SGD(0.05),
        # The pull to 0 lets the game come to rest; without it the two circle (Mescheder et al. 2018, arXiv:1801.04406).
        keras.optimizers.SGD(0.2, weight_decay=0.2),
        loss="minimax",
        discriminator_steps=3,
        steps_per_execution=25,
    )
    for axis, part, title in (
        (axes[2], reals[: len(reals) // 40], "(c) both play"),
        (axes[3], reals, "(d) the equilibrium"),
    ):
        gan.fit(part, batch_size=BATCH, verbose=0)
        draw(axis, gan, title)
    axes[0].legend(loc="upper left", fontsize=7)
    figure.tight_layout()
    figure.savefig(out, dpi=80)

    value = -gan.evaluate(reals, batch_size=BATCH, return_dict=True, verbose=0)["d_loss"]
    print(f"the generator's mean: {gan.generator.get_weights()[1][0]:.2f} (p_data's: {MEAN})")
    print(f"the value of the game: {value:.3f} (-log 4 = {-np.log(4):.3f})")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=2000)
    parser.add_argument("--out", default="the_game.png")
    main(**vars(parser.parse_args()))
