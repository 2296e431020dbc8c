"""The stack, synthesised once for the account and once for the emulator, with empty bundles."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from infra import ROOT
from infra.ground import Ground, account, emulator
from infra.house import STACK, house
from tests.infra.reading import Template

# After `infra`, which chooses the Node that the CDK runs on.
from aws_cdk.aws_lambda import Code  # isort: skip


@pytest.fixture(scope="session")
def synthesised(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Ground], Template]:
    def synthesise(ground: Ground) -> Template:
        empty = tmp_path_factory.mktemp("bundle")
        Path(empty, "handler.py").touch()
        grounded = replace(ground, code=lambda _: Code.from_asset(str(empty)))
        context = json.loads((ROOT / "cdk.json").read_text())["context"]
        outdir = str(tmp_path_factory.mktemp("out"))
        app = house(context=context, ground=grounded, outdir=outdir)
        template: Template = app.synth().get_stack_by_name(STACK).template
        return template

    return synthesise


@pytest.fixture(scope="session")
def template(synthesised: Callable[[Ground], Template]) -> Template:
    """What an account is given."""
    return synthesised(account())


@pytest.fixture(scope="session")
def at_the_emulator(synthesised: Callable[[Ground], Template]) -> Template:
    return synthesised(emulator())
