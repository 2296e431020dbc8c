"""Problems of an expression, in words a marketer can act on."""

from collections.abc import Sequence
from dataclasses import dataclass

from hub.kernel.errors import Rejected


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem. `position` counts the characters of the text from 1."""

    position: int
    message: str

    def __str__(self) -> str:
        return f"position {self.position}: {self.message}"


class ExpressionError(Rejected):
    """A text is not an expression of the language, or not one over the fields."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.problems = list(problems)


def build_error(position: int, message: str) -> ExpressionError:
    """Builds the error of a single problem."""
    return ExpressionError([Problem(position, message)])
