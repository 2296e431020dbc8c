"""A retailer's year through the file entrance of a deployed hub: 30,000 lines in one drop.

What every customer spent and brought back is read out of the deployed stack and held against sums
that nothing of the hub's made. Lines without a customer are of somebody known by a receipt only.
Then the same file is dropped once more, which must change nothing.
"""

import gzip
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp
from time import monotonic, sleep
from typing import Any

from rich.console import Console

from tests.bench import Figures, Tell
from tools.day.hub_driver import HubDriver
from tools.day.sales import Sales, sum_file, sum_hub
from tools.day.steps import load_rows
from tools.segue.balance import compute_balance, scan
from tools.segue.dead_letters import count_messages
from tools.segue.local_home import Home, UserError
from tools.segue.local_hub import start_hub, stop_hub
from tools.segue.processes import PROC, list_running
from tools.segue.screen import Screen

SAMPLE = Path(__file__).parent / "data" / "online_retail_sample.csv.gz"
KEY = f"till/{SAMPLE.name}"
WAYS = ("Files", "Events", "Customer", "Dispatch")
LONGEST, EVERY, QUIET = 3600, 2.0, 3


def figures(tell: Tell) -> Figures:
    body = SAMPLE.read_bytes()
    wanted = sum_file(gzip.decompress(body).decode())
    with a_hub() as (home, driver):
        tell("  a hub stands, with the rules of the retail example")
        took, memory = dropped(home, driver, body, tell)
        account = driver.read_reconciliation(KEY) or {}
        first = sum_hub(driver.hub)
        decided = compute_balance(driver.hub).decided["till"]
        again, _ = dropped(home, driver, body, tell)
        changed = differences(sum_hub(driver.hub), first)
        changed += compute_balance(driver.hub).decided["till"] - decided
        differing = differences(first, wanted) + abs(decided - account["events"]) + changed
        temporary = sum(map(is_temporary, scan(driver.hub, "Customers")))
    tell(f"  {account['rows_read']} rows: {decided} decided, {account['quarantined']} set aside,")
    tell(f"  {took:.0f} s; again {again:.0f} s, {changed} changes; {differing} differences")
    return {
        "intake.events_per_second": round(decided / took, 1),
        "intake.peak_memory_mb": round(memory, 1),
        "intake.customers": first.customers,
        "intake.temporary_customers": temporary,
        "intake.differences": differing,
    }


@contextmanager
def a_hub() -> Iterator[tuple[Home, HubDriver]]:
    """One of its own, ended afterwards."""
    nowhere = Console(quiet=True)
    screen, home = Screen(out=nowhere, progress=nowhere), Home(Path(mkdtemp(prefix="intake-")))
    try:
        hub = start_hub(home, screen, port=0)
        driver = HubDriver(hub, home.read()["call_centre"], "intake", nowhere)
        load_rows(driver)
        yield home, driver
    finally:
        stop_hub(home, screen)
        shutil.rmtree(home.folder)


def dropped(home: Home, driver: HubDriver, body: bytes, tell: Tell) -> tuple[float, float]:
    """Seconds until nothing is under way any more, and the most MB that `receive_file` took."""
    driver.hub.s3.put_object(Bucket=driver.hub.output("FilesBucket"), Key=KEY, Body=body)
    begun, quiet_since, told, memory = monotonic(), 0.0, 0.0, 0.0
    while not quiet_since or monotonic() - quiet_since < QUIET * EVERY:
        sleep(EVERY)
        now = monotonic()
        waiting = {
            way: count_messages(driver.hub, driver.hub.output(f"{way}QueueUrl")) for way in WAYS
        }
        quiet_since = (
            0.0
            if any(waiting.values()) or not driver.read_reconciliation(KEY)
            else quiet_since or now
        )
        memory = max(memory, peak_memory(home, driver.hub.output("ReceiveFileFunctionName")))
        if now - told > 30:
            told = now
            tell(f"  {now - begun:4.0f} s, waiting: {json.dumps(waiting)}")
        if now - begun > LONGEST:
            raise UserError(f"After {LONGEST} s there is still something under way: {waiting}.")
    return quiet_since - begun, memory


def peak_memory(home: Home, function: str) -> float:
    """In MB, of the function's workers that live; 0 while there is none."""
    peaks = [0.0]
    for process in list_running(home):
        try:
            environment = (PROC / str(process.pid) / "environ").read_bytes().split(b"\0")
            status = (PROC / str(process.pid) / "status").read_text()
        except OSError:
            continue
        if f"AWS_LAMBDA_FUNCTION_NAME={function}".encode() in environment:
            peaks += [
                float(line.split()[1]) / 1024 for line in status.splitlines() if "VmHWM" in line
            ]
    return max(peaks)


def differences(one: Sales, other: Sales) -> int:
    """How many customers spent or brought back something else."""
    changed = set[str]()
    for ours, theirs in ((one.spent, other.spent), (one.returned, other.returned)):
        changed |= {who for who in {*ours, *theirs} if ours.get(who, 0) != theirs.get(who, 0)}
    return len(changed)


def is_temporary(item: dict[str, Any]) -> bool:
    known = json.loads(item["state"]).get("identities", {})
    return "receipt" in known and "loyalty" not in known
