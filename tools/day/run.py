"""Runs the retailer's day on a hub and checks the results."""

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from rich.console import Console
from rich.text import Text

from tools.day import live_timeline
from tools.day.conservation import Conservation
from tools.day.hub_driver import HubDriver, UnexpectedResultError
from tools.day.steps import STEPS, DayStep, load_rows
from tools.segue.balance import Balance, compute_balance
from tools.segue.hub import Hub

SETTLE_SECONDS = 60


def run_day(hub: Hub, call_centre: Mapping[str, Any], console: Console) -> bool:
    """Return whether every step succeeded and the conservation table holds."""
    before = wait_until_settled(hub)
    driver = HubDriver(hub, call_centre, datetime.now(UTC).strftime("%H%M%S"), console)
    try:
        _run_step(console, load_rows, driver)
        with live_timeline.show_timeline(hub, console):
            for act in STEPS:
                _run_step(console, act, driver)
    except UnexpectedResultError as fault:
        console.print(Text(f"  ✗ {fault}", style="bold red"))
        return False
    sums = Conservation(driver.accepted, wait_until_settled(hub), before)
    console.print()
    console.print(sums.render())
    return sums.holds


def wait_until_settled(hub: Hub) -> Balance:
    """Return the balance once nothing is under way, or as it is after a minute."""
    deadline = time.monotonic() + SETTLE_SECONDS
    while not (balance := compute_balance(hub)).is_settled and time.monotonic() < deadline:
        time.sleep(1)
    return balance


def _run_step(console: Console, act: DayStep, driver: HubDriver) -> None:
    started = time.monotonic()
    console.print(Text(f"\n{act.__doc__}", style="bold"))
    act(driver)
    console.print(Text(f"  {time.monotonic() - started:.1f} s", style="dim"))
