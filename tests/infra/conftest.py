"""The stack, synthesised once for the account and once for the emulator, with empty bundles."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from infra import ROOT
from infra.app import STACK, house
from infra.deployment import Ground, account, emulator
from tests.infra.reading import Template

# After `infra`, which chooses the Node that the CDK runs on.
from aws_cdk.aws_lambda import Code  # isort: skip

PARTNERS = {"salesforce_events": "aws.partner/salesforce.com/emulated"}


@pytest.fixture(scope="session")
def synthesised(
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[[Ground, dict[str, str]], Template]:
    """By the ground and what the context says beside `cdk.json`."""

    def synthesise(ground: Ground, said: dict[str, str]) -> Template:
        empty = tmp_path_factory.mktemp("bundle")
        Path(empty, "handler.py").touch()
        grounded = replace(ground, code=lambda _: Code.from_asset(str(empty)))
        context = json.loads((ROOT / "cdk.json").read_text())["context"]
        outdir = str(tmp_path_factory.mktemp("out"))
        app = house(context=context | said, ground=grounded, outdir=outdir)
        template: Template = app.synth().get_stack_by_name(STACK).template
        return template

    return synthesise


@pytest.fixture(scope="session")
def template(synthesised: Callable[[Ground, dict[str, str]], Template]) -> Template:
    """What an account is given whose owner has named every partner."""
    return synthesised(account(), PARTNERS)


@pytest.fixture(scope="session")
def at_the_emulator(synthesised: Callable[[Ground, dict[str, str]], Template]) -> Template:
    return synthesised(emulator(), {})
