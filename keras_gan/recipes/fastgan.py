"""The recipe of FastGAN: few images, its discriminator's self-supervision, and small batches."""

from keras_gan import models
from keras_gan.augmentation import DiffAugment
from keras_gan.recipes import rules
from keras_gan.recipes.plan import Plan, always
from keras_gan.recipes.recipe import Recipe
from keras_gan.recipes.settings import Number
from keras_gan.terms import AutoEncoding
from keras_gan.training import GAN

_POLICY = ("color", "translation")  # of DiffAugment, as in the paper's code
_AUTO_ENCODING = Number("auto_encoding", "weight of the discriminator's auto-encoding; 0 for none", maximum=1e6)


def fastgan() -> Recipe:
    """Return the recipe, of Liu et al. 2021, arXiv:2101.04775, section 4 and its code.

    Decoders are compared with the reals in pixels, since no network comes with the package that knows the data: hand
    one to `terms.AutoEncoding`. The data are not mirrored, and narrow networks take a larger rate in short trainings.
    """
    return Recipe(
        "fastgan",
        "a folder of a hundred images or more, resized to 64x64, or of sides up to 1024: FastGAN",
        _build,
        rules=[
            rules.batch_size(8),
            always(rules.DISCRIMINATOR_STEPS, 1),
            rules.width_by_device(64, 16, "channels of the maps of 128x128; they double inwards, up to 16 times"),
            always(rules.LATENT_DIM, 256),
            always(rules.LOSS, "random_margin_hinge"),
            always(_AUTO_ENCODING, 1.0),
            always(rules.R1_WEIGHT, 0.0),
            always(rules.AUGMENTATION, "diff_augment"),
            *rules.optimizers(
                rules.rate_by_length(2e-4, 1e-3, paper_width=64), beta_1=0.5, beta_2=0.999, final_rate=1.0
            ),
            always(rules.HALF_LIFE, 5_500),  # 0.999 an update of 8 images
            always(rules.AVERAGES, 1),
        ],
        data="fashion_mnist",
        images=400_000,
        image_size=64,
    )


def _build(plan: Plan, seed: int) -> GAN:
    facts = rules.of_images(plan)
    networks = models.fastgan(
        facts.sample_shape,
        latent_dim=plan["latent_dim"],
        width=plan["width"],
        **facts.condition,
        decoders=plan["auto_encoding"] > 0,
        seed=seed,
    )
    terms = [AutoEncoding(weight=plan["auto_encoding"])] if plan["auto_encoding"] else []
    augmentation = DiffAugment(_POLICY) if plan["augmentation"] == "diff_augment" else None
    return rules.compiled(networks, plan, seed, [*rules.r1(plan), *terms], epsilon=1e-8, augmentation=augmentation)
