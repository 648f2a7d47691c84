"""Training loops in PyTorch as they are written there: pix2pix, CycleGAN, and R3GAN with both penalties."""

import numpy as np
import torch
from torch.nn import functional

from sides.torch_twin import Twin


def adam(*networks):
    weights = [weight for network in networks for weight in network.parameters()]
    return torch.optim.Adam(weights, 2e-4, (0.5, 0.999), eps=1e-10, fused=True)


class Loop:
    """Twins of some networks, in a memory format, and the data in it."""

    def __init__(self, networks, data, form):
        self.format = torch.contiguous_format if form == "eager" else torch.channels_last
        self.models = networks
        self.twins = [Twin(network, form == "grouped").to(memory_format=self.format) for network in networks]
        self.data = [self.images(values) for values in data]

    def images(self, values):
        return torch.tensor(values).permute(0, 3, 1, 2).contiguous(memory_format=self.format)

    def check(self, tolerance=1e-4):
        """Raise unless twins give what the networks give."""
        random = np.random.default_rng(1)
        for model, twin in zip(self.models, self.twins, strict=True):
            given = [random.uniform(-1, 1, (2, *(side or 64 for side in x.shape[1:]))) for x in model.inputs]
            if len(given[0].shape) == 4:  # large enough for all halvings
                sides = [side or self.data[0].shape[-1] for side in model.inputs[0].shape[1:3]]
                given = [random.uniform(-1, 1, (2, *sides, x.shape[-1])) for x in model.inputs]
            given = [value.astype(np.float32) for value in given]
            expected = np.asarray(model(given if len(given) > 1 else given[0], training=True))
            mine = [self.images(value) if value.ndim == 4 else torch.tensor(value) for value in given]
            with torch.no_grad():
                found = twin(*mine).numpy()
            found = found.transpose(0, 2, 3, 1) if found.ndim == 4 else found
            np.testing.assert_allclose(found, expected, atol=tolerance, rtol=tolerance)


def learns(networks, whether):
    for network in networks:
        network.requires_grad_(whether)


class Pix2Pix(Loop):
    """Isola et al. 2017; the fake is made once a step."""

    def __init__(self, gan, data, form):
        super().__init__([gan.generator, gan.discriminator], data, form)
        self.optimizers = [adam(twin) for twin in self.twins]

    def step(self):
        (g, d), (source, target), (g_adam, d_adam) = self.twins, self.data, self.optimizers
        fake = g(source)
        d_adam.zero_grad(set_to_none=True)
        d_loss = functional.softplus(-d(source, target)).mean() + functional.softplus(d(source, fake.detach())).mean()
        d_loss.backward()
        d_adam.step()
        learns([self.twins[1]], False)
        g_adam.zero_grad(set_to_none=True)
        g_loss = functional.softplus(-d(source, fake)).mean()
        (g_loss + 100.0 * (fake - target).abs().mean()).backward()
        g_adam.step()
        learns([self.twins[1]], True)
        return d_loss.item(), g_loss.item()


class CycleGAN(Loop):
    """Zhu et al. 2017, without the pool: generators first."""

    def __init__(self, gan, data, form):
        networks = [gan.forward, gan.backward, gan.source_discriminator, gan.target_discriminator]
        super().__init__(networks, data, form)
        self.optimizers = [adam(*self.twins[:2]), adam(*self.twins[2:])]

    def step(self):
        (there, back, judge_source, judge_target), (source, target) = self.twins, self.data
        g_adam, d_adam = self.optimizers
        learns(self.twins[2:], False)
        g_adam.zero_grad(set_to_none=True)
        made_target, made_source = there(source), back(target)
        g_loss = (judge_target(made_target) - 1).square().mean() + (judge_source(made_source) - 1).square().mean()
        cycle = (back(made_target) - source).abs().mean() + (there(made_source) - target).abs().mean()
        same = (there(target) - target).abs().mean() + (back(source) - source).abs().mean()
        (g_loss / 2 + 5.0 * cycle + 2.5 * same).backward()
        g_adam.step()
        learns(self.twins[2:], True)
        d_adam.zero_grad(set_to_none=True)
        d_loss = 0.0
        for judge, real, fake in ((judge_source, source, made_source), (judge_target, target, made_target)):
            d_loss = d_loss + ((judge(real) - 1).square().mean() + judge(fake.detach()).square().mean()) / 2
        d_loss.backward()
        d_adam.step()
        return d_loss.item() / 2, g_loss.item() / 4  # as keras_gan logs them: means over both domains


class R3GAN(Loop):
    """Huang et al. 2024, with both penalties at every step."""

    def __init__(self, gan, data, form):
        super().__init__([gan.generator, gan.discriminator], data, form)
        self.latent_dim = gan.latent_dim
        self.optimizers = [adam(twin) for twin in self.twins]

    def judged(self, images):
        """Return logits, and the squared norms of their slopes."""
        images = images.detach().requires_grad_(True)
        logits = self.twins[1](images)
        (slope,) = torch.autograd.grad(logits.sum(), images, create_graph=True)
        return logits, slope.square().sum((1, 2, 3)).mean()

    def drawn(self, rows):
        return torch.randn(rows, self.latent_dim)

    def step(self):
        (g, d), real, (g_adam, d_adam) = self.twins, self.data[0], self.optimizers
        d_adam.zero_grad(set_to_none=True)
        with torch.no_grad():
            fake = g(self.drawn(len(real)))
        d_loss, penalty = self.of_discriminator(d, real, fake)
        (d_loss + penalty).backward()
        d_adam.step()
        learns([d], False)
        g_adam.zero_grad(set_to_none=True)
        g_loss, penalty = self.of_generator(d, real, g(self.drawn(len(real))))
        (g_loss + penalty).backward()
        g_adam.step()
        learns([d], True)
        return d_loss.item(), g_loss.item()

    def of_discriminator(self, d, real, fake):
        (real_logits, r1), (fake_logits, r2) = self.judged(real), self.judged(fake)
        return functional.softplus(fake_logits - real_logits).mean(), r1 + r2

    def of_generator(self, d, real, fake):
        return functional.softplus(d(real) - d(fake)).mean(), 0.0


class StyleGAN2(R3GAN):
    """Karras et al. 2020, with R1 and path length at every step; styles are not mixed."""

    average = 0.0

    def path_length(self):
        twin = self.twins[0]
        styles = twin.mapping(self.drawn(len(self.data[0]) // 2)).contiguous()
        images = twin(styles[:, 0], styles=styles)
        noise = torch.randn_like(images) / np.sqrt(np.prod(images.shape[2:]))
        (slope,) = torch.autograd.grad((images * noise).sum(), styles, create_graph=True)
        lengths = (slope.square().sum(2).mean(1) + 1e-8).sqrt()
        self.average += 0.01 * (lengths.mean().item() - self.average)
        return (lengths - self.average).square().mean()

    def of_discriminator(self, d, real, fake):
        logits, r1 = self.judged(real)
        return functional.softplus(-logits).mean() + functional.softplus(d(fake)).mean(), r1

    def of_generator(self, d, real, fake):
        return functional.softplus(-d(fake)).mean(), 2.0 * self.path_length()


LOOPS = {"stylegan2": StyleGAN2, "pix2pix": Pix2Pix, "cyclegan": CycleGAN, "r3gan": R3GAN}
