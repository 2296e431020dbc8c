"""Libraries that raise anything, as soon as a marked text comes their way."""

import builtins
import functools
import importlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from unittest.mock import patch

from hypothesis import strategies as st

from hub.kernel.errors import HubError, Rejected, Unavailable

MARK = "zebra"
"""The text that the rows of a test have and no code of the hub."""
LIBRARY_TEXT = "what a library says"


class PanicException(BaseException):
    """Stands for the exception of Rust's libraries, which is no `Exception`."""


def _list_errors() -> Iterator[BaseException]:
    unfit = (ConnectionError, TimeoutError)
    for kind in vars(builtins).values():
        if isinstance(kind, type) and issubclass(kind, Exception) and not issubclass(kind, unfit):
            with suppress(TypeError):  # a few cannot be made of one text
                yield kind(LIBRARY_TEXT)
    yield UnicodeDecodeError("utf-8", b"x", 0, 1, LIBRARY_TEXT)
    yield UnicodeEncodeError("utf-8", "x", 0, 1, LIBRARY_TEXT)
    yield Rejected("is refused")
    yield PanicException(LIBRARY_TEXT)


ERRORS = st.sampled_from(list(_list_errors()))
PASSING_ERRORS = st.sampled_from([Unavailable("throttled"), HubError("odd"), TimeoutError()])
"""What no row causes: it is raised, so that somebody tries again."""


def has_mark(value: object) -> bool:
    """Whether the marked text is anywhere in the value."""
    return MARK in repr(value)


@contextmanager
def failing(
    target: str, error: BaseException, *, always: bool = False, positions: tuple[int, ...] = ()
) -> Iterator[list[str]]:
    """Makes the function `package.module:name` raise `error` whenever an argument has the mark, or
    only one at `positions`, or `always`. Yields a list that grows with every time it does."""
    module, _, path = target.partition(":")
    *parents, name = path.split(".")
    owner = functools.reduce(getattr, parents, importlib.import_module(module))
    function, raised = getattr(owner, name), list[str]()

    @functools.wraps(function)
    def fail(*arguments: Any, **named: Any) -> Any:
        considered = [arguments[at] for at in positions] or [*arguments, *named.values()]
        if always or any(map(has_mark, considered)):
            raised.append(target)
            raise error.with_traceback(None)
        return function(*arguments, **named)

    with patch.object(owner, name, fail):
        yield raised
