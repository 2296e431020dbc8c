"""The retailer's day on the deployed stack; the acts build on each other, in this order."""

import pytest

from tools.day.acts import ACTS, Act
from tools.day.conservation import Conservation
from tools.day.play import at_rest
from tools.day.stage import Stage


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.__name__)
def test_the_day_goes_as_it_should(stage: Stage, act: Act) -> None:
    act(stage)


def test_after_the_day_everything_is_accounted_for(stage: Stage) -> None:
    ended = Conservation(stage.accepted, after=at_rest(stage.hub))
    assert ended.holds, ended.events
