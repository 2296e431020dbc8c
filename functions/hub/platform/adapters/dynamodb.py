"""PynamoDB on the hub's own client: one connection for all tables and no DescribeTable."""

import types
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeVar, cast

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.connection import Connection, TableConnection
from pynamodb.exceptions import PynamoDBException, TransactWriteError
from pynamodb.models import Model

from hub.kernel.errors import Unavailable
from hub.platform.adapters import aws_clients


class SharedConnection(Connection):
    """A connection with our client: PynamoDB makes a session for each table, 100 ms apiece."""

    @property
    def client(self) -> Any:
        return aws_clients.dynamodb()


class TableModel(Model):
    """The base of all models: `bind_table` gives it a name, subclasses have the attributes."""

    @classmethod
    def _get_connection(cls) -> TableConnection:
        connection = super()._get_connection()
        if not isinstance(connection.connection, SharedConnection):
            shared = SharedConnection()
            shared.add_meta_table(connection.get_meta_table())
            connection.connection = shared
        return connection


M = TypeVar("M", bound=TableModel)


def bind_table(model: type[M], name: str) -> type[M]:
    """Makes a class of the model for one table's name, so that nothing global changes."""
    meta = type("Meta", (), {"table_name": name})
    bound = types.new_class(model.__name__, (model,), exec_body=lambda body: body.update(Meta=meta))
    return cast("type[M]", bound)


@contextmanager
def translate_errors() -> Iterator[None]:
    """Turns PynamoDB's errors into the hub's errors; also serves as a decorator."""
    try:
        yield
    except TransactWriteError as error:
        codes = {reason.code for reason in error.cancellation_reasons if reason}
        if codes:
            raise aws_clients.translate_codes("TransactWriteItems", codes) from error
        raise _to_hub_error(error) from error
    except PynamoDBException as error:
        raise _to_hub_error(error) from error


def _to_hub_error(error: PynamoDBException) -> Exception:
    if isinstance(error.cause, ClientError | BotoCoreError):
        return aws_clients.to_hub_error(error.cause)
    return Unavailable(type(error).__name__)
