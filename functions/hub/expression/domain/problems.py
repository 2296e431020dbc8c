"""What is wrong with an expression, in words a marketer can act on."""

from collections.abc import Sequence
from dataclasses import dataclass

from hub.kernel.errors import Rejected


@dataclass(frozen=True, slots=True)
class Problem:
    """`position` counts the characters of the text from 1."""

    position: int
    message: str

    def __str__(self) -> str:
        return f"position {self.position}: {self.message}"


class ExpressionError(Rejected):
    """The text is not an expression of the language, or not over these fields."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.problems = list(problems)


def build_error(position: int, message: str) -> ExpressionError:
    return ExpressionError([Problem(position, message)])
