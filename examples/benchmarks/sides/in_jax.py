"""Where JAX and PyTorch are, and no TensorFlow: a step that it wrote as a program, and PyTorch's loop beside it."""

import json
import time

import numpy as np

FORMS = ("eager", "channels_last", "compiled")  # of PyTorch
SOME = 256  # numbers of each weight


def some(arrays):
    """Return numbers of the weights among arrays and of their moments, always the same ones."""
    flat = [np.asarray(x).reshape(-1) for x in arrays if x.ndim and x.dtype == np.float32]  # no sums, counters, seeds
    return np.stack([x[np.random.default_rng(0).integers(x.size, size=SOME)] for x in flat])


class Program:
    """A step that XLA compiles for JAX's device; the state stays there."""

    def __init__(self, folder, game):
        import jax
        from jax._src.lib import xla_client
        from jax.extend.backend import get_backend

        jax.config.update("jax_enable_x64", True)
        kept = dict(np.load(folder / f"{game}.npz"))
        self.told, self.expected = json.loads(str(kept.pop("told"))), kept.pop("expected")
        device = jax.devices()[0]
        self.state = [jax.device_put(kept[f"arr_{number}"], device) for number in range(len(kept))]
        code, begin = (folder / f"{game}.mlir").read_text(), time.perf_counter()
        options = xla_client.CompileOptions()
        self.program = get_backend().compile_and_load(code, xla_client.DeviceList((device,)), options)
        self.compiled_in = time.perf_counter() - begin

    def step(self):
        """Play a step; return both losses."""
        made = self.program.execute(self.state)
        for out, place in self.told["pairs"]:
            self.state[place] = made[out]
        return [float(made[place]) for place in self.told["places"]]

    def check(self):
        """Return how far losses, relatively, and weights are from those that TensorFlow had."""
        losses = np.array([self.step() for _ in self.told["losses"]])
        weights = some([self.state[place] for _, place in self.told["pairs"]])
        return np.abs(losses / self.told["losses"] - 1).max(), np.abs(weights - self.expected).max()


def loops_of(folder, game):
    """Return PyTorch's usual loops of a DCGAN, with weights of its own, on its device."""
    import torch

    torch.set_default_device("cuda" if torch.cuda.is_available() else "cpu")
    from sides.in_torch import UsualLoop

    images = np.load(folder / f"{game}.npz")["arr_0"]
    return {f"torch {form}": UsualLoop(game, None, images, form=form) for form in FORMS}
