"""Writes `docs/api/openapi.json`, an OpenAPI 3.1 document, from the routes in `schemas/http`.

`make docs` calls it; `python -m tools.openapi` writes the document alone.

https://spec.openapis.org/oas/v3.1.1.html
"""

import json
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SCHEMAS = ROOT / "schemas"
FOLDER = SCHEMAS / "http"
DOCUMENT = ROOT / "docs" / "api" / "openapi.json"
VERSION = "3.1.1"


def read_api() -> dict[str, Any]:
    """What all routes share, and the names of the routes."""
    return read_json(FOLDER / "api.json")


def read_routes() -> list[dict[str, Any]]:
    """The definition of each route, in the order in which API Gateway gets them."""
    return [read_json(FOLDER / "routes" / f"{name}.json") for name in read_api()["routes"]]


def build_document() -> dict[str, Any]:
    """The whole document: every reference in it leads to a place in it."""
    api = read_api()
    bodies = read_json(FOLDER / "bodies.json")
    borrowed = {name: read_schema(SCHEMAS / file) for name, file in api["schemas"].items()}
    return {
        "openapi": VERSION,
        "info": {**api["info"], "version": read_version()},
        "servers": api["servers"],
        "tags": api["tags"],
        "paths": build_paths(api["every_route"]),
        "components": {"schemas": {**bodies, **borrowed}, **api["components"]},
    }


def build_paths(every_route: dict[str, Any]) -> dict[str, Any]:
    """By path and method, each route's operation with the answers that any route may give."""
    paths: dict[str, Any] = {}
    for route in read_routes():
        method, path = route["route"].split(" ")
        operation = route["operation"]
        answers = dict(sorted({**every_route, **operation["responses"]}.items()))
        paths.setdefault(path, {})[method.lower()] = {**operation, "responses": answers}
    return paths


def read_schema(path: Path) -> dict[str, Any]:
    """Without its dialect, which is that of the document."""
    return {name: value for name, value in read_json(path).items() if name != "$schema"}


def read_version() -> str:
    version: str = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    return version


def read_json(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text())
    return found


def format_document(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def write_document() -> None:
    """Write the document where it has changed, and say so."""
    text = format_document(build_document())
    if not DOCUMENT.exists() or DOCUMENT.read_text() != text:
        DOCUMENT.write_text(text)
        print(f"{DOCUMENT.relative_to(ROOT)} is new")


if __name__ == "__main__":
    write_document()
