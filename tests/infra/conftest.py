"""The stack, synthesised once for the account and once for the emulator, with empty bundles."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from infra import ROOT
from infra.app import STACK_NAME, build_app
from infra.deployment import Deployment, make_account_deployment, make_emulator_deployment
from tests.infra.template_reader import Template

# After `infra`, which chooses the Node that the CDK runs on.
from aws_cdk.aws_lambda import Code  # isort: skip

PARTNERS = {"salesforce_events": "aws.partner/salesforce.com/emulated"}


@pytest.fixture(scope="session")
def synthesised(
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[[Deployment, dict[str, str]], Template]:
    """Takes the deployment and the context beyond `cdk.json`."""

    def synthesise(deployment: Deployment, added_context: dict[str, str]) -> Template:
        empty = tmp_path_factory.mktemp("bundle")
        Path(empty, "handler.py").touch()
        with_empty_code = replace(deployment, load_code=lambda _: Code.from_asset(str(empty)))
        context = json.loads((ROOT / "cdk.json").read_text())["context"]
        outdir = str(tmp_path_factory.mktemp("out"))
        app = build_app(context=context | added_context, deployment=with_empty_code, outdir=outdir)
        template: Template = app.synth().get_stack_by_name(STACK_NAME).template
        return template

    return synthesise


@pytest.fixture(scope="session")
def template(synthesised: Callable[[Deployment, dict[str, str]], Template]) -> Template:
    """The template for an account whose owner has named every partner."""
    return synthesised(make_account_deployment(), PARTNERS)


@pytest.fixture(scope="session")
def at_the_emulator(synthesised: Callable[[Deployment, dict[str, str]], Template]) -> Template:
    return synthesised(make_emulator_deployment(), {})
