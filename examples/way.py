"""The way from `fit` to the first weight that moves: the functions that are entered, and how often the file changes.

python examples/way.py
python examples/way.py --every

Each function of the package counts once, where it is entered first; what is nested in it belongs to it. An entry is a
change of file, a return an entry into a file that was entered before. `--every` prints them in order: one batch's way,
for those who read the code for the first time.
"""

import argparse
import sys
from pathlib import Path

import numpy as np

import keras_gan

PACKAGE = Path(keras_gan.__file__).parent


class Way:
    """Notes which functions of the package are entered, until the optimizer's kernel is."""

    def __init__(self, last):
        self.last, self.functions, self.arrived = last, {}, False

    def __call__(self, frame, event, _):
        code = frame.f_code
        if event != "call" or self.arrived or not Path(code.co_filename).is_relative_to(PACKAGE):
            return
        name = code.co_qualname.split(".<locals>")[0]
        if "<" not in name:  # a module, a lambda of its own
            self.functions.setdefault((Path(code.co_filename).relative_to(PACKAGE).as_posix(), name), None)
            self.arrived = name == self.last

    def entries(self):
        """Return each entry's file and the functions that follow in it."""
        found = []
        for file, function in self.functions:
            if not found or found[-1][0] != file:
                found.append((file, []))
            found[-1][1].append(function)
        return found


def main(every=False):
    gan = keras_gan.GAN(*keras_gan.models.dcgan((8, 8, 1), latent_dim=4, width=4))
    gan.compile("adam", "adam")
    way = Way("_adam_step")
    sys.setprofile(way)
    try:
        gan.fit(np.zeros((16, 8, 8, 1), np.float32), batch_size=8, verbose=0)
    finally:
        sys.setprofile(None)
    assert way.arrived, "a weight has moved"
    entries = way.entries()
    if every:
        for file, functions in entries:
            print(f"{file:42s}", " ".join(functions))
    files = len({file for file, _ in entries})
    counts = {"functions": len(way.functions), "entries": len(entries), "files": files}
    counts["returns"] = len(entries) - files
    print(", ".join(f"{count} {name}" for name, count in counts.items()))
    return counts


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--every", action="store_true", help="Print them.")
    main(**vars(parser.parse_args()))
