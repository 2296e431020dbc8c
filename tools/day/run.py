"""Plays the retailer's day on a hub and says whether it went as it should."""

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from rich.console import Console
from rich.text import Text

from tools.day import live_timeline
from tools.day.conservation import Conservation
from tools.day.day_run import NotAsExpectedError, Stage
from tools.day.steps import ACTS, Act, load_the_score
from tools.segue.balance import Balance, balance
from tools.segue.hub import Hub

AT_REST = 60


def play(hub: Hub, call_centre: Mapping[str, Any], console: Console) -> bool:
    """True if every act went as it should and the conservation table holds."""
    before = at_rest(hub)
    stage = Stage(hub, call_centre, datetime.now(UTC).strftime("%H%M%S"), console)
    try:
        _act(console, load_the_score, stage)
        with live_timeline.shown(hub, console):
            for act in ACTS:
                _act(console, act, stage)
    except NotAsExpectedError as fault:
        console.print(Text(f"  ✗ {fault}", style="bold red"))
        return False
    sums = Conservation(stage.accepted, at_rest(hub), before)
    console.print()
    console.print(sums.shown())
    return sums.holds


def at_rest(hub: Hub) -> Balance:
    """The balance once nothing is under way any more, or as it is after a minute."""
    deadline = time.monotonic() + AT_REST
    while not (found := balance(hub)).settled and time.monotonic() < deadline:
        time.sleep(1)
    return found


def _act(console: Console, act: Act, stage: Stage) -> None:
    started = time.monotonic()
    console.print(Text(f"\n{act.__doc__}", style="bold"))
    act(stage)
    console.print(Text(f"  {time.monotonic() - started:.1f} s", style="dim"))
