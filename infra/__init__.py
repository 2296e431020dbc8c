"""The house in CDK: what stands in an AWS account or in the emulator, not what it does there.

The CDK runs on Node. Importing this package points it at the one `make setup` chose, which is the
machine's own or, where that is too old, the one of PyPI.
"""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WORKSHOP = ROOT / ".segue"
_NODE = WORKSHOP / "bin" / "node"

if _NODE.exists():
    os.environ.setdefault("JSII_NODE", str(_NODE))
