"""Reading a synthesised template: resources by type, and what refers to what."""

from typing import Any

Template = dict[str, Any]
Resource = dict[str, Any]

FUNCTION = "AWS::Lambda::Function"
QUEUE = "AWS::SQS::Queue"
SOURCE = "AWS::Lambda::EventSourceMapping"


def of_type(template: Template, kind: str) -> dict[str, Resource]:
    """Logical id -> properties. There is at least one, or the law that asks means nothing."""
    found = {
        id_: resource.get("Properties", {})
        for id_, resource in template["Resources"].items()
        if resource["Type"] == kind
    }
    assert found, f"no {kind} in the template"
    return found


def referred(value: Any) -> str:
    """The logical id that a `Ref` or a `Fn::GetAtt` points at."""
    match value:
        case {"Ref": id_}:
            return str(id_)
        case {"Fn::GetAtt": [id_, _]}:
            return str(id_)
    raise AssertionError(f"{value} refers to nothing in the template")


def functions(template: Template) -> dict[str, Resource]:
    """The function's name in `functions/` -> properties."""
    return {
        properties["Handler"].removesuffix(".handler.handler"): properties
        for properties in of_type(template, FUNCTION).values()
    }


def statements(template: Template) -> list[tuple[str, Resource]]:
    """Every statement of every role's policy, with the policy's logical id."""
    return [
        (id_, statement)
        for id_, policy in of_type(template, "AWS::IAM::Policy").items()
        for statement in policy["PolicyDocument"]["Statement"]
    ]


def listed(value: Any) -> list[Any]:
    """What CloudFormation lets one write as one or as a list of them, as a list."""
    return value if isinstance(value, list) else [value]


def refused_without_tls(template: Template, policies: str, place: str) -> set[str]:
    """The ids of the resources whose policy, of type `policies`, denies plain HTTP."""
    found = set()
    for policy in of_type(template, policies).values():
        for statement in policy["PolicyDocument"]["Statement"]:
            condition = statement.get("Condition", {}).get("Bool", {})
            if statement["Effect"] == "Deny" and condition == {"aws:SecureTransport": "false"}:
                found |= {referred(one) for one in listed(policy[place])}
    return found
