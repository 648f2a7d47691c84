"""What the benchmarks of a step have in common: the games, who plays them, and how fast they could be."""

import importlib.util
import sys


def sides_of(game, images, penalty, reuse):
    """Return all that can play a game, by name."""
    from sides import in_tensorflow  # not on machines that have PyTorch or JAX alone

    common = {"game": game, "images": images, "penalty": penalty}
    sides = {}
    for jit_compile in (False, True):
        name = " (XLA)" if jit_compile else ""
        sides[f"keras_gan{name}"] = in_tensorflow.KerasGAN(**common, reuse=reuse, jit_compile=jit_compile)
        sides[f"bare{name}"] = in_tensorflow.Bare(**common, reuse=reuse, jit_compile=jit_compile)
        if penalty == "none" and not reuse:
            sides[f"copied{name}"] = in_tensorflow.Copied(game, images, jit_compile=jit_compile)
    if importlib.util.find_spec("torch"):
        sys.modules["triton"] = None  # its LLVM and TensorFlow's can't be in one process; a CPU needs none
        from sides.in_torch import UsualLoop

        for form in ("eager", "channels_last", *(["compiled"] if penalty == "none" else [])):
            sides[f"torch {form}"] = UsualLoop(**common, networks=sides["bare"].networks, reuse=reuse, form=form)
    return sides
