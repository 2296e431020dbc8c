"""Stories: the marketers' tests of the catalogue, played before each publication."""

from hub.publishing.domain.stories.mismatches import find_mismatches
from hub.publishing.domain.stories.story import STORIES, Story, StoryStatus, story_from_row

__all__ = ["STORIES", "Story", "StoryStatus", "find_mismatches", "story_from_row"]
