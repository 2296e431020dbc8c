"""Parts that the JSON Schemas of several kinds of policies have."""

from hub.kernel.json_types import JsonObject

NAME: JsonObject = {"$ref": "#/$defs/name"}
EVENT_TYPE: JsonObject = {"$ref": "#/$defs/event"}
DURATION: JsonObject = {"$ref": "#/$defs/length"}
CONDITION: JsonObject = {"type": "string", "maxLength": 2000}
TEXT: JsonObject = {"type": "string"}
WHOLE_NUMBER: JsonObject = {
    "type": ["integer", "string"],
    "pattern": "^-?[0-9]{1,9}$",
    "description": "a whole number",
}
NOT_NEGATIVE: JsonObject = {"type": "number", "minimum": 0}


def choose_from(*choices: str) -> JsonObject:
    """The JSON Schema of one of these texts."""
    return {"enum": list(choices)}
