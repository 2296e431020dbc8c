"""Databases of sources, each through its SQLAlchemy dialect; a driver is loaded when it is needed.

Codes of errors are told, messages never: those quote rows.
"""

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache

from sqlalchemy import Engine, NullPool, create_engine, text
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    NoSuchModuleError,
    ProgrammingError,
    SQLAlchemyError,
)

from hub.intake.domain.polling_definition import WatermarkValue
from hub.intake.ports import DatabaseRow
from hub.kernel.errors import Rejected, Unavailable

ADDRESS = "address of the database"


class SourceDatabase:
    """`hub.intake.ports.Database`. One statement reads all rows, so where the database keeps
    versions of them they are all of one moment."""

    def read_rows(
        self, url: str, query: str, since: WatermarkValue, batch: int
    ) -> Generator[Sequence[DatabaseRow], None, None]:
        with _translate_errors(), _engine(url).connect() as connection:
            streamed = connection.execution_options(stream_results=True, yield_per=batch)
            with streamed.execute(text(query), {"since": since}) as found:
                for part in found.mappings().partitions(batch):
                    yield [dict(row) for row in part]


@lru_cache(maxsize=32)
def _engine(url: str) -> Engine:
    """Holds no connection between two polls."""
    try:
        return create_engine(url, poolclass=NullPool)
    except (ModuleNotFoundError, NoSuchModuleError) as missing:
        raise Rejected("asks for a driver that is not in the bundle", ADDRESS) from missing
    except ArgumentError as wrong:
        raise Rejected("is no SQLAlchemy URL", ADDRESS) from wrong


@contextmanager
def _translate_errors() -> Iterator[None]:
    try:
        yield
    except ProgrammingError as wrong:
        raise Rejected(f"is refused by the database ({_code(wrong)})", "query") from wrong
    except SQLAlchemyError as error:
        raise Unavailable(f"the database does not answer ({_code(error)})") from error


def _code(error: SQLAlchemyError) -> str:
    """The SQLSTATE where the driver tells it."""
    original = error.orig if isinstance(error, DBAPIError) else None
    return str(getattr(original, "sqlstate", None) or type(original or error).__name__)
