"""Chromium, for pictures of messages.

The one of `requirements/clients` has its own libraries and runs on x86-64 only. On other machines
it is the machine's own.
"""

import json
import os
import platform
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tools.segue.local_home import BUILD_FOLDER, UserError

PACKAGES = BUILD_FOLDER / "clients"
NODE = BUILD_FOLDER / "bin" / "node"
SCRIPTS = Path(__file__).parent
WIDTH, MOST_HEIGHT = 680, 8000
TIMEOUT = 120
_NO_BROWSER = "There is no browser for pictures: `python3 -m tools.bootstrap clients` sets one up."


def find_chromium(folder: Path) -> tuple[str, dict[str, str]]:
    """Return the program and its environment, unpacked into `folder`. Raises `UserError`."""
    if platform.machine() != "x86_64" or not PACKAGES.is_dir():
        program = shutil.which("chromium")
        if not program:
            raise UserError(_NO_BROWSER)
        return program, {}
    unpacked = folder / "chromium"
    unpacked.mkdir()
    # It unpacks its libraries only in a Lambda function, so it has to look like one.
    wanted = {"TMPDIR": str(unpacked), "AWS_LAMBDA_JS_RUNTIME": "nodejs22.x"}
    chromium = json.loads(_run_script("browser.mjs", PACKAGES, wanted))
    return chromium["program"], {"LD_LIBRARY_PATH": chromium["libraries"], "HOME": str(folder)}


def take_pictures(pages: Mapping[Path, str]) -> None:
    """Write a PNG of each page in its full height. Raises `UserError`."""
    if not pages:
        return
    with tempfile.TemporaryDirectory(prefix="segue-browser-") as aside:
        folder = Path(aside)
        program, environment = find_chromium(folder)
        request: dict[str, Any] = {"program": program, "environment": environment}
        request |= {"profile": str(folder / "profile"), "width": WIDTH, "most": MOST_HEIGHT}
        request["pages"] = []
        for number, (place, html) in enumerate(pages.items()):
            page = folder / f"{number}.html"
            page.write_text(html, encoding="utf-8")
            request["pages"].append((page.as_uri(), str(place.absolute())))
        _run_script("pictures.mjs", folder, stdin=json.dumps(request))


def _run_script(
    script: str, folder: Path, environment: Mapping[str, str] | None = None, stdin: str = ""
) -> str:
    try:
        ran = subprocess.run(
            [NODE, SCRIPTS / script],
            cwd=folder,
            env={**os.environ, **(environment or {})},
            input=stdin,
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as broken:
        raise UserError(f"The browser does not run: {broken}.") from broken
    if ran.returncode:
        raise UserError(f"The browser does not run: {ran.stderr.strip()[-300:]}.")
    return ran.stdout
