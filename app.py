"""The CDK app: `cdk synth`, `cdk diff`, `cdk deploy`; `-c emulator=true` is for MiniStack.

Needs neither credentials nor Docker nor a network, only what `make setup` installed.
"""

import sys

from infra.app import build_app
from infra.packaging.dependencies import NotSetUpError

if __name__ == "__main__":
    try:
        build_app().synth()
    except NotSetUpError as missing:
        sys.exit(f"segue: {missing}")
