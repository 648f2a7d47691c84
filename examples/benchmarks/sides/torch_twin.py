"""The same networks in PyTorch: a module for each layer of a functional Keras model, with its weights."""

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
    # Of the sides here there is nothing to pad or to cut off; a padding of zeros is the convolution's own.
    **dict.fromkeys(("PadToMultiple", "CropLike", "Cropping2D", "ZeroPadding2D"), lambda *_: Does(lambda x, *_: x)),
}


class Twin(nn.Module):
    """A functional Keras model; images are `(batch, channels, height, width)`."""

    def __init__(self, model):
        super().__init__()
        self.inputs, self.steps, padded = [id(x) for x in model.inputs], [], {}
        layers = [layer for layer in model.layers if not isinstance(layer, keras.layers.InputLayer)]
        for layer in layers:
            given = [id(x) for x in keras.tree.flatten(layer.input)]
            if type(layer).__name__ == "ZeroPadding2D":
                padded[id(layer.output)] = layer.padding[0][0]
            self.steps.append((given, id(layer.output)))
        self.made = nn.ModuleList(
            MADE[type(layer).__name__](layer, padded.get(given[0], 0))
            for layer, (given, _) in zip(layers, self.steps, strict=True)
        )
        self.output = id(model.outputs[0])

    def forward(self, *x):
        values = dict(zip(self.inputs, x, strict=True))
        for module, (given, made) in zip(self.made, self.steps, strict=True):
            values[made] = module(*(values[name] for name in given))
        return values[self.output]
