"""Databases of sources through their SQLAlchemy dialects, whose drivers load on first use.

Reasons have the codes of errors and never their messages, because messages quote rows.
"""

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache

from sqlalchemy import URL, Engine, NullPool, create_engine, make_url, text
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    NoSuchModuleError,
    ProgrammingError,
    SQLAlchemyError,
)

from hub.intake.domain.polling_definition import WatermarkValue
from hub.intake.domain.sql_row import DatabaseRow
from hub.kernel.errors import Rejected, Unavailable

ADDRESS = "address of the database"
_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")
_WITH_LIBPQ = ("psycopg", "psycopg2")


class SourceDatabase:
    """`hub.intake.ports.SourceDatabase` with SQLAlchemy.

    One statement reads all rows, so they are all of one time if the database keeps versions.
    """

    def read_rows(
        self, url: str, query: str, since: WatermarkValue, batch: int
    ) -> Generator[Sequence[DatabaseRow], None, None]:
        with _translate_errors(), _create_engine(url).connect() as connection:
            streaming = connection.execution_options(stream_results=True, yield_per=batch)
            with streaming.execute(text(query), {"since": since}) as result:
                for rows in result.mappings().partitions(batch):
                    yield [dict(row) for row in rows]


@lru_cache(maxsize=32)
def _create_engine(url: str) -> Engine:
    """Makes an engine that keeps no connection between two polls."""
    try:
        return create_engine(_require_tls(make_url(url)), poolclass=NullPool)
    except (ModuleNotFoundError, NoSuchModuleError) as error:
        raise Rejected("needs a driver that is not in the bundle", ADDRESS) from error
    except ArgumentError as error:
        raise Rejected("is not a SQLAlchemy URL", ADDRESS) from error


def _require_tls(url: URL) -> URL:
    """Returns the URL with `sslmode=require`, unless it says another mode or leads to this machine.

    Without a mode libpq goes on in plain text if the server offers no TLS:
    https://www.postgresql.org/docs/current/libpq-ssl.html#LIBPQ-SSL-SSLMODE-STATEMENTS
    """
    named = url.query.get("host", ()) if url.host is None else url.host
    hosts = (named,) if isinstance(named, str) else named
    is_elsewhere = any(host not in _THIS_MACHINE and not host.startswith("/") for host in hosts)
    if url.get_driver_name() not in _WITH_LIBPQ or "sslmode" in url.query or not is_elsewhere:
        return url
    return url.update_query_dict({"sslmode": "require"})


@contextmanager
def _translate_errors() -> Iterator[None]:
    try:
        yield
    except ProgrammingError as error:
        raise Rejected(f"is refused by the database ({_error_code(error)})", "query") from error
    except SQLAlchemyError as error:
        raise Unavailable(f"the database does not answer ({_error_code(error)})") from error


def _error_code(error: SQLAlchemyError) -> str:
    """The SQLSTATE if the driver gives it, else the type of the error."""
    original = error.orig if isinstance(error, DBAPIError) else None
    return str(getattr(original, "sqlstate", None) or type(original or error).__name__)
