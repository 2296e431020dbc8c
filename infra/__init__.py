"""The hub's infrastructure in CDK: what is deployed to an AWS account or to the emulator.

The CDK runs on Node. Importing this package points it at the Node that `make setup` chose: the
machine's own or, where that is too old, the one from PyPI.
"""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD_FOLDER = ROOT / ".segue"
_NODE = BUILD_FOLDER / "bin" / "node"

if _NODE.exists():
    os.environ.setdefault("JSII_NODE", str(_NODE))
