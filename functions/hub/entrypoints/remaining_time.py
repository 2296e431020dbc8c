"""The time that a function's call has left."""

from typing import Protocol


class LambdaContext(Protocol):
    """The part of Lambda's context object that the hub uses."""

    def get_remaining_time_in_millis(self) -> int: ...


def is_remaining_time_below(context: LambdaContext, milliseconds: int) -> bool:
    """Whether less than `milliseconds` of the call is left."""
    return context.get_remaining_time_in_millis() < milliseconds
