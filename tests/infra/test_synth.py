"""`cdk synth` as users call it: the app of `cdk.json` in a checkout, without anything else."""

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

from infra import ROOT
from infra.function_plans import PLANS

NO_NETWORK_IN_NODE = """
const refuse = () => { throw new Error('synth asked for the network') };
require('net').Socket.prototype.connect = refuse;
require('dns').lookup = refuse;
"""
NO_NETWORK_IN_PYTHON = """
import runpy, socket
def refuse(*_): raise OSError('synth asked for the network')
socket.socket.connect = refuse
runpy.run_path('app.py', run_name='__main__')
"""


def alone(tmp_path: Path) -> dict[str, str]:
    """An environment without credentials, without a home, and without a network for Node."""
    block = tmp_path / "block.js"
    block.write_text(NO_NETWORK_IN_NODE)
    kept = {name: os.environ[name] for name in ("JSII_NODE", "PATH") if name in os.environ}
    return {
        **kept,
        "CDK_CONTEXT_JSON": json.dumps(json.loads((ROOT / "cdk.json").read_text())["context"]),
        "CDK_OUTDIR": str(tmp_path / "out"),
        "HOME": str(tmp_path),
        "NODE_OPTIONS": f"--require {block}",
    }


def test_synth_needs_neither_credentials_nor_network(tmp_path: Path) -> None:
    done = subprocess.run(  # noqa: S603  our own words only
        [sys.executable, "-W", "error", "-c", NO_NETWORK_IN_PYTHON],
        cwd=ROOT,
        env=alone(tmp_path),
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assets = json.loads((tmp_path / "out" / "Segue.assets.json").read_text())
    assert len(assets["files"]) == len(PLANS) + 1
    validation = json.loads((tmp_path / "out" / "validation-report.json").read_text())
    assert validation["pluginReports"] == []


def test_the_app_runs_in_the_projects_environment() -> None:
    assert json.loads((ROOT / "cdk.json").read_text())["app"] == ".venv/bin/python app.py"


def test_infra_imports_neither_the_hub_nor_a_function() -> None:
    strangers = {"hub", *PLANS}
    for path in (ROOT / "app.py", *(ROOT / "infra").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                assert not {name.name.split(".")[0] for name in node.names} & strangers, path
            if isinstance(node, ast.ImportFrom):
                assert (node.module or "").split(".")[0] not in strangers, path
