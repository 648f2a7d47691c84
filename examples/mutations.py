"""What fuzz.py hands over: random command lines, mutated pictures and model files. This writes some, to look at."""

import argparse
import random
import re
import zipfile
from pathlib import Path

from PIL import Image

import keras_gan
from keras_gan_cli.main import cli

ODD = ["", "0", "-1", "1e400", "nan", str(2**31), "9" * 400, "x", "é", "\n", "--", "-", "../x", "a\0b", "{}", "*", "%s"]
VALUES = ["null", "-1", "0", "2147483647", "1" + "0" * 12, "1.5", "1e300", '"x"', "[]", "{}", "[99999, 99999]", "true"]
GOOD = {"image_size": "8 12", "batch_size": "2 4", "out": "runs a.png b/c.npy", "num": "50 1000000", "recipe": "dcgan"}
LIMITED = (
    "image_size",
    "batch_size",
    "epochs",
)  # are always given: by default they are larger, and rightly take longer
SOUND = {"pictures": ["1.png", "1.jpeg", "1.gif", "1.bmp", "1.webp"], "model": "gan.keras"}


def sound(directory):
    """Write what is mutated: five pictures in a folder, and the file of a small GAN."""
    (directory / "pictures").mkdir(parents=True)
    for name in SOUND["pictures"]:
        Image.effect_noise((16, 16), 64).save(directory / "pictures" / name)
    gan = keras_gan.GAN(*keras_gan.models.mlp((8, 8, 1), latent_dim=2, hidden=(2,)), ema=0.9)
    gan.compile("adam", "adam", terms=["r1"])
    gan.save(directory / SOUND["model"])


def command(chance):
    """Return a random command line, of which about every second value is what it should be."""
    name = chance.choice([*cli.commands, *cli.commands, chance.choice(ODD)])
    line = [name, chance.choice(["pictures", "gan.keras", *ODD])]
    for option in getattr(cli.commands.get(name), "params", []):
        if option.param_type_name == "option" and (option.name in LIMITED or chance.random() < 0.5):
            values = GOOD.get(option.name, "1").split()
            line += [chance.choice(option.opts), chance.choice([*values, chance.choice(ODD)])]
    return line


def mutated(chance, data):
    """Return the bytes with one to 64 of them flipped, left out, doubled or overwritten; or cut off."""
    at, length = chance.randrange(len(data)), chance.choice([1, 4, 64])
    new = bytes(byte ^ 1 << chance.randrange(8) for byte in data[at : at + length])
    new = chance.choice([new, new, b"", new * 2, b"\xff" * length])
    return data[:at] if chance.random() < 0.2 else data[:at] + new + data[at + length :]


def mutated_picture(chance, directory, folder):
    """Write a mutated picture alone into a folder."""
    name = chance.choice(SOUND["pictures"])
    folder.mkdir()
    (folder / name).write_bytes(mutated(chance, (directory / "pictures" / name).read_bytes()))


def mutated_model(chance, directory, file):
    """Write a model file: with another value in its config, other bytes in a member, or other bytes anywhere."""
    with zipfile.ZipFile(directory / SOUND["model"]) as old, zipfile.ZipFile(file, "w") as archive:
        for name, data in [(name, old.read(name)) for name in old.namelist()]:
            if name == "config.json" and chance.random() < 0.7:
                at = chance.choice(list(re.finditer(rb'(?<=: )(-?[\d.]+|"[^"]*"|null|true)', data)))
                data = data[: at.start()] + chance.choice(VALUES).encode() + data[at.end() :]
            archive.writestr(name, mutated(chance, data) if chance.random() < 0.1 else data)
    if chance.random() < 0.3:
        file.write_bytes(mutated(chance, file.read_bytes()))


def main(out, count=10):
    chance = random.Random(0)
    sound(out)
    for number in range(count):
        print(command(chance))
        mutated_picture(chance, out, out / f"{number}")
        mutated_model(chance, out, out / f"{number}.keras")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default="mutations")
    main(**vars(parser.parse_args()))
