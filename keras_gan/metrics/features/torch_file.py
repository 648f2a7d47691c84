"""The arrays in a file of PyTorch weights, read without PyTorch and without unpickling.

A pickle is a program that can call anything. The one in a file of weights only lists names, storages and shapes, so its
instructions are followed here one by one, and any that a dictionary of tensors does not need is refused.
"""

import io
import os
import pickletools
import struct
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np

from keras_gan.utils.validation import InputError

_DTYPES = {"Double": "<f8", "Float": "<f4", "Half": "<f2", "Long": "<i8", "Int": "<i4", "Byte": "|u1", "Bool": "|b1"}
_LEGACY_HEADER = 3  # pickles before that of the weights: a magic number, a version, the byte order


class _Global(NamedTuple):
    """A name that the pickle refers to; it is looked at and never imported."""

    name: str


class _Storage(NamedTuple):
    dtype: np.dtype[Any]
    key: str


class _Tensor(NamedTuple):
    storage: _Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


def read_torch_file(path: str | os.PathLike[str]) -> dict[str, np.ndarray]:
    """Return the arrays of a state dictionary that `torch.save` wrote, in the format of 1.6 and later or before.

    Raises:
        InputError: the file is not such a dictionary, or is damaged.
    """
    try:
        if zipfile.is_zipfile(path):
            return _read_zip(Path(path))
        with Path(path).open("rb") as file:
            return _read_legacy(file)
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, struct.error, zipfile.BadZipFile) as error:
        raise InputError(
            f"`path` must be a state dictionary of tensors from torch.save. Received: path={str(path)!r} ({error})"
        ) from error


def _read_zip(path: Path) -> dict[str, np.ndarray]:
    with zipfile.ZipFile(path) as file:
        program = next(name for name in file.namelist() if name.endswith("/data.pkl"))
        folder = program.removesuffix("data.pkl")
        tensors = _run(io.BytesIO(file.read(program)))
        return _arrays(tensors, lambda storage: file.read(f"{folder}data/{storage.key}"))


def _read_legacy(file: IO[bytes]) -> dict[str, np.ndarray]:
    for _ in range(_LEGACY_HEADER):
        _run(file)
    tensors, keys = _run(file), _run(file)
    sizes = {tensor.storage.key: tensor.storage for tensor in tensors.values() if isinstance(tensor, _Tensor)}
    contents = {}
    for key in keys:
        (count,) = struct.unpack("<q", file.read(8))
        contents[key] = file.read(count * sizes[key].dtype.itemsize)
    return _arrays(tensors, lambda storage: contents[storage.key])


def _arrays(tensors: Mapping[str, Any], read: Callable[[_Storage], bytes]) -> dict[str, np.ndarray]:
    contents: dict[str, np.ndarray] = {}
    arrays = {}
    for name, tensor in tensors.items():
        if not isinstance(tensor, _Tensor):
            raise ValueError(f"{name!r} is not a tensor")
        storage = tensor.storage
        if storage.key not in contents:
            contents[storage.key] = np.frombuffer(read(storage), storage.dtype)
        last = tensor.offset + sum((n - 1) * step for n, step in zip(tensor.shape, tensor.strides, strict=True))
        if min((tensor.offset, *tensor.shape, *tensor.strides)) < 0 or (
            0 not in tensor.shape and last >= len(contents[storage.key])
        ):
            raise ValueError(f"{name!r} reaches beyond its storage")
        steps = [step * storage.dtype.itemsize for step in tensor.strides]
        start = contents[storage.key][tensor.offset :]
        arrays[name] = np.lib.stride_tricks.as_strided(start, tensor.shape, steps, writeable=False).copy()
    return arrays


def _run(file: IO[bytes]) -> Any:
    """Follow one pickle to its end and return what it builds."""
    machine = _Machine()
    for opcode, argument, _ in pickletools.genops(file):
        machine.step(opcode.name, argument)
    return machine.stack[-1]


class _Machine:
    """What pickles of plain values, dictionaries and tensors need of the pickle machine."""

    def __init__(self) -> None:
        self.stack: list[Any] = []
        self.marks: list[int] = []
        self.memo: dict[int, Any] = {}

    def step(self, name: str, argument: Any) -> None:
        if name in _IGNORED:
            return
        if name in _VALUES:
            self.stack.append(argument)
        elif name in _CONSTANTS:
            self.stack.append(_CONSTANTS[name]())
        elif name == "GLOBAL":
            self.stack.append(_Global(argument))
        elif name == "MARK":
            self.marks.append(len(self.stack))
        elif name in ("BINPUT", "LONG_BINPUT"):
            self.memo[argument] = self.stack[-1]
        elif name in ("BINGET", "LONG_BINGET"):
            self.stack.append(self.memo[argument])
        elif name in _HANDLERS:
            _HANDLERS[name](self)
        else:
            raise ValueError(f"instruction {name}")

    def since_mark(self) -> list[Any]:
        start = self.marks.pop()
        items, self.stack[start:] = self.stack[start:], []
        return items

    def take(self, count: int) -> list[Any]:
        items, self.stack[-count:] = self.stack[-count:], []
        return items

    def tuple_of(self, items: list[Any]) -> None:
        self.stack.append(tuple(items))

    def extend(self, items: list[Any]) -> None:
        self.stack[-1].extend(items)

    def set_items(self, items: list[Any]) -> None:
        self.stack[-1].update(zip(items[::2], items[1::2], strict=True))

    def storage(self) -> None:
        """A storage, instead of the persistent object that the pickle asks for."""
        kind, dtype, key = self.take(1)[0][:3]
        if kind != "storage":
            raise ValueError(f"persistent {kind}")
        name = dtype.name.removeprefix("torch ").removesuffix("Storage")
        self.stack.append(_Storage(np.dtype(_DTYPES[name]), key))

    def call(self) -> None:
        """A dictionary or a tensor, instead of the call that the pickle asks for; no other call is known."""
        function, arguments = self.take(2)
        if function.name == "collections OrderedDict" and not arguments:
            self.stack.append({})
        elif function.name == "torch._utils _rebuild_tensor_v2":
            self.stack.append(_Tensor(*arguments[:4]))
        elif function.name == "torch._utils _rebuild_parameter":
            self.stack.append(arguments[0])
        else:
            raise ValueError(f"a call of {function.name}")


_IGNORED = {"PROTO", "FRAME", "STOP"}
_VALUES = {"BININT", "BININT1", "BININT2", "LONG1", "BINFLOAT", "BINUNICODE", "SHORT_BINUNICODE"}
_CONSTANTS: dict[str, Callable[[], Any]] = {
    "NONE": lambda: None,
    "NEWTRUE": lambda: True,
    "NEWFALSE": lambda: False,
    "EMPTY_DICT": dict,
    "EMPTY_LIST": list,
    "EMPTY_TUPLE": tuple,
}
_HANDLERS: dict[str, Callable[[_Machine], Any]] = {
    "TUPLE": lambda machine: machine.tuple_of(machine.since_mark()),
    "TUPLE1": lambda machine: machine.tuple_of(machine.take(1)),
    "TUPLE2": lambda machine: machine.tuple_of(machine.take(2)),
    "TUPLE3": lambda machine: machine.tuple_of(machine.take(3)),
    "APPEND": lambda machine: machine.stack[-2].append(machine.stack.pop()),
    "APPENDS": lambda machine: machine.extend(machine.since_mark()),
    "SETITEM": lambda machine: machine.set_items(machine.take(2)),
    "SETITEMS": lambda machine: machine.set_items(machine.since_mark()),
    "BINPERSID": _Machine.storage,
    "REDUCE": _Machine.call,
    "BUILD": lambda machine: machine.stack.pop(),  # attributes of a dictionary, such as `_metadata`
}
