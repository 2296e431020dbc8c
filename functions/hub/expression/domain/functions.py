"""The functions that expressions may call, by name. Each module declares its own at its end."""

from collections.abc import Mapping

from hub.expression.domain import dates, history, surroundings_functions, text_functions
from hub.expression.domain.function import Function

FUNCTIONS: Mapping[str, Function] = {
    **history.FUNCTIONS,
    **dates.FUNCTIONS,
    **surroundings_functions.FUNCTIONS,
    **text_functions.FUNCTIONS,
}
