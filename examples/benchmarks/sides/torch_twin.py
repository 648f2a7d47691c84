"""The same networks in PyTorch: a module for each layer of a functional Keras model, with its weights."""

import functools
import math

import keras
import torch
from torch import nn
from torch.nn import functional


def weights_of(layer):
    return [torch.tensor(weight.numpy()) for weight in layer.weights]


def with_weights(module, weight, bias=None):
    with torch.no_grad():
        module.weight.copy_(weight)
        if bias is not None:
            module.bias.copy_(bias)
    return module


class Basis(nn.Module):
    """A learned map, once for each row."""

    def __init__(self, layer):
        super().__init__()
        self.constant = nn.Parameter(weights_of(layer)[0].permute(2, 0, 1).contiguous())

    def forward(self, x):
        return self.constant.expand(len(x), -1, -1, -1)


class Places(nn.Module):
    """Each channel's places, weighted and summed."""

    def __init__(self, layer):
        super().__init__()
        self.kernel = nn.Parameter(weights_of(layer)[0].permute(2, 0, 1).contiguous())

    def forward(self, x):
        return (x * self.kernel).sum((2, 3))


class Filtered(nn.Module):
    """The filter (1, 3, 3, 1) between a size and its double, as a convolution of each channel."""

    def __init__(self, layer):
        super().__init__()
        self.up, channels = layer.direction == "up", layer.output.shape[-1]
        taps = torch.tensor([1.0, 3.0, 3.0, 1.0]) / (4 if self.up else 8)
        self.register_buffer("kernel", torch.outer(taps, taps).repeat(channels, 1, 1, 1))

    def forward(self, x):
        convolved = functional.conv_transpose2d if self.up else functional.conv2d
        return convolved(x, self.kernel, stride=2, padding=1, groups=x.shape[1])


class Scaled(nn.Module):
    """A layer of weights that are scaled where they are used; `function` is linear or a convolution."""

    def __init__(self, layer, function, weight, *bias, scale, of_bias=1.0):
        super().__init__()
        self.function, self.scale, self.of_bias = function, scale, of_bias
        self.weight = nn.Parameter(weight.contiguous())
        self.bias = nn.Parameter(bias[0]) if bias else None

    def forward(self, x):
        return self.function(x, self.weight * self.scale, None if self.bias is None else self.bias * self.of_bias)


def equalized_dense(layer, padded=0):
    kernel, *bias = weights_of(layer)
    multiplier = layer.learning_rate_multiplier
    scale = multiplier / math.sqrt(len(kernel))
    return Scaled(layer, functional.linear, kernel.T, *bias, scale=scale, of_bias=multiplier)


def equalized_convolution(layer, padded):
    kernel, *bias = weights_of(layer)
    padding = layer.kernel_size[0] // 2 if layer.padding == "same" else 0
    function = functools.partial(functional.conv2d, stride=layer.strides, padding=padding)
    scale = 1 / math.sqrt(math.prod(kernel.shape[:3]))
    return Scaled(layer, function, kernel.permute(3, 2, 0, 1), *bias, scale=scale)


class Mapping(nn.Module):
    """Latents to a style for each place: the same, as styles are not mixed here."""

    def __init__(self, layer):
        super().__init__()
        self.places = layer.num_styles
        self.dense = nn.ModuleList(equalized_dense(dense) for dense in layer.dense)

    def forward(self, z):
        z = z * (z.square().mean(1, keepdim=True) + 1e-8).rsqrt()
        for dense in self.dense:
            z = active(dense(z))
        return z[:, None].expand(-1, self.places, -1)


class Modulated(nn.Module):
    """A convolution whose inputs and outputs are scaled, or one in as many groups as there are samples."""

    def __init__(self, layer, grouped=False):
        super().__init__()
        kernel, bias, *_ = weights_of(layer)
        self.weight = nn.Parameter(kernel.permute(3, 2, 0, 1).contiguous())
        self.scale = 1 / math.sqrt(math.prod(kernel.shape[:3]))
        self.bias = nn.Parameter(bias)
        self.affine = equalized_dense(layer.affine)
        self.up, self.demodulate, self.grouped = layer.upsample, layer.demodulate, grouped
        stage = round(math.log2(layer.output.shape[1] / 4))
        self.place = 2 * stage + (1 if layer.kernel_size == 1 else -1 if layer.upsample else 0)
        taps = torch.tensor([1.0, 3.0, 3.0, 1.0]) / 4
        self.register_buffer("taps", torch.outer(taps, taps).repeat(layer.filters, 1, 1, 1))

    def forward(self, x, styles):
        s, weight = self.affine(styles[:, self.place]), self.weight * self.scale
        if self.grouped:
            x = self.in_groups(x, weight * s[:, None, :, None, None])
        else:
            x = self.convolved(x * s[:, :, None, None], weight)
            if self.demodulate:
                energy = s.square() @ weight.square().sum((2, 3)).T
                x = x * (energy + 1e-8).rsqrt()[:, :, None, None]
        return x + self.bias[:, None, None]

    def convolved(self, x, weight, groups=1):
        if not self.up:
            return functional.conv2d(x, weight, padding=weight.shape[-1] // 2, groups=groups)
        weight = weight.unflatten(0, (groups, -1)).transpose(1, 2).flatten(0, 1)
        x = functional.conv_transpose2d(x, weight, stride=2, groups=groups)
        return functional.conv2d(x, self.taps.repeat(groups, 1, 1, 1), padding=1, groups=x.shape[1])

    def in_groups(self, x, weights):
        if self.demodulate:
            weights = weights * (weights.square().sum((2, 3, 4), keepdim=True) + 1e-8).rsqrt()
        rows = len(x)
        return self.convolved(x.reshape(1, -1, *x.shape[2:]), weights.flatten(0, 1), rows).unflatten(1, (rows, -1))[0]


class Noise(nn.Module):
    """Noise of a learnt strength."""

    def __init__(self, layer):
        super().__init__()
        self.strength = nn.Parameter(weights_of(layer)[0])

    def forward(self, x):
        return x + self.strength * torch.randn(len(x), 1, *x.shape[2:])


class Blurred(nn.Module):
    """The filter (1, 3, 3, 1), and a pixel more for the strided convolution that follows."""

    def __init__(self, layer):
        super().__init__()
        taps = torch.tensor([1.0, 3.0, 3.0, 1.0]) / 8
        self.register_buffer("taps", torch.outer(taps, taps).repeat(layer.output.shape[-1], 1, 1, 1))

    def forward(self, x):
        return functional.conv2d(x, self.taps, padding=2, groups=x.shape[1])


class Deviation(nn.Module):
    """The mean deviation of groups of neighbours, as one more channel."""

    def __init__(self, layer):
        super().__init__()
        self.size = layer.group_size

    def forward(self, x):
        grouped = x.reshape(-1, min(self.size, len(x)), *x.shape[1:])
        deviation = (grouped.var(1, unbiased=False) + 1e-8).sqrt().mean((1, 2, 3))
        told = deviation.repeat_interleave(grouped.shape[1])[:, None, None, None]
        return torch.cat([x, told.expand(-1, 1, *x.shape[2:])], 1)


def active(x):
    return functional.leaky_relu(x, 0.2) * math.sqrt(2)


class Does(nn.Module):
    """What has no weights."""

    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, *x):
        return self.function(*x)


def convolution(layer, padded):
    kernel, *bias = weights_of(layer)
    size, stride = layer.kernel_size[0], layer.strides[0]
    padding = padded if layer.padding == "valid" else (size - stride + 1) // 2
    shape = (kernel.shape[2] * layer.groups, kernel.shape[3], size, stride, padding)
    made = nn.Conv2d(*shape, groups=layer.groups, bias=bool(bias))
    return with_weights(made, kernel.permute(3, 2, 0, 1), *bias)


def transposed(layer, padded):
    kernel, *bias = weights_of(layer)
    size = layer.kernel_size[0]  # 4 doubles the sides; of 3 the first row and column are cut off
    made = nn.ConvTranspose2d(kernel.shape[3], kernel.shape[2], size, 2, 1, size % 2, bias=bool(bias))
    return with_weights(made, kernel.permute(3, 2, 0, 1), *bias)


def dense(layer, padded):
    kernel, *bias = weights_of(layer)
    return with_weights(nn.Linear(*kernel.shape, bias=bool(bias)), kernel.T, *bias)


def normalization(layer, padded):
    scale, offset, *_ = weights_of(layer)
    return with_weights(nn.BatchNorm2d(len(scale), layer.epsilon, 0.1), scale, offset)


ACTIVE = {"tanh": torch.tanh, "linear": lambda x: x}
MADE = {
    "Conv2D": convolution,
    "Conv2DTranspose": transposed,
    "Dense": dense,
    "BatchNormalization": normalization,
    "GroupNormalization": lambda layer, _: nn.InstanceNorm2d(layer.groups, layer.epsilon),
    "ReflectionPadding2D": lambda layer, _: nn.ReflectionPad2d(layer.padding),
    "LeakyReLU": lambda layer, _: nn.LeakyReLU(layer.negative_slope),
    "ReLU": lambda layer, _: nn.ReLU(),
    "Activation": lambda layer, _: Does(ACTIVE[layer.activation.__name__]),
    "Concatenate": lambda layer, _: Does(lambda *x: torch.cat(x, 1)),
    "Add": lambda layer, _: Does(lambda x, y: x + y),
    "Multiply": lambda layer, _: Does(lambda x, y: x * y),
    "Reshape": lambda layer, _: Does(lambda x: x[:, :, None, None]),
    "LearnedConstant": lambda layer, _: Basis(layer),
    "EinsumDense": lambda layer, _: Places(layer),
    "Resample": lambda layer, _: Filtered(layer),
    "EqualizedDense": equalized_dense,
    "EqualizedConv2D": equalized_convolution,
    "MappingNetwork": lambda layer, _: Mapping(layer),
    "Noise": lambda layer, _: Noise(layer),
    "Blur": lambda layer, _: Blurred(layer),
    "MinibatchStdDev": lambda layer, _: Deviation(layer),
    "ScaledLeakyReLU": lambda *_: Does(active),
    "Rescaling": lambda layer, _: Does(lambda x: x * layer.scale),
    "Flatten": lambda *_: Does(lambda x: x.permute(0, 2, 3, 1).flatten(1)),
    # Of the sides here there is nothing to pad or to cut off; a padding of zeros is the convolution's own.
    **dict.fromkeys(("PadToMultiple", "CropLike", "Cropping2D", "ZeroPadding2D"), lambda *_: Does(lambda x, *_: x)),
}


class Twin(nn.Module):
    """A functional Keras model; images are `(batch, channels, height, width)`."""

    def __init__(self, model, grouped=False):
        super().__init__()
        made = {**MADE, "ModulatedConv2D": lambda layer, _: Modulated(layer, grouped)}
        self.inputs, self.steps, padded = [id(x) for x in model.inputs], [], {}
        styles = [id(layer.output) for layer in model.layers if type(layer).__name__ == "MappingNetwork"]
        layers = [layer for layer in model.layers if not isinstance(layer, keras.layers.InputLayer)]
        for layer in layers:
            given = [id(x) for x in keras.tree.flatten(layer.input)]
            if type(layer).__name__ == "ModulatedConv2D":
                given[1:] = styles  # of all places, and not the slice of its own
            if type(layer).__name__ == "ZeroPadding2D":
                padded[id(layer.output)] = layer.padding[0][0]
            self.steps.append((given, id(layer.output)))
        self.made = nn.ModuleList(
            made[type(layer).__name__](layer, padded.get(given[0], 0))
            for layer, (given, _) in zip(layers, self.steps, strict=True)
        )
        self.output = id(model.outputs[0])

    def forward(self, *x, styles=None):
        """Return what is made of the inputs; `styles` take the place of those that are mapped."""
        values = dict(zip(self.inputs, x, strict=True))
        for module, (given, made) in zip(self.made, self.steps, strict=True):
            mapped = styles is not None and isinstance(module, Mapping)
            values[made] = styles if mapped else module(*(values[name] for name in given))
        return values[self.output]

    @property
    def mapping(self):
        """What makes the styles."""
        return next(module for module in self.made if isinstance(module, Mapping))
