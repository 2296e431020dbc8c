"""What holds data, or is known outside by its name, keeps its logical id from release to release.

CloudFormation knows a resource by its logical id alone. A table under another logical id is a new,
empty table: the old one, with everything in it, stays behind and nothing reads it any more. The
same holds for a queue with the messages in it, a secret, a bucket, or the address of the API.

`logical_ids.json` lists the ids of the template for an account. "default" is the whole list. Every
other entry names a context of the CDK as `-c` takes it, and what is `more` or `less` there.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from infra.deployment import Deployment, make_account_deployment
from tests.infra.template_reader import Template

PINS = Path(__file__).with_name("logical_ids.json")
DEFAULT = "default"
PINNED_TYPES = (
    "AWS::ApiGatewayV2::Api",
    "AWS::DynamoDB::Table",
    "AWS::Events::Archive",
    "AWS::Events::EventBus",
    "AWS::Glue::Database",
    "AWS::Glue::Table",
    "AWS::S3::Bucket",
    "AWS::SNS::Topic",
    "AWS::SQS::Queue",
    "AWS::Scheduler::ScheduleGroup",
    "AWS::SecretsManager::Secret",
)
LOST = (
    "CloudFormation takes a resource under another logical id for a new one: it creates an empty"
    " resource and leaves the old one behind, with all its data, or deletes it. Give the construct"
    " its old id and its old place in the tree (or call `override_logical_id`). If the resource is"
    " really meant to go, migrate its data first and then take the id out of logical_ids.json."
)
NEW = (
    "These resources hold data and are not pinned yet. Add their ids, sorted, to"
    " tests/infra/logical_ids.json, so that no later release loses them."
)
Ids = dict[str, set[str]]


def read_pins() -> dict[str, Any]:
    pins: dict[str, Any] = json.loads(PINS.read_text("utf-8"))
    return pins


def pinned_ids(context: str) -> Ids:
    """Resource type -> the logical ids that the template has to have in that context."""
    pins = read_pins()
    ids = {kind: set(names) for kind, names in pins[DEFAULT].items()}
    if context != DEFAULT:
        for kind, names in pins[context].get("less", {}).items():
            ids[kind] -= {*names}
        for kind, names in pins[context].get("more", {}).items():
            ids[kind] |= {*names}
    return ids


def ids_in(template: Template) -> Ids:
    """Resource type -> the logical ids that the template has, of the types that are pinned."""
    ids: Ids = {}
    for name, resource in template["Resources"].items():
        if resource["Type"] in PINNED_TYPES:
            ids.setdefault(resource["Type"], set()).add(name)
    return ids


def without(ids: Mapping[str, set[str]], others: Mapping[str, set[str]]) -> dict[str, list[str]]:
    """By type, sorted, the `ids` that are not among the `others`."""
    left = {kind: sorted(names - others.get(kind, set())) for kind, names in ids.items()}
    return {kind: names for kind, names in left.items() if names}


@pytest.fixture(scope="module", params=list(read_pins()))
def both(
    request: pytest.FixtureRequest,
    synthesised: Callable[[Deployment, dict[str, str]], Template],
) -> tuple[Ids, Ids]:
    """What is pinned for a context, and what the account's template has there."""
    context: str = request.param
    values = {} if context == DEFAULT else dict([context.split("=", maxsplit=1)])
    return pinned_ids(context), ids_in(synthesised(make_account_deployment(), values))


def test_nothing_that_holds_data_gets_another_logical_id(both: tuple[Ids, Ids]) -> None:
    pinned, present = both
    assert without(pinned, present) == {}, LOST


def test_everything_that_holds_data_is_pinned(both: tuple[Ids, Ids]) -> None:
    pinned, present = both
    assert without(present, pinned) == {}, NEW


def test_every_type_that_holds_data_is_in_the_file() -> None:
    assert sorted(read_pins()[DEFAULT]) == sorted(PINNED_TYPES)
