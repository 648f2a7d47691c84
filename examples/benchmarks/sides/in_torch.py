"""A GAN in PyTorch as its users write it: the twin of a Keras one, with the same weights."""

import torch
from torch import nn
from torch.nn import functional

from sides.games import GAMES, GAMMA, LATENT, LEAK


class Reorder(nn.Module):
    """Reads a vector as a map of channels last, or gives one back."""

    def __init__(self, shape=None):
        super().__init__()
        self.shape = shape

    def forward(self, x):
        if self.shape is None:
            return x.permute(0, 2, 3, 1).flatten(1)
        return x.view(-1, *self.shape).permute(0, 3, 1, 2).contiguous()


def network(layers, shape):
    """Return the module of a list of layers."""
    made, channels = [], shape[-1]
    size = shape[0] if len(shape) == 1 else None
    side = shape[0]
    for number, (kind, *width) in enumerate(layers):
        bias = layers[number + 1 :][:1] != [("norm",)]
        if kind == "dense":
            made.append(nn.Linear(size, width[0]))
            size = width[0]
        elif kind == "shape":
            made.append(Reorder(width[0]))
            side, channels = width[0][0], width[0][2]
        elif kind == "flat":
            made.append(Reorder())
            size = side * side * channels
        elif kind == "norm":
            made.append(nn.BatchNorm2d(channels, eps=1e-5, momentum=0.1))
        elif kind in ("up", "down", "conv"):
            size_and_stride = (5, 1, 2) if kind == "conv" else (4, 2, 1)
            form = nn.ConvTranspose2d if kind == "up" else nn.Conv2d
            made.append(form(channels, width[0], *size_and_stride, bias=bias))
            side, channels = {"up": 2 * side, "down": -(-side // 2), "conv": side}[kind], width[0]
        else:
            made.append({"relu": nn.ReLU(), "leaky": nn.LeakyReLU(LEAK), "tanh": nn.Tanh()}[kind])
    return nn.Sequential(*made)


def copy_weights(module, model):
    """Give a module the weights of a Keras model."""
    theirs = [layer for layer in model.layers if layer.weights]
    ours = [layer for layer in module if list(layer.parameters())]
    with torch.no_grad():
        for layer, other in zip(ours, theirs, strict=True):
            first, *second = (torch.tensor(weight.numpy()) for weight in other.weights[:2])
            if isinstance(layer, nn.Linear):
                first = first.T
            elif not isinstance(layer, nn.BatchNorm2d):
                first = first.permute(3, 2, 0, 1)
            layer.weight.copy_(first)
            if second:
                layer.bias.copy_(second[0])


class UsualLoop:
    """The usual loop. `form` is `"eager"`, `"channels_last"` or `"compiled"` (and channels last)."""

    def __init__(self, game, networks, images, penalty="none", reuse=False, form="eager"):
        torch.manual_seed(0)
        self.generator = network(GAMES[game]["generator"], (LATENT,))
        self.discriminator = network(GAMES[game]["discriminator"], GAMES[game]["shape"])
        for module, model in zip((self.generator, self.discriminator), networks or [None, None], strict=True):
            if model is not None:
                copy_weights(module, model)
            if form != "eager":
                module.to(memory_format=torch.channels_last)
        self.optimizers = [
            torch.optim.Adam(module.parameters(), 2e-4, (0.5, 0.999), eps=1e-10, foreach=True)
            for module in (self.generator, self.discriminator)
        ]
        self.images = torch.tensor(images).permute(0, 3, 1, 2).float() / 127.5 - 1
        self.images = self.images.to(memory_format=torch.channels_last if form != "eager" else torch.contiguous_format)
        self.penalty, self.reuse = penalty, reuse
        compiled = form == "compiled" and penalty == "none"  # its double backward is not supported
        self.g, self.d = ((torch.compile(m) if compiled else m) for m in (self.generator, self.discriminator))

    def judged(self, images, penalized):
        images = images.detach().requires_grad_(penalized)
        logits = self.d(images)
        if not penalized:
            return logits, 0.0
        (slope,) = torch.autograd.grad(logits.sum(), images, create_graph=True)
        return logits, GAMMA / 2 * slope.square().sum((1, 2, 3)).mean()

    def step(self, latents=None):
        """Play one step; return both losses."""
        rows = len(self.images)
        z = [torch.randn(rows, LATENT) for _ in range(2)] if latents is None else [torch.tensor(x) for x in latents]
        g_optimizer, d_optimizer = self.optimizers
        fake = self.g(z[0]) if self.reuse else self.g(z[0]).detach()
        d_optimizer.zero_grad(set_to_none=True)
        real_logits, on_real = self.judged(self.images, self.penalty != "none")
        fake_logits, on_fake = self.judged(fake, self.penalty == "R1+R2")
        d_loss = functional.softplus(-real_logits).mean() + functional.softplus(fake_logits).mean()
        (d_loss + on_real + on_fake).backward()
        d_optimizer.step()
        g_optimizer.zero_grad(set_to_none=True)
        for weight in self.discriminator.parameters():
            weight.requires_grad_(False)
        fake = fake if self.reuse else self.g(z[1])
        g_loss = functional.softplus(-self.d(fake)).mean()
        g_loss.backward()
        g_optimizer.step()
        for weight in self.discriminator.parameters():
            weight.requires_grad_(True)
        return d_loss.item(), g_loss.item()
