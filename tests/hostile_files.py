"""Files that a stranger may hand over for a GAN: each is a sound one with a single thing wrong."""

import io
import json
import stat
import struct
import warnings
import zipfile
from pathlib import Path

import h5py
import keras
import numpy as np

import keras_gan

CONFIG, WEIGHTS = "config.json", "model.weights.h5"


def sound(path):
    """Write the file of a small GAN with a layer of each kind that matters here."""
    z, x = keras.Input((4,), name="latents"), keras.Input((8, 8, 1))
    y = keras.layers.Reshape((8, 8, 1))(keras.layers.Dense(64, "tanh", dtype="float32", name="dense")(z))
    h = keras.layers.Conv2D(4, 3, padding="same", activation="relu", name="conv")(x)
    for layer in (
        keras_gan.layers.MinibatchStdDev(name="deviation"),
        keras_gan.layers.ReflectionPadding2D(name="padding"),
        keras_gan.layers.Resample("down", name="resample"),
        keras_gan.layers.SelfAttention(name="attention"),
    ):
        h = layer(h)
    discriminator = keras.Model(x, keras.layers.Dense(1, name="logit")(keras.layers.Flatten(name="flat")(h)))
    gan = keras_gan.GAN(keras.Model(z, y), discriminator, prior=keras_gan.priors.Codes([2], continuous=1), ema=0.9)
    gan.compile("adam", "adam", loss="hinge", terms=["r1"])
    gan.save(path)
    return path


def members(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rewrite(source, target, contents, compression=zipfile.ZIP_STORED):
    with zipfile.ZipFile(target, "w", compression) as archive:
        for name, content in {**members(source), **contents}.items():
            archive.writestr(name, content)


def with_config(change):
    """Return a maker that hands the parsed config to `change`."""

    def make(source, target):
        config = json.loads(members(source)[CONFIG])
        rewrite(source, target, {CONFIG: json.dumps(change(config) or config)})

    return make


def layers(config, network="discriminator"):
    return {layer["name"]: layer for layer in config["config"][network]["config"]["layers"]}


def with_layer(name, **changes):
    """Return a maker that changes the arguments of a layer of the discriminator."""
    return with_config(lambda config: layers(config)[name]["config"].update(changes))


def with_class(name="flat", **changes):
    """Return a maker that puts another class in the place of a layer; its arguments too, if they are given."""
    return with_config(lambda config: layers(config)[name].update(changes))


def with_activation(**function):
    return with_layer("conv", activation={"class_name": "function", **function})


def with_compile(**changes):
    return with_config(lambda config: config["compile_config"].update(changes))


def with_argument(**changes):
    return with_config(lambda config: config["config"].update(changes))


def lambda_layer(source, target):
    """The real thing: a marshalled function that would leave a trace."""
    x = keras.Input((4,))
    code = keras.layers.Lambda(lambda t: (open("pwned", "w").close(), t)[1], output_shape=(4,))
    model = keras.saving.serialize_keras_object(keras.Model(x, code(x)))
    with_config(lambda config: config["config"].update(generator=model))(source, target)


def with_weights(change):
    """Return a maker that hands the open HDF5 file to `change`."""

    def make(source, target):
        data = io.BytesIO(members(source)[WEIGHTS])
        with h5py.File(data, "r+") as weights:
            change(weights)
        rewrite(source, target, {WEIGHTS: data.getvalue()})

    return make


def replaced(create):
    """Return a maker that replaces a variable of the generator."""

    def change(weights):
        place = weights["generator/layers/dense/vars"]
        del place["0"]
        create(place)

    return with_weights(change)


def virtual(place):
    layout = h5py.VirtualLayout((4, 64), "float32")
    layout[:] = h5py.VirtualSource("/etc/passwd", "data", shape=(4, 64))
    place.create_virtual_dataset("0", layout)


def external(place):
    place.create_dataset("0", (4, 64), "float32", external=[("/etc/passwd", 0, 1024)])


def shape_bomb(place):
    space = h5py.h5s.create_simple((2**33, 64))
    layout = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    layout.set_alloc_time(h5py.h5d.ALLOC_TIME_LATE)
    h5py.h5d.create(place.id, b"0", h5py.h5t.NATIVE_FLOAT, space, layout)


def compressed(place):
    place.create_dataset("0", (2**14, 2**14), "float32", chunks=(2**14, 2**14), compression="gzip", fillvalue=0.0)[
        0
    ] = 0


def text(place):
    place.create_dataset("0", (256,), h5py.string_dtype())


def itself(weights):
    weights["generator/again"] = weights["generator"]


external_link = with_weights(lambda w: w.__setitem__("generator/x", h5py.ExternalLink("/etc/passwd", "/")))


def with_member(name, content=b"x"):
    def make(source, target):
        rewrite(source, target, {})
        with zipfile.ZipFile(target, "a") as archive, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a name that is there already
            archive.writestr(name, content)

    return make


def linked(source, target):
    contents = members(source)
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in contents.items():
            info = zipfile.ZipInfo(name)
            info.external_attr = (stat.S_IFLNK | 0o777 if name == WEIGHTS else 0o644) << 16
            archive.writestr(info, content)


def bomb(name):
    def make(source, target):
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for other, content in members(source).items():
                if other != name:
                    archive.writestr(other, content)
            with archive.open(name, "w", force_zip64=True) as member:
                for _ in range(2**11):
                    member.write(bytes(2**20))

    return make


def many(source, target):
    """A directory of 400,000 members, which take Python some 300 MB."""
    data = Path(source).read_bytes()
    entry = b"PK\x01\x02" + bytes(24) + struct.pack("<HHH", 1, 0, 0) + bytes(12) + b"a"
    count = 400_000
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, len(entry) * count, len(data), 0)
    Path(target).write_bytes(data + entry * count + end)


def pickled(source, target):
    class Trap:
        def __reduce__(self):
            return open, ("pwned", "w")

    data = io.BytesIO()
    np.savez(data, trap=np.array([Trap()], object))
    contents = {name: content for name, content in members(source).items() if name != WEIGHTS}
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in {**contents, "model.weights.npz": data.getvalue()}.items():
            archive.writestr(name, content)


def truncated(source, target):
    data = Path(source).read_bytes()
    Path(target).write_bytes(data[: len(data) // 2])


def flipped(source, target):
    """A bit of a weight: Keras's own loader takes it."""
    data = bytearray(Path(source).read_bytes())
    data[data.index(members(source)[WEIGHTS]) + 5000] ^= 4
    Path(target).write_bytes(data)


def many_layers(config):
    list_of = config["config"]["discriminator"]["config"]["layers"]
    list_of += [{**list_of[-1], "name": f"layer_{index}"} for index in range(10**4)]


def nested(source, target):
    rewrite(source, target, {CONFIG: '{"a":' * 10**6 + "1" + "}" * 10**6})


def somewhat_nested(config):
    for _ in range(400):
        config["config"]["prior"] = {"a": config["config"]["prior"]}


def without_module(config):
    layer = layers(config)["flat"]
    del layer["module"]
    layer.update(class_name="Lambda", config={"function": ["4wA=", None, None]})


def activations(config):
    """No weight is large, and what one sample takes is a terabyte."""
    found = layers(config)
    found["attention"].update(class_name="UpSampling2D", module="keras.layers", registered_name=None, build_config={})
    found["attention"]["config"] = {"name": "attention", "size": 2**17}
    found["flat"].update(class_name="GlobalAveragePooling2D", config={"name": "flat"})
    found["logit"]["build_config"] = {"input_shape": [None, 5]}


BIG = 10**12
FUNCTION = {"class_name": "function"}
MAKERS = {
    # Code.
    "lambda": lambda_layer,
    "lambda_of_old": with_class(class_name="Lambda", module=None, config={"function": ["4wA=", None, None]}),
    "lambda_without_module": with_config(without_module),
    "lambda_value": with_layer("conv", activation={"class_name": "__lambda__", "config": {"value": ["4wA=", None]}}),
    "typespec": with_layer("conv", activation={"class_name": "__typespec__", "config": [], "spec_name": "TensorSpec",
                                               "module": "tensorflow", "registered_name": None}),
    "exec": with_activation(module="builtins", config="exec", registered_name="exec"),
    "eval_as_class": with_class(class_name="eval", module="builtins", config={}),
    "system": with_activation(module="os", config="system", registered_name="system"),
    "system_as_class": with_class(class_name="system", module="os", config={"command": "touch pwned"}),
    "get_file": with_activation(module="keras.utils", config="get_file", registered_name="get_file"),
    "get_file_as_class": with_class(class_name="get_file", module="keras.utils",
                                    config={"fname": "pwned", "origin": "http://127.0.0.1/x"}),
    "popen": with_class(class_name="Popen", module="subprocess", config={"args": ["touch", "pwned"]}),
    "antigravity": with_class(class_name="fly", module="antigravity", config={}),
    "load_model": with_class(class_name="load_model", module="keras.models", config={"filepath": "/etc/passwd"}),
    "saved_model_layer": with_class(class_name="TFSMLayer", module="keras.layers", config={"filepath": "/tmp"}),
    "vocabulary": with_class(class_name="StringLookup", module="keras.layers", config={"vocabulary": "/etc/passwd"}),
    "pickled_npz": pickled,
    # The archive.
    "dot_dot": with_member("../pwned"),
    "absolute": with_member("/tmp/pwned"),
    "assets": with_member("assets/x"),
    "twice": with_member(CONFIG, b"{}"),
    "link": linked,
    "many_members": many,
    "bomb": bomb(WEIGHTS),
    "bomb_config": bomb(CONFIG),
    "truncated": truncated,
    "flipped": flipped,
    # The config.
    "no_json": lambda source, target: rewrite(source, target, {CONFIG: "{"}),
    "a_list": with_config(lambda config: [config]),
    "nested": nested,
    "somewhat_nested": with_config(somewhat_nested),
    "many_layers": with_config(many_layers),
    # The weights.
    "external_link": external_link,
    "soft_link": with_weights(lambda w: w.__setitem__("generator/x", h5py.SoftLink("/discriminator"))),
    "group_in_itself": with_weights(itself),
    "external_storage": replaced(external),
    "virtual": replaced(virtual),
    "shape_bomb": replaced(shape_bomb),
    "compressed": replaced(compressed),
    "text": replaced(text),
    "another_shape": replaced(lambda place: place.create_dataset("0", data=np.zeros((5, 64), "float32"))),
    # Absurd numbers.
    "filters": with_layer("conv", filters=BIG),
    "filters_of_31_bits": with_layer("conv", filters=2**31 - 1),
    "kernel_size": with_layer("conv", kernel_size=[2**20, 2**20]),
    "units": with_config(lambda c: layers(c, "generator")["dense"]["config"].update(units=2**30)),
    "activations": with_config(activations),
    "input": with_config(lambda c: layers(c, "generator")["latents"]["config"].update(batch_shape=[None, 2**31 - 1])),
    "group_size": with_layer("deviation", group_size=BIG),
    "group_size_of_30_bits": with_layer("deviation", group_size=2**30),
    "num_features": with_layer("deviation", num_features=BIG),
    "padding": with_layer("padding", padding=2**30),
    "factor": with_layer("resample", factor=2**30),
    "taps": with_layer("resample", kernel=[1.0] * 10**5),
    "codes": with_config(lambda c: c["config"]["prior"]["config"].update(categorical=[2**31 - 1])),
    "latents": with_config(lambda c: c["config"]["prior"]["config"].update(continuous=BIG)),
    "pack": with_argument(pack=BIG),
    "seed": with_argument(seed=BIG),
    "discriminator_steps": with_compile(discriminator_steps=BIG),
    "accumulation_steps": with_compile(accumulation_steps=2**30),
    "rate": with_compile(top_k=-1.0),
}  # fmt: skip
