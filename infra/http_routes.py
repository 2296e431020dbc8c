"""The routes of the HTTP API as `schemas/http` defines them."""

import json
from dataclasses import dataclass

from infra import ROOT

FOLDER = ROOT / "schemas" / "http"
PLAIN_METHODS, PREFLIGHT = ("GET", "HEAD"), "OPTIONS"


@dataclass(frozen=True, slots=True)
class RouteDefinition:
    """`calls_per_second` is 0 where the route has no limit of its own.

    Pages of other origins call a route that `is_cross_origin`.
    """

    method: str
    path: str
    function: str
    calls_per_second: int = 0
    is_cross_origin: bool = False

    @property
    def key(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def methods(self) -> tuple[str, ...]:
        """A browser asks with `OPTIONS` before a page of another origin may send what is not plain.

        What a page only reads is always plain.
        """
        asks_first = self.is_cross_origin and self.method not in PLAIN_METHODS
        return (self.method, PREFLIGHT) if asks_first else (self.method,)


def read_routes() -> list[RouteDefinition]:
    """Read all routes, in the order in which the API gets them."""
    names = json.loads((FOLDER / "api.json").read_text())["routes"]
    return [_read_route(name) for name in names]


def _read_route(name: str) -> RouteDefinition:
    definition = json.loads((FOLDER / "routes" / f"{name}.json").read_text())
    method, path = definition["route"].split(" ")
    return RouteDefinition(
        method,
        path,
        definition["function"],
        definition.get("calls_per_second", 0),
        definition.get("cross_origin", False),
    )
