"""The CDK app around the one stack.

It is here and not in `app.py`, so that `infra` is imported before the CDK and can choose its Node.
"""

from collections.abc import Mapping
from typing import Any

from aws_cdk import App

from infra.deployment import Deployment, read_deployment
from infra.outputs import add_outputs
from infra.stack import HubStack

STACK_NAME = "Segue"


def build_app(
    *,
    context: Mapping[str, Any] | None = None,
    deployment: Deployment | None = None,
    outdir: str | None = None,
) -> App:
    """Return the app, ready for `synth`. The CDK command line says what is not given here."""
    app = App(context=context, outdir=outdir)
    add_outputs(HubStack(app, STACK_NAME, deployment=deployment or read_deployment(app.node)))
    return app
