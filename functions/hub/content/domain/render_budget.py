"""The budget of a render: what one text may cost, counted in steps.

A step is a tag, a name, value or filter in it, a round of a loop, 100 characters that a filter, a
variable or the output handles, or 10 members of a list that a filter handles. A date or an amount
takes 10 more, a snippet 20. Steps are counted and no clock is read, so a text that is over budget
is so on every machine, at publication and when it is sent.
"""

from dataclasses import dataclass

from hub.kernel.errors import Rejected

MOST_STEPS = 50_000
MOST_PROOF_STEPS = 1_000_000
MOST_NESTED = 60
MOST_DIGITS = 40
LONGEST_TEXT = 200_000
LONGEST_LIST = 10_000
MOST_ROUNDS = 10_000
MOST_TAGS = 5_000
MOST_NESTED_BLOCKS = 30
MOST_NESTED_SNIPPETS = 30
MOST_NESTED_EXPRESSIONS = 50
MOST_NESTED_ELEMENTS = 100
MOST_HTML = 20_000_000
CHARACTERS_PER_STEP = 100
MEMBERS_PER_STEP = 10
STEPS_OF_A_FORMAT = 10
STEPS_OF_A_SNIPPET = 20
LARGEST_NUMBER = 10**MOST_DIGITS


class OverBudget(Rejected):
    """A text goes beyond a limit of `hub.content.domain.render_budget`."""


@dataclass(slots=True)
class RenderBudget:
    """The steps that one text, or all renders of a proof, may still take.

    `depth` is how many tags and snippets of a text are open within each other."""

    most_steps: int = MOST_STEPS
    steps: int = 0
    depth: int = 0

    def spend(self, steps: int) -> None:
        """Counts the steps. Raises `OverBudget` if there are more than `most_steps`."""
        self.steps += steps
        if self.steps > self.most_steps:
            raise OverBudget(f"takes more than {self.most_steps:,} steps")
