"""The retailer's day on the deployed stack, by the command that `make run` calls."""

from tests.e2e.conftest import Segue
from tools.day.steps import STEPS


def test_the_day_goes_as_it_should_and_everything_is_accounted_for(segue: Segue) -> None:
    said = segue("run", "--json")
    assert said.code == 0, said.err
    assert said.lines[-1]["went_well"] is True
    played = " ".join(said.err.split())
    assert all(str(act.__doc__) in played for act in STEPS)
    assert "Everything is accounted for." in played
