"""Reads and checks the environment of a function. No other module reads `os.environ`."""

import os
from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Protocol, TypeVar


class SettingsError(Exception):
    """Variables of the function are missing or invalid; the text lists all of them."""


class QueueSettings(Protocol):
    """The settings of every function behind a queue."""

    @property
    def dead_letters_url(self) -> str: ...

    @property
    def max_receives(self) -> int: ...


S = TypeVar("S")


def variable_names(settings: type[Any]) -> frozenset[str]:
    """The environment variables of a settings class."""
    return frozenset(field.name.upper() for field in fields(settings))


def read_settings(settings: type[S], environ: Mapping[str, str] = os.environ) -> S:
    """Reads each field from its name in upper case. Raises `SettingsError` with every fault."""
    faults = []
    values: dict[str, str | int] = {}
    for name, kind in settings.__annotations__.items():
        text = environ.get(name.upper(), "").strip()
        values[name] = text
        if not text:
            faults.append(f"{name.upper()} is missing")
        elif kind is int and not (text.isascii() and text.isdigit()):
            faults.append(f"{name.upper()} is not a whole number")
        elif kind is int:
            values[name] = int(text)
    if faults:
        raise SettingsError(f"{settings.__name__}: {', '.join(faults)}")
    return settings(**values)
