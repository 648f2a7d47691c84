"""PyTorch's convolutions in NumPy, float64, and the networks of pix2pix and CycleGAN made of them."""

import numpy as np


def conv(x, kernel, bias=None, stride=1, padding=0):
    """`torch.nn.Conv2d`, on channels last and with Keras's kernels `(h, w, in, out)`."""
    size = kernel.shape[0]
    x = np.pad(x, [(0, 0), (padding, padding), (padding, padding), (0, 0)])
    rows, columns = ((side - size) // stride + 1 for side in x.shape[1:3])
    y = np.zeros((len(x), rows, columns, kernel.shape[3]))
    for i in range(size):
        for j in range(size):
            seen = x[:, i : i + (rows - 1) * stride + 1 : stride, j : j + (columns - 1) * stride + 1 : stride]
            y += seen @ kernel[i, j]
    return y if bias is None else y + bias


def conv_transpose(x, kernel, bias=None, stride=2, padding=1, output_padding=0):
    """`torch.nn.ConvTranspose2d`, with Keras's kernels `(h, w, out, in)`."""
    size, (rows, columns) = kernel.shape[0], x.shape[1:3]
    y = np.zeros((len(x), *((n - 1) * stride + size + output_padding for n in (rows, columns)), kernel.shape[2]))
    for i in range(size):
        for j in range(size):
            y[:, i : i + rows * stride : stride, j : j + columns * stride : stride] += x @ kernel[i, j].T
    height, width = ((n - 1) * stride + size + output_padding - 2 * padding for n in (rows, columns))
    y = y[:, padding : padding + height, padding : padding + width]
    return y if bias is None else y + bias


def reflect(x, pad):
    return np.pad(x, [(0, 0), (pad, pad), (pad, pad), (0, 0)], "reflect")


def instance_norm(x):
    return (x - x.mean((1, 2), keepdims=True)) / np.sqrt(x.var((1, 2), keepdims=True) + 1e-5)


def leaky(x):
    return np.where(x > 0, x, 0.2 * x)


def relu(x):
    return np.maximum(x, 0)


def unet(x, weights, depth):
    """The generator of pix2pix without normalization and dropout, by its weights in order: kernel, bias, ..."""
    layer, maps = iter(zip(weights[::2], weights[1::2], strict=True)), []
    for level in range(depth):
        kernel, bias = next(layer)
        x = conv(leaky(x) if level else x, kernel, bias, 2, 1)
        maps.append(x)
    for level in reversed(range(1, depth)):
        x = np.concatenate([maps[level - 1], conv_transpose(relu(x), *next(layer))], axis=-1)
    return np.tanh(conv_transpose(relu(x), *next(layer)))


def resnet(x, weights, blocks):
    """The generator of CycleGAN."""
    layer = iter(zip(weights[::2], weights[1::2], strict=True))
    x = relu(instance_norm(conv(reflect(x, 3), *next(layer))))
    for _ in range(2):
        x = relu(instance_norm(conv(x, *next(layer), 2, 1)))
    for _ in range(blocks):
        y = relu(instance_norm(conv(reflect(x, 1), *next(layer))))
        x = x + instance_norm(conv(reflect(y, 1), *next(layer)))
    for _ in range(2):
        x = relu(instance_norm(conv_transpose(x, *next(layer), output_padding=1)))
    return np.tanh(conv(reflect(x, 3), *next(layer)))


def filtered(x, taps):
    """Each channel with a separable filter, without a border."""
    taps = np.array(taps) / np.sum(taps)
    rows = sum(tap * x[:, i : x.shape[1] - len(taps) + 1 + i] for i, tap in enumerate(taps))
    return sum(tap * rows[:, :, i : x.shape[2] - len(taps) + 1 + i] for i, tap in enumerate(taps))


def enlarged(x):
    """Twice the sides: zeros between the pixels, and the filter (1, 3, 3, 1), borders mirrored before."""
    x = reflect(x, 2)
    between = np.zeros((len(x), 2 * x.shape[1], 2 * x.shape[2], x.shape[3]))
    between[:, ::2, ::2] = x
    return 4 * filtered(between, (1, 3, 3, 1))[:, 2:-3, 2:-3]


def antialiased_resnet(x, weights, blocks):
    """The generator of CUT, and the maps that it compares."""
    layer, compared = iter(zip(weights[::2], weights[1::2], strict=True)), [x]
    x = relu(instance_norm(conv(reflect(x, 3), *next(layer))))
    for _ in range(2):
        compared.append(conv(x, *next(layer), 1, 1))
        x = filtered(reflect(relu(instance_norm(compared[-1])), 1), (1, 2, 1))[:, ::2, ::2]
    for block in range(blocks):
        y = relu(instance_norm(conv(reflect(x, 1), *next(layer))))
        x = x + instance_norm(conv(reflect(y, 1), *next(layer)))
        if block in (0, blocks // 2):
            compared.append(x)
    for _ in range(2):
        x = relu(instance_norm(conv(enlarged(x), *next(layer), 1, 1)))
    return np.tanh(conv(reflect(x, 3), *next(layer))), compared


def patch_logits(source, images, weights, strided):
    """The discriminator of pix2pix with instance normalization."""
    layer = iter(zip(weights[::2], weights[1::2], strict=True))
    x = leaky(conv(np.concatenate([source, images], axis=-1), *next(layer), 2, 1))
    for level in range(1, strided + 1):
        x = leaky(instance_norm(conv(x, *next(layer), 2 if level < strided else 1, 1)))
    return conv(x, *next(layer), 1, 1)
