"""What `keras-gan explore` does."""

import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np

from keras_gan import data as data_lib
from keras_gan import exploration, runs
from keras_gan.data import ArrayData
from keras_gan.exploration import LatentSpace, WSpace, ZSpace
from keras_gan.layers import MappingNetwork
from keras_gan.training import GAN
from keras_gan.types import Config
from keras_gan.utils.files import atomic_write
from keras_gan.utils.images import to_pil
from keras_gan.utils.uint8 import normalize
from keras_gan.utils.validation import InputError
from keras_gan_cli.asked import asked_labels, load_gan
from keras_gan_cli.views import VIEWS

_TRUNCATIONS = {"z": (0.25, 0.5, 0.75, 1.0, 1.5, 2.0), "w": (0.0, 0.25, 0.5, 0.7, 1.0, 1.3)}
_PICTURES = 8  # that are projected


@dataclass(frozen=True)
class Asked:
    """What a view is made of, beside the GAN; see the options of the command."""

    path: Path
    gan: GAN
    space: LatentSpace
    seeds: Sequence[int]
    label: Sequence[str]
    condition: Sequence[str]
    truncation: float | None
    steps: int | None
    places: Sequence[int] | None
    file: Path | None
    data: str | None
    scale: int | None
    out: Path
    which: str
    average: int | None

    @property
    def labels(self) -> np.ndarray | None:
        """What is told of the seeds; `None` for those whose turn it is."""
        return asked_labels(self.gan, self.path, self.label, self.condition, len(self.seeds), self.seeds)

    @property
    def points(self) -> exploration.Points:
        """Those of the seeds; of a file those whose numbers the seeds are."""
        if self.file is not None:
            return _chosen(self.file, self.seeds, self.space)
        return self.space.points(self.seeds, self.labels, self.truncation)

    def read(self) -> ArrayData:
        """Return the data of `--data`, or the run's, as the GAN takes them."""
        height, width, channels = self.gan.sample_shape
        if self.path.is_dir():
            named = self.data or str(runs.Run.open(self.path).options["data"])
            return runs.read_like(self.path, named, image_size=(height, width), load_options={"channels": channels})
        if self.data is None:
            raise InputError("`--data` must be given where PATH is no run, which knows its own. Received: none")
        return data_lib.load(self.data, image_size=(height, width), channels=channels)


def explore(
    path: Path,
    view: str,
    seeds: Sequence[int] | None,
    label: Sequence[str],
    condition: Sequence[str],
    truncation: float | None,
    space: str | None,
    steps: int | None,
    places: Sequence[int] | None,
    points: Path | None,
    data: str | None,
    scale: int | None,
    out: Path | None,
    which: str,
    average: int | None,
) -> Config:
    """Write a view of `path`."""
    chosen = VIEWS[view]
    out = out or Path(("explore" if view == "wall" else view) + chosen.suffixes[0])
    numbers = chosen.seeds if seeds is None else seeds
    gan = load_gan(path, which, average)
    if not gan.signature.is_image:
        raise InputError(f"`PATH` must make images. Received: {path}, with samples of shape {gan.sample_shape}")
    if space is None:
        mapped = any(isinstance(layer, MappingNetwork) for layer in gan.sampling_generator.layers)
        space = "w" if mapped else "z"
    where = WSpace(gan) if space == "w" else ZSpace(gan)
    told = (label, condition, truncation, steps, places, points, data, scale, out, which, average)
    asked = Asked(path, gan, where, numbers, *told)
    found = _WRITERS[view](asked) or {}
    click.echo(f"wrote: {out}")
    return {"wrote": out, "view": view, **({"seeds": list(numbers)} if "seeds" in chosen.takes else {}), **found}


def _chosen(file: Path, numbers: Sequence[int], space: LatentSpace) -> exploration.Points:
    """Return the points of a file that a projection has written, those of these numbers."""
    points, usual = exploration.Points.load(file), space.points([0])
    kinds = [_kind(part) for part in (usual.values, usual.conditions)]
    found = [_kind(part) for part in (points.values, points.conditions)]
    if found != kinds:
        name = "w" if isinstance(space, WSpace) else "z"
        raise InputError(f"`--points` must be of such a generator, in its --space {name}. Received: {file}")
    if max(numbers) >= len(points):
        raise InputError(
            f"`--seeds` must be numbers of --points, 0 to {len(points) - 1}; of more than one those from 0 on are "
            f"taken where none are given. Received: {', '.join(map(str, numbers))}"
        )
    return points[[*numbers]]


def _kind(part: np.ndarray | None) -> tuple[int, int] | None:
    """Return the axes and the width; what lies between them may be one style for all places, or one for each."""
    return None if part is None else (part.ndim, part.shape[-1])


def _wall(asked: Asked) -> None:
    told = [("--label", one) for one in asked.label] + [("--condition", one) for one in asked.condition]
    told += [("--truncation", str(asked.truncation))] if asked.truncation is not None else []
    told += [("--which", asked.which)] if asked.which != "last" else []
    told += [("--average", str(asked.average))] if asked.average is not None else []
    command = shlex.join(["keras-gan", "sample", str(asked.path), *(word for pair in told for word in pair)])
    exploration.write_wall(
        asked.gan,
        asked.out,
        asked.seeds,
        asked.labels,
        asked.truncation,
        runs.class_names(asked.path),
        title=asked.path.resolve().name,
        command=command,
    )


def _interpolation(asked: Asked) -> None:
    points = asked.points
    way = exploration.between(asked.space, points, asked.steps or 30 * len(points), loop=True)
    exploration.write_video(asked.space.images(way), asked.out, scale=asked.scale)


def _grid(asked: Asked) -> None:
    side = asked.steps or 8
    _write(asked, exploration.interpolation_grid(asked.space, asked.points, side, side))


def _truncation(asked: Asked) -> None:
    sweep = _TRUNCATIONS["w" if isinstance(asked.space, WSpace) else "z"]
    _write(asked, exploration.truncation_grid(asked.space, asked.seeds, sweep, asked.labels))


def _mixing(asked: Asked) -> None:
    if not isinstance(asked.space, WSpace):
        raise InputError("`--view mixing` is for generators with a mapping network, in W. Received: one in Z")
    half = len(asked.seeds) // 2  # the rows
    places = range(asked.space.places // 2, asked.space.places) if asked.places is None else asked.places
    points = asked.points
    _write(asked, exploration.mixing_grid(asked.space, points[:half], points[half:], places))


def _directions(asked: Asked) -> None:
    found = exploration.directions(asked.space, min(8, len(asked.space.first_weights())))
    _write(asked, exploration.direction_grid(asked.space, asked.points[:1], found))


def _nearest(asked: Asked) -> Config:
    samples = asked.space.images(asked.points)
    found = exploration.nearest(samples, asked.read())
    kind = "seed" if asked.file is None else "point"
    for number, row, ratio in zip(asked.seeds, found.rows[:, 0], found.ratios, strict=True):
        click.echo(f"{kind} {number}: nearest is number {row}, at {ratio:.2f} of the distance that this has to others")
    click.echo("0 is a copy, about 1 as new as the pictures are to each other")
    _write(asked, np.concatenate([samples[:, None], found.images], axis=1))
    return {"nearest": found.rows[:, 0].tolist(), "ratios": found.ratios.tolist()}


def _projection(asked: Asked) -> Config:
    data = asked.read()
    rows = np.arange(min(_PICTURES, len(data)))
    pictures = np.asarray(normalize(data.store[rows]))
    labels = asked_labels(asked.gan, asked.path, asked.label, asked.condition, len(rows))
    if labels is None and data.targets is not None and asked.gan.signature.condition is not None:
        labels = data.targets[rows]
    found = exploration.project(asked.space, pictures, labels, steps=asked.steps or 500)
    for row, error in zip(rows, found.errors, strict=True):
        click.echo(f"number {row}: mean squared error {error:.2e}")
    points = asked.out.with_suffix(".npz")
    found.points.save(points)
    click.echo(f"wrote: {points}")
    _write(asked, np.stack([pictures, found.images], axis=1))
    return {"points": points, "numbers": rows.tolist(), "errors": found.errors.tolist()}


def _write(asked: Asked, images: np.ndarray) -> None:
    with atomic_write(asked.out) as temporary:
        to_pil(exploration.sheet(images, asked.scale)).save(temporary)


_WRITERS: dict[str, Callable[[Asked], Config | None]] = {  # what is found beside the picture is for programs
    "wall": _wall,
    "interpolation": _interpolation,
    "grid": _grid,
    "truncation": _truncation,
    "mixing": _mixing,
    "directions": _directions,
    "nearest": _nearest,
    "projection": _projection,
}
