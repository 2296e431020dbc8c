"""The routes of the HTTP API as `schemas/http` defines them."""

import json
from dataclasses import dataclass

from infra import ROOT

FOLDER = ROOT / "schemas" / "http"


@dataclass(frozen=True, slots=True)
class RouteDefinition:
    """`calls_per_second` is 0 where the route has no limit of its own."""

    method: str
    path: str
    function: str
    calls_per_second: int = 0

    @property
    def key(self) -> str:
        return f"{self.method} {self.path}"


def read_routes() -> list[RouteDefinition]:
    """Read all routes, in the order in which the API gets them."""
    names = json.loads((FOLDER / "api.json").read_text())["routes"]
    return [_read_route(name) for name in names]


def _read_route(name: str) -> RouteDefinition:
    definition = json.loads((FOLDER / "routes" / f"{name}.json").read_text())
    method, path = definition["route"].split(" ")
    return RouteDefinition(
        method, path, definition["function"], definition.get("calls_per_second", 0)
    )
