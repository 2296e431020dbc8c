"""Types of decoded JSON, for values whose shape a schema checks and not the type checker."""

from collections.abc import Mapping
from typing import Any, TypeAlias

Json: TypeAlias = Any
"""A string, number, boolean or null, or a list or object of these."""

JsonObject: TypeAlias = Mapping[str, Json]
"""A JSON object that its reader does not change; `dict[str, Json]` is one under construction."""
