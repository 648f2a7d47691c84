"""A training step as a program that XLA compiles anywhere: StableHLO, with the state that it takes."""

import json
import re

import numpy as np
import tensorflow as tf

from keras_gan.ops import platform

LOSSES = ("d_loss", "g_loss")


class Written:
    """The program of a game's step for batches such as one.

    Attributes:
        states: the variables that it takes after the batch, in order.
        told: which output is the new state of which place, and which ones are the losses.
    """

    def __init__(self, game, batch):
        with platform.elsewhere():
            self.step = tf.function(game.train_step, jit_compile=True, autograph=False)
            traced = self.step.get_concrete_function(batch)
            variables = {id(variable.handle): variable for variable in traced.graph.variables}
            self.states = [variables[id(handle)] for handle in traced.captured_inputs]
            text, program = map(self.step.experimental_get_compiler_ir(batch), ("hlo", "stablehlo"))
        # A copy, which StableHLO has no word for, is a shape that stays the same.
        self.program = re.sub(r"mhlo\.copy (%\w+) : (tensor<[^>]*>)", r"stablehlo.reshape \1 : (\2) -> \2", program)
        self.batch, self.begun = batch, [variable.numpy() for variable in self.states]
        # What comes out beside the logs are new states: "{12}: (3, {}, may-alias)" is that of what is taken third.
        pairs = re.findall(r"{(\d+)}: \((\d+), {}, m", text.split("\n")[0])
        places = [sorted(traced.structured_outputs).index(name) for name in LOSSES]
        self.told = {"pairs": [(int(out), int(place)) for out, place in pairs], "places": places}

    def save(self, folder, name, **more):
        """Write the program, and beside it what it takes and what is told of it."""
        (folder / f"{name}.mlir").write_text(self.program)
        arrays = {key: value for key, value in more.items() if isinstance(value, np.ndarray)}
        told = json.dumps(self.told | {key: value for key, value in more.items() if key not in arrays})
        np.savez_compressed(folder / f"{name}.npz", *[self.batch, *self.begun], told=told, **arrays)
