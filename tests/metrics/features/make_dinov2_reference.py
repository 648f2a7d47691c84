"""Make data/dinov2_reference.npz: what timm's DINOv2 gives for random weights, block by block, in float64.

With torch, timm and Pillow, of which the tests need the last alone; from the repository's root:

PYTHONPATH=. python tests/metrics/features/make_dinov2_reference.py

timm interpolates what tells the places with antialiasing, DINOv2's own code without it, and by a scale and not to a
size. That is done here by PyTorch as in `interpolate_pos_encoding` of facebookresearch/dinov2, whose weights have
37x37 places, so that timm gets the 16x16 of its images.
"""

import sys
from pathlib import Path

import numpy as np
import timm
import torch
from PIL import Image

from tests.metrics.features.dinov2_weights import BLOCKS, image, random_array, reduced

PLACES = (1, 1 + 37 * 37, 384)


def places():
    """What tells the places of 16x16 patches, (1, 257, 384), in float64."""
    given = torch.from_numpy(random_array("pos_embed", PLACES)).double()
    grid = given[:, 1:].reshape(1, 37, 37, 384).permute(0, 3, 1, 2)
    scale = (16 + 0.1) / 37
    grid = torch.nn.functional.interpolate(grid, scale_factor=(scale, scale), mode="bicubic")
    assert grid.shape[-2:] == (16, 16)
    return torch.cat([given[:, :1], grid.permute(0, 2, 3, 1).reshape(1, 256, 384)], dim=1)


def pixels():
    """The image, as `torchvision.transforms.Resize`, `ToTensor` and `Normalize` make it."""
    resized = np.asarray(Image.fromarray(image()[0]).resize((224, 224), Image.Resampling.BICUBIC))
    scaled = (resized / 255.0 - [0.485, 0.456, 0.406]) / [0.229, 0.224, 0.225]
    return torch.from_numpy(scaled).permute(2, 0, 1)[None]


def main():
    model = timm.create_model("vit_small_patch14_dinov2", pretrained=False, img_size=224, num_classes=0)
    arrays = {name: random_array(name, tuple(value.shape)) for name, value in model.state_dict().items()}
    state = {name: torch.from_numpy(array) for name, array in arrays.items() if name != "pos_embed"}
    model = model.double().eval()
    model.load_state_dict({**state, "pos_embed": places()})
    outputs = {}
    for number in BLOCKS:
        hook = lambda module, inputs, output, number=number: outputs.update({f"block_{number}": output})  # noqa: E731
        model.blocks[number].register_forward_hook(hook)
    with torch.no_grad():
        features = model(pixels())
    kept = {name: reduced(output[0].numpy()) for name, output in outputs.items()}
    kept["places"] = reduced(places()[0].numpy())
    names = sorted({*arrays, "mask_token"})
    np.savez_compressed(
        Path(__file__).parent / "data" / "dinov2_reference.npz", **kept, features=features[0].numpy(), names=names
    )
    print({"torch": torch.__version__, "timm": timm.__version__, "names": len(names)}, file=sys.stderr)


if __name__ == "__main__":
    main()
