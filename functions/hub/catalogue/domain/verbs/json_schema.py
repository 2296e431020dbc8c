"""The verbs as JSON Schema: the part `verb` of `schemas/catalogue/rules.schema.json`."""

from itertools import groupby
from typing import Any

from hub.catalogue.domain.verbs import VERBS
from hub.catalogue.domain.verbs.verb import VerbWords


def build_verb_schema() -> dict[str, Any]:
    """Builds the schema. Verbs that take the same words, one after the other, share one case."""
    cases = groupby(VERBS.values(), lambda verb: verb.words)
    return {
        "type": "object",
        "required": ["do"],
        "properties": {"do": {"enum": list(VERBS)}},
        "allOf": [_build_case([verb.do for verb in verbs], words) for words, verbs in cases],
    }


def _build_case(names: list[str], words: VerbWords) -> dict[str, Any]:
    do = {"const": names[0]} if len(names) == 1 else {"enum": names}
    return {"if": {"properties": {"do": do}}, "then": _build_entry(words)}


def _build_entry(words: VerbWords) -> dict[str, Any]:
    schema: dict[str, Any] = {"required": list(words.required)} if words.required else {}
    schema["additionalProperties"] = False
    schema["properties"] = {
        "do": True,
        **{name: word.schema for name, word in words.list_all().items()},
    }
    if words.either:
        schema["oneOf"] = [{"required": [name]} for name in words.either]
    return schema
