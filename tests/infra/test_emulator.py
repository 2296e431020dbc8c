"""The emulator gets the same template as an account, except for what `Deployment` names."""

import json
from typing import Any

from tests.infra.template_reader import Resource, Template, functions, listed

UNKNOWN_THERE = {
    "AWS::Events::Archive",
    "AWS::EventSchemas::Registry",
    "AWS::EventSchemas::Schema",
}
BATCHED = {"sns:Publish": "sns:PublishBatch", "sqs:SendMessage": "sqs:SendMessageBatch"}
UNPLACED = {"scheduler:CreateSchedule", "ses:SendEmail"}
RENAMED = "emulated."
NOT_COMPARED = ("Architectures", "Code")


def about_tls(statement: Resource) -> bool:
    return "aws:SecureTransport" in statement.get("Condition", {}).get("Bool", {})


def as_read_there(statement: Resource) -> Resource:
    """A statement of a role, anywhere and always where the emulator does not look closer."""
    if not UNPLACED & statement["Action"]:
        return statement
    anywhere = {**statement, "Resource": "*"}
    anywhere.pop("Condition", None)
    return anywhere


def expected(resources: Resource) -> dict[str, Any]:
    """What the emulator should be given, out of what the account is."""
    found = {}
    for id_, resource in resources.items():
        statements = said(resource)
        kept = [one for one in statements if not about_tls(one)]
        if resource["Type"] == "AWS::IAM::Policy":
            kept = [as_read_there(one) for one in kept]
        if resource["Type"] not in UNKNOWN_THERE and (kept or not statements):
            found[id_] = compared(resource, kept)
    return found


def said(resource: Resource) -> list[Resource]:
    """A policy's statements without their running numbers, their actions as a set."""
    document = resource.get("Properties", {}).get("PolicyDocument", {})
    statements = document.get("Statement", ())
    return [
        {name: value for name, value in one.items() if name != "Sid"}
        | {"Action": set(listed(one["Action"]))}
        for one in statements
    ]


def renamed(properties: Resource) -> Resource:
    """In the name of AWS and its partners nobody may speak there either: they have others."""
    text = json.dumps(properties)
    return dict(json.loads(text.replace(f"{RENAMED}aws.", "aws.")))


def compared(resource: Resource, statements: list[Resource]) -> Resource:
    """A resource without its removal policies, its processor, where its code lies and how far its
    calls may go."""
    properties = {**resource.get("Properties", {}), "PolicyDocument": statements}
    if "Environment" in properties:
        variables = properties["Environment"]["Variables"]
        kept = {name: value for name, value in variables.items() if name != "EGRESS"}
        properties["Environment"] = {"Variables": kept}
    placed = {key: value for key, value in properties.items() if key not in NOT_COMPARED}
    if resource["Type"] == "AWS::Events::Rule":
        placed = renamed(placed)
    return {"Type": resource["Type"], "Properties": placed}


def given(resources: Resource) -> dict[str, Any]:
    """What the emulator is given, in the same form, but for batches beside their action."""
    return {
        id_: compared(resource, [without_batches(one) for one in said(resource)])
        for id_, resource in resources.items()
    }


def without_batches(statement: Resource) -> Resource:
    beside = {BATCHED[action] for action in statement["Action"] if action in BATCHED}
    return {**statement, "Action": statement["Action"] - beside}


def test_the_emulator_gets_the_same_except_for_the_known_differences(
    template: Template, at_the_emulator: Template
) -> None:
    assert given(at_the_emulator["Resources"]) == expected(template["Resources"])


def test_connectors_reach_private_addresses_on_the_emulator_only(
    template: Template, at_the_emulator: Template
) -> None:
    for given_to, egress in ((template, {"public"}), (at_the_emulator, {"local"})):
        variables = [each["Environment"]["Variables"] for each in functions(given_to).values()]
        assert {each["EGRESS"] for each in variables if "EGRESS" in each} == egress


def test_nothing_stays_when_the_emulator_stops(at_the_emulator: Template) -> None:
    policies = {
        resource.get("DeletionPolicy", "Delete")
        for resource in at_the_emulator["Resources"].values()
    }
    assert policies == {"Delete"}


def test_the_emulator_has_the_same_outputs(template: Template, at_the_emulator: Template) -> None:
    assert at_the_emulator["Outputs"] == template["Outputs"]


def test_the_sender_has_a_default_on_the_emulator_only(
    template: Template, at_the_emulator: Template
) -> None:
    assert "Default" not in template["Parameters"]["Sender"]
    assert at_the_emulator["Parameters"]["Sender"]["Default"] == "hub@example.com"
