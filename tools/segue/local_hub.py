"""A hub on this machine: started, deployed, given demo secrets, and stopped."""

import fcntl
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tools.segue import deploy, emulator, local_cors, local_secrets, processes
from tools.segue.hub import Hub, connect_local_hub
from tools.segue.local_home import ROOT, Home
from tools.segue.screen import Screen


def start_hub(home: Home, screen: Screen, port: int = emulator.USUAL_PORT) -> Hub:
    """Return a running hub with the current app. What already runs stays.

    The emulator keeps everything in memory. After a crash the hub starts empty.
    """
    with lock_home(home):
        record = start_emulator(home, screen, port)
        record = start_call_centre(home, record)
        record = deploy_app(home, record, screen)
        hub = connect_local_hub(home)
        local_cors.apply_cors(hub)
        with screen.step("Secrets of the sources and the call centre") as step:
            step.done = local_secrets.add_missing_secrets(hub, record["call_centre"])
    return hub


def stop_hub(home: Home, screen: Screen) -> int:
    """Stop all processes of this home, also after a crash. Returns how many there were."""
    with lock_home(home), screen.step("Stopping the hub on this machine") as step:
        ended = processes.stop_all(home)
        home.record.unlink(missing_ok=True)
        shutil.rmtree(home.temporary, ignore_errors=True)
        step.done = f"{ended} processes stopped" if ended else "Nothing was running"
    return ended


@contextmanager
def lock_home(home: Home) -> Iterator[None]:
    """Let one `up` or `stop` run at a time in a home."""
    home.folder.mkdir(parents=True, exist_ok=True)
    with (home.folder / "turn.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        yield


def start_emulator(home: Home, screen: Screen, port: int) -> dict[str, Any]:
    """Return the record of a running emulator; start one if there is none."""
    record = home.read()
    alive = processes.list_running(home, processes.EMULATOR)
    if alive and "port" in record and emulator.is_ready(record["port"]):
        screen.note(f"The emulator runs already at {record['endpoint']}")
        return record
    processes.stop_all(home)
    home.record.unlink(missing_ok=True)
    with screen.step("Starting the AWS emulator") as step:
        port = emulator.find_free_port(port)
        pid = emulator.start(home, port)
        endpoint = f"http://127.0.0.1:{port}"
        step.done = f"AWS emulator at {endpoint}"
    record = {"stack": deploy.STACK, "endpoint": endpoint, "port": port, "pid": pid}
    home.write(record)
    return record


def start_call_centre(home: Home, record: dict[str, Any]) -> dict[str, Any]:
    if processes.list_running(home, processes.CALL_CENTRE) and "call_centre" in record:
        return record
    port, token = emulator.find_free_port(), secrets.token_urlsafe(24)
    pid = processes.start_process(
        home,
        [
            *(ROOT / ".venv" / "bin" / "python", "-P", *processes.ownership_options(home)),
            *("-m", processes.CALL_CENTRE, "--port", str(port)),
        ],
        environment={
            **emulator.build_plain_environment(),
            "PYTHONPATH": str(ROOT),
            "SEGUE_CALL_CENTRE_TOKEN": token,
        },
        log=home.log("call_centre"),
    )
    url = f"http://127.0.0.1:{port}"
    record = {**record, "call_centre": {"url": url, "token": token, "pid": pid}}
    home.write(record)
    return record


def deploy_app(home: Home, record: dict[str, Any], screen: Screen) -> dict[str, Any]:
    """Deploy the app if the deployed one differs. The record says which is deployed."""
    print_ = deploy.compute_fingerprint()
    if record.get("deployed") == print_:
        screen.note("The deployed app is up to date")
        return record
    if not record.get("bootstrapped"):
        home.log("cdk").unlink(missing_ok=True)
        with screen.step("Bootstrapping the CDK") as step:
            deploy.bootstrap(home, record["endpoint"], step.report)
        record = {**record, "bootstrapped": True}
        home.write(record)
    with screen.step("Deploying the app") as step:
        outputs = deploy.deploy(home, record["endpoint"], step.report)
    record = {**record, "deployed": print_, "outputs": outputs}
    home.write(record)
    return record
