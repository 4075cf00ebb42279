"""The Big List of Naughty Strings, and the fields of events that text can be put into."""

import json
import os
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any, Union, get_args, get_origin

from ledger.domain.event import Event
from ledger.domain.values import Part, place_of

LIST = Path(__file__).parents[3] / "shared" / "vectors" / "naughty-strings" / "blns.json"
ABSENT = "the published list of naughty strings is not beside the project"
Put = Callable[[str], Any]
"""Puts a text into the smallest JSON value of a field's shape."""


def naughty_strings() -> list[str]:
    """All 515. In continuous integration they must be there."""
    if not LIST.exists() and os.environ.get("CI") != "true":
        return []
    return [str(text) for text in json.loads(LIST.read_bytes())]


def text_fields(cls: type[Event]) -> Iterator[tuple[str, str, Put]]:
    """(field, where it travels, how to put a text there) for every place in an event that takes text."""
    for name, info in cls.model_fields.items():
        for put in _puts(info.annotation):
            yield info.alias or name, place_of(info), put


def _puts(shape: Any) -> Iterator[Put]:
    origin, inner = get_origin(shape), get_args(shape)
    if shape is str:
        yield lambda text: text
    elif origin is Annotated:
        yield from _puts(inner[0])
    elif origin in (Union, types.UnionType):
        for one in inner:
            yield from _puts(one)
    elif origin in (list, tuple):
        yield from (_inside(put, lambda value: [value]) for put in _puts(inner[0]))
    elif origin is dict:
        yield lambda text: {text: text}
        yield from (_inside(put, lambda value: {"name": value}) for put in _puts(inner[1]))
    elif isinstance(shape, type) and issubclass(shape, Part):
        for name, info in shape.model_fields.items():
            yield from (_member(put, info.alias or name) for put in _puts(info.annotation))


def _inside(put: Put, wrap: Callable[[Any], Any]) -> Put:
    return lambda text: wrap(put(text))


def _member(put: Put, name: str) -> Put:
    return lambda text: {name: put(text)}
