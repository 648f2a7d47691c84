"""What `keras-gan data` does."""

from collections.abc import Sequence
from pathlib import Path

import click

from keras_gan.data.stores.data_cache import DataCache
from keras_gan.types import Config
from keras_gan.utils.memory import readable

_ALL = "all"


def data(listed: bool, remove: Sequence[str], cache_dir: Path | None) -> Config:
    """Remove what is named of the prepared data; else, or if asked, list them."""
    cache = DataCache(cache_dir)
    removed = cache.names() if _ALL in remove else remove
    for name in removed:
        cache.remove(name)
        click.echo(f"removed: {name}")
    if remove and not listed:
        return {"removed": [*removed]}
    entries = cache.entries()
    for name, survey in entries.items():
        count, *sides = survey.shape
        size = readable(survey.nbytes) if survey.with_rows else "not kept, there was no room"
        click.echo(f"{name}  {count:,} images of {'x'.join(map(str, sides))}, {size}: {survey.name}")
    total = sum(survey.nbytes for survey in entries.values() if survey.with_rows)
    click.echo(f"{readable(total)} in {cache.path}")
    told = {
        name: {"data": survey.name, "shape": [*survey.shape], "bytes": survey.nbytes if survey.with_rows else 0}
        for name, survey in entries.items()
    }
    return {"removed": [*removed], "prepared": told, "bytes": total, "directory": cache.path}
