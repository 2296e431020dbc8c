"""Whatever senders call their events, it is an event type, and as readable as it was."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.kernel.event_type_names import to_event_type
from hub.platform.adapters.schema_folder import find_schemas_folder

EVENT = json.loads((find_schemas_folder() / "events/event.schema.json").read_text())
PATTERN = re.compile(EVENT["properties"]["type"]["pattern"])


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Video Played", "video_played"),
        ("videoPlayed", "video_played"),
        ("  Step 2 -- Done! ", "step_2_done"),
        ("Müsli gewählt", "musli_gewahlt"),
        ("2nd Visit", "other_2nd_visit"),
        ("動画", "other"),
        ("x" * 99, "x" * 48),
    ],
)
def test_a_name_is_written_as_types_are(name: str, expected: str) -> None:
    assert to_event_type("track.*", name) == f"track.{expected}"


@given(st.text())
def test_any_name_is_a_type(name: str) -> None:
    assert PATTERN.fullmatch(to_event_type("track.*", name))
