"""The forms of convolutions of one image or a few, with heavy kernels: those of U-Nets, ResNets and PatchGANs.

python examples/benchmarks/single_images.py
ONEDNN_MAX_CPU_ISA=AVX2 python examples/benchmarks/single_images.py

What the rules `WEIGHTS_A_PLACE` and `takes_strips` of `keras_gan/ops/convolution.py` rest on. Milliseconds, the least
of some rounds, of TensorFlow's own form, of patches and of strips, and which of them the rules take.
"""

import argparse
import json

import tensorflow as tf
from sides.ceiling import draw, rate_of

from keras_gan.ops import convolution, convolution_forms

# Images, the side of what is larger, its channels, those of what is smaller, the kernel's size and stride.
UNET = [(1, 128, 64, 128), (1, 64, 128, 256), (1, 32, 256, 512), (1, 16, 512, 512), (1, 8, 512, 512)]
UNET += [(1, 64, 128, 512), (1, 32, 256, 1024), (1, 16, 512, 1024), (4, 16, 512, 512), (4, 16, 512, 1024)]
UNET += [(4, 32, 256, 512), (4, 32, 256, 1024), (16, 16, 512, 512)]
OTHERS = [(1, 32, 256, 256), (1, 64, 64, 64), (1, 16, 512, 512), (4, 16, 512, 512), (4, 8, 512, 512), (16, 8, 512, 512)]
SHAPES = [(*shape, 4, 2) for shape in UNET] + [(*shape, 3, 1) for shape in OTHERS] + [(1, 32, 256, 512, 4, 1)]


def forms_of(rows, side, channels, width, size, stride):
    """Return by direction the forms and their names."""
    to = side // stride
    large, small, kernel = (
        draw(rows, side, side, channels),
        draw(rows, to, to, width),
        draw(size, size, channels, width),
    )
    options = {"filter_sizes": kernel.shape, "strides": [1, stride, stride, 1], "padding": "SAME"}
    padding = convolution_forms.padding(size, stride)
    forward = {
        "TensorFlow": lambda: tf.nn.conv2d(large, kernel, stride, "SAME"),
        "patches": lambda: convolution_forms.by_patches(large, kernel, stride),
        "strips": lambda: convolution_forms.by_strips(tf.pad(large, padding), kernel, stride),
    }
    if rows > 1:
        del forward["strips"]
    backward = {
        "TensorFlow": lambda: tf.nn.conv2d_transpose(small, kernel, large.shape, stride, "SAME"),
        "patches": lambda: convolution_forms.spread_by_patches(small, kernel, stride),
    }
    weights = {
        "TensorFlow": lambda: tf.raw_ops.Conv2DBackpropFilter(input=large, out_backprop=small, **options),
        "patches": lambda: convolution_forms.kernel_gradient_by_patches(large, kernel, small, stride),
    }
    return {"convolve": forward, "spread": backward, "kernel_gradient": weights}, (rows, to, to), kernel


def main(shapes=SHAPES, rounds=7, out=None):
    measured = []
    for shape in shapes:
        directions, places, kernel = forms_of(*shape)
        print("{}x{}x{}x{} to {}, kernel {}, stride {}".format(shape[0], shape[1], *shape[1:]))
        for direction, forms in directions.items():
            taken = "TensorFlow"
            if convolution.takes_patches(direction, places, kernel, shape[-1]):
                taken = "patches"
            elif direction == "convolve" and convolution.takes_strips(places, kernel):
                taken = "strips"
            took = {name: 1e3 / rate_of(form, 1.0, [False], rounds) for name, form in forms.items()}
            measured.append({"shape": shape, "direction": direction, "ms": took, "taken": taken})
            best = min(took, key=took.get)
            told = "  ".join(f"{name} {ms:6.2f}" for name, ms in took.items())
            print(f"    {direction:16s} {told}   {taken}: {took[taken] / took[best]:.2f} of the best")
    if out:
        with open(out, "w") as file:
            json.dump(measured, file, indent=1)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--out", help="A JSON file.")
    main(**vars(parser.parse_args()))
