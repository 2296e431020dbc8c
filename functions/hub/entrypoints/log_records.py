"""The log: JSON lines of facts. No payload, no address, no text of an unexpected exception."""

import traceback
from pathlib import Path

from aws_lambda_powertools import Logger

from hub.kernel.errors import Conflict, HubError, Unavailable, Uncertain

logger = Logger(service="segue")


class Unexpected(HubError):
    """A fault of ours. Its reason may quote what was in the message, so it is not logged."""

    def __init__(self, cause: Exception) -> None:
        super().__init__(f"{type(cause).__name__}: {cause}")
        self.kind = type(cause).__name__
        self.where = " < ".join(
            f"{Path(frame.filename).name}:{frame.lineno}"
            for frame in reversed(traceback.extract_tb(cause.__traceback__)[-3:])
        )


def named(error: Exception) -> HubError:
    return error if isinstance(error, HubError) else Unexpected(error)


def kind(error: HubError) -> str:
    return error.kind if isinstance(error, Unexpected) else type(error).__name__


def facts(error: HubError) -> dict[str, str]:
    """What may be logged of an error: services' own words, and of all others the type only."""
    if isinstance(error, Unexpected):
        return {"error": error.kind, "where": error.where}
    if isinstance(error, Unavailable | Conflict | Uncertain):
        return {"error": kind(error), "reason": error.reason}
    return {"error": kind(error)}
