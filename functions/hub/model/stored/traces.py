"""Stores the traces of the block `owing` once each.

An e-mail may have brought forty lines of sales. Each line has the whole trace of the e-mail while
the profile is in memory. In the stored form the block has `traces`: action id -> trace, and a line
or a touch has `[action id]` in the place of its trace. A block of before 0.3.0 has no `traces`.
"""

from collections.abc import Mapping, Sequence

from hub.kernel.json_types import Json, JsonObject

TRACES = "traces"


def store_traces_once(owing: JsonObject) -> dict[str, Json]:
    """Returns the stored form of the block."""
    traces: dict[str, Json] = {}
    stored: dict[str, Json] = {
        part: [[_store_trace(value, traces) for value in entry] for entry in entries]
        for part, entries in owing.items()
    }
    return {**stored, TRACES: traces} if traces else stored


def read_traces(stored: JsonObject) -> dict[str, Json]:
    """Returns the block with the whole trace in each entry."""
    if TRACES not in stored:
        return dict(stored)
    traces: Mapping[str, Json] = stored[TRACES]
    return {
        part: [_read_entry(entry, traces) for entry in entries]
        for part, entries in stored.items()
        if part != TRACES
    }


def _store_trace(value: Json, traces: dict[str, Json]) -> Json:
    """The first trace of an action is stored; another one that differs stays in its entry."""
    if not isinstance(value, Mapping) or "action_id" not in value:
        return value
    name = value["action_id"]
    return [name] if traces.setdefault(name, value) == value else value


def _read_entry(entry: Sequence[Json], traces: Mapping[str, Json]) -> list[Json]:
    """A trace that is stored once is in its place as `[action id]`."""
    return [traces[value[0]] if isinstance(value, list) else value for value in entry]
