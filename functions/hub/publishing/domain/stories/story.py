"""A story, a test of the catalogue: given this customer, when this happens, then this is decided.

It is a row of the table Stories. The publisher plays it before each publication.
"""

from dataclasses import dataclass
from enum import StrEnum

from hub.catalogue.domain.row_reader import Row, RowReader
from hub.catalogue.domain.tables import Table
from hub.expression.domain.field_types import FieldTypes
from hub.publishing.domain.stories.expectation import Expectation, read_expectation
from hub.publishing.domain.stories.given import GivenSituation, read_given
from hub.publishing.domain.stories.story_event import AFTER, StoryEvent, read_story_events


class StoryStatus(StrEnum):
    """The status of a story. Only live ones are played."""

    DRAFT = "draft"
    LIVE = "live"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class Story:
    """One story, read from its row."""

    story_id: str
    status: StoryStatus
    given: GivenSituation
    when: tuple[StoryEvent, ...]
    then: Expectation


def story_from_row(row: Row, fields: FieldTypes) -> Story:
    """Reads a story. Raises `InvalidRow` with all problems of the row."""
    reader = RowReader(row)
    if row.get("when") in (None, "", [], {}):
        reader.add_problem(
            "when is missing: it must be an event such as {'type': 'order.completed'}"
        )
    story = Story(
        story_id=reader.read_key("story_id"),
        status=StoryStatus(reader.read_one_of("status", [*StoryStatus], StoryStatus.DRAFT)),
        given=read_given(reader, fields),
        when=tuple(read_story_events(reader, "when", row.get("when"), AFTER, fields)),
        then=read_expectation(reader),
    )
    reader.raise_if_invalid()
    return story


STORIES: Table[Story] = Table("stories", "story_id", story_from_row)
