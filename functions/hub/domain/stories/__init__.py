"""Story tests: what marketers expect of their score, held to it before each publication."""

from hub.domain.stories.story import Story, StoryStatus, story_from_row
from hub.domain.stories.telling import failures

__all__ = ["Story", "StoryStatus", "failures", "story_from_row"]
