"""Make data/inception_reference.npz: what torch-fidelity's Inception network gives for random weights, block by block.

With torch and torch-fidelity 0.4.0, which the tests do not need:

python tests/metrics/features/make_inception_reference.py
"""

import sys
from pathlib import Path
from unittest import mock

import numpy as np
import torch
from torch_fidelity import feature_extractor_inceptionv3 as theirs

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
from inception_weights import BLOCKS, image, random_array, reduced  # noqa: E402


def network():
    """Their network with our weights, in float64."""
    names = ["2048", "logits_unbiased"]
    with (
        mock.patch.object(theirs.torch, "load", return_value={}),
        mock.patch.object(theirs.FeatureExtractorInceptionV3, "load_state_dict", return_value=None),
    ):
        made = theirs.FeatureExtractorInceptionV3("inception", names, "none")
    state = {
        name: torch.zeros((), dtype=torch.int64)
        if name.endswith("num_batches_tracked")
        else torch.from_numpy(random_array(name, tuple(value.shape)))
        for name, value in made.state_dict().items()
    }
    made.load_state_dict(state)
    made.feature_extractor_internal_dtype = torch.float64
    return made.to(torch.float64)


def main():
    model, outputs = network(), {}
    for name in BLOCKS:
        module = getattr(model, name)
        module.register_forward_hook(lambda module, inputs, output, name=name: outputs.update({name: output}))
    features, logits = model(torch.from_numpy(image()).permute(0, 3, 1, 2))
    arrays = {name: reduced(output[0].permute(1, 2, 0).numpy()) for name, output in outputs.items()}
    assert list(arrays) == BLOCKS
    np.savez_compressed(
        HERE / "data" / "inception_reference.npz", **arrays, features=features[0].numpy(), logits=logits[0].numpy()
    )
    tiny()


def tiny():
    """Make data/tiny_{zip,legacy}.pth and their arrays: what torch's two file formats look like."""
    torch.manual_seed(0)
    module = torch.nn.Sequential(torch.nn.Conv2d(2, 3, 2, bias=False), torch.nn.BatchNorm2d(3), torch.nn.Linear(3, 2))
    state = module.state_dict()
    base = torch.arange(24, dtype=torch.float32)
    state["view"] = base.reshape(4, 6).T[1:5, 1:]  # strides and an offset, of a storage that two share
    state["other"] = base[20:]
    np.savez(HERE / "data" / "tiny.npz", **{name: value.numpy() for name, value in state.items()})
    for kind, zipped in (("zip", True), ("legacy", False)):
        torch.save(state, HERE / "data" / f"tiny_{kind}.pth", _use_new_zipfile_serialization=zipped)


if __name__ == "__main__":
    main()
