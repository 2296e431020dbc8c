"""The settings class of each function: `functions/<function>/settings.py`."""

from importlib import import_module


def settings_of(function: str) -> type:
    """`decide` -> `decide.settings.DecideSettings`."""
    name = "".join(part.capitalize() for part in function.split("_"))
    found: type = getattr(import_module(f"{function}.settings"), f"{name}Settings")
    return found
