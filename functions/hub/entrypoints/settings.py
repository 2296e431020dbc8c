"""The environment of each function: read once, checked at once. Nothing else reads `os.environ`."""

import os
from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Protocol, TypeVar


class SettingsError(Exception):
    """The function was deployed with names missing or unreadable; the text lists all of them."""


class QueueSettings(Protocol):
    """What every function behind a queue is told."""

    @property
    def dead_letters_url(self) -> str: ...

    @property
    def max_receives(self) -> int: ...


S = TypeVar("S")


def variable_names(settings: type[Any]) -> frozenset[str]:
    """The environment variables that a settings class is read from."""
    return frozenset(field.name.upper() for field in fields(settings))


def read_settings(settings: type[S], environ: Mapping[str, str] = os.environ) -> S:
    """Reads each field from its name in upper case. Raises `SettingsError` naming every fault."""
    wrong = []
    values: dict[str, str | int] = {}
    for name, kind in settings.__annotations__.items():
        text = environ.get(name.upper(), "").strip()
        values[name] = text
        if not text:
            wrong.append(f"{name.upper()} is missing")
        elif kind is int and not (text.isascii() and text.isdigit()):
            wrong.append(f"{name.upper()} is not a whole number")
        elif kind is int:
            values[name] = int(text)
    if wrong:
        raise SettingsError(f"{settings.__name__}: {', '.join(wrong)}")
    return settings(**values)
