"""The tables in the READMEs of `schemas/`: sources, signature schemes and connectors."""

import json
from pathlib import Path
from typing import Any

from hub.intake.domain.signature import SCHEMES
from tools.docs.markdown import code, code_list, fill_generated, to_table


def fill_tables(page: str, schemas: Path) -> str:
    """The page with each of its tables as it is to be."""
    tables = {
        "connectors": _list_connectors(schemas),
        "schemes": _list_schemes(),
        "sources": _list_sources(schemas),
    }
    return fill_generated(page, tables)


def _list_sources(schemas: Path) -> str:
    paths = sorted((schemas / "sources").glob("*/source.json"))
    rows = ((code(path.parent.name), _read(path)["title"]) for path in paths)
    return to_table(("source", "what it is"), rows)


def _list_schemes() -> str:
    rows = ((code(scheme.name), scheme.proof, scheme.secret) for scheme in SCHEMES.values())
    return to_table(("`scheme`", "what proves the sender", "the secret"), rows)


def _list_connectors(schemas: Path) -> str:
    header = ("connector", "system", "`mode`", "what it does", "its secret has")
    rows = []
    for path in sorted((schemas / "connectors").glob("*.json")):
        said = _read(path)
        use, secret = _describe_use(said), said.get("secret", "")
        rows.append((code(path.stem), said["title"], said["mode"], use, secret))
    return to_table(header, rows)


def _describe_use(connector: dict[str, Any]) -> str:
    if "channel" in connector:
        return f"the channel {code(connector['channel'])}"
    operations = code_list(connector["operations"])
    reached = connector.get("reaches")
    return f"{operations}; it reaches people by {code(reached)}" if reached else operations


def _read(path: Path) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(path.read_bytes())
    return said
