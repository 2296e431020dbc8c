"""The CDK app around the one stack.

It is here, not in `app.py`, so that `infra` is imported before the CDK and can choose its Node.
"""

from collections.abc import Mapping
from typing import Any

from aws_cdk import App

from infra.deployment import Ground, ground_of
from infra.outputs import tell
from infra.stack import HubStack

STACK = "Segue"


def house(
    *,
    context: Mapping[str, Any] | None = None,
    ground: Ground | None = None,
    outdir: str | None = None,
) -> App:
    """The app, ready for `synth`; what is not given is taken from the CDK command line."""
    app = App(context=context, outdir=outdir)
    tell(HubStack(app, STACK, ground=ground or ground_of(app.node)))
    return app
