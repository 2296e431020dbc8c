"""Deploys the CDK app to the emulator with the CDK's own command line."""

import hashlib
import json
import os
import shutil
import subprocess
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path

from tools.segue.emulator import ACCOUNT, CREDENTIALS, REGION, build_plain_environment
from tools.segue.local_home import BUILD_FOLDER, ROOT, Home, UserError

CDK = BUILD_FOLDER / "cdk" / "node_modules" / ".bin" / "cdk"
STACK = "Segue"
APP = ("app.py", "cdk.json", "functions", "infra", "schemas", "requirements")
SHOWN_LINES, SHOWN_CHARACTERS = 25, 100
Report = Callable[[str], None]


def compute_fingerprint() -> str:
    """Return a hash of everything that a deployment is made of."""
    facts = hashlib.sha256()
    for name in APP:
        place = ROOT / name
        for file in sorted(place.rglob("*")) if place.is_dir() else [place]:
            if file.is_file() and "__pycache__" not in file.parts:
                facts.update(f"{file.relative_to(ROOT)}\0".encode())
                facts.update(hashlib.sha256(file.read_bytes()).digest())
    return facts.hexdigest()


def bootstrap(home: Home, endpoint: str, tell: Report) -> None:
    """Bootstrap the CDK outside the app's folder, since the result does not depend on the app."""
    run_cdk(home, endpoint, ["bootstrap", f"aws://{ACCOUNT}/{REGION}"], home.folder, tell)


def deploy(home: Home, endpoint: str, tell: Report) -> dict[str, str]:
    """Deploy the app and return the stack's outputs."""
    outputs = home.folder / "outputs.json"
    outputs.unlink(missing_ok=True)
    words = [
        *("deploy", STACK, "-c", "emulator=true", "--require-approval", "never"),
        *("--outputs-file", str(outputs), "--output", str(home.folder / "cdk.out")),
    ]
    run_cdk(home, endpoint, words, ROOT, tell)
    remove_old_assets(home.folder / "cdk.out")
    values: dict[str, str] = json.loads(outputs.read_text())[STACK]
    return values


def remove_old_assets(folder: Path) -> None:
    """Remove bundles of earlier deployments, all of which the CDK keeps."""
    current = set(json.loads((folder / f"{STACK}.assets.json").read_text())["files"])
    for staged in (*folder.glob("asset.*"), *folder.glob(".cache/*.zip")):
        if staged.name.removeprefix("asset.").split(".")[0] in current:
            continue
        if staged.is_dir():
            shutil.rmtree(staged)
        else:
            staged.unlink()


def run_cdk(home: Home, endpoint: str, words: list[str], cwd: Path, tell: Report) -> None:
    """Run the CDK. Its output goes to the home's `cdk.log`, and each line to `tell`."""
    if not CDK.exists():
        raise UserError("The CDK's command line is not installed yet: run `make setup`.")
    command = [str(CDK), *words, "--no-notices", "--ci", "--no-color", "--progress", "events"]
    last: deque[str] = deque(maxlen=SHOWN_LINES)
    with (
        home.log("cdk").open("a") as log,
        subprocess.Popen(
            command,
            cwd=cwd,
            env=build_environment(endpoint),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as running,
    ):
        for line in running.stdout or ():
            log.write(line)
            last.append(line.rstrip())
            if line.strip():
                tell(line.split(" (current_account")[0].strip()[:SHOWN_CHARACTERS])
    if running.returncode:
        output = "\n".join(last)
        raise UserError(
            f"`cdk {words[0]}` failed; its whole output is in {home.log('cdk')}:\n{output}"
        )


def build_environment(endpoint: str) -> Mapping[str, str]:
    """Return an environment without the user's own AWS settings: it never reaches an account."""
    plain = build_plain_environment()
    path = [str(ROOT / ".venv" / "bin"), str(BUILD_FOLDER / "bin"), plain.get("PATH", "")]
    return {
        **plain,
        **CREDENTIALS,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "CDK_DISABLE_CLI_TELEMETRY": "true",
        "JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION": "1",
        "PATH": os.pathsep.join(path),
    }
