"""Laws of what anybody may do."""

from typing import Any

from hub.publishing.domain.tables import TABLES
from tests.infra.template_reader import Template, listed, of_type, referred, statements

# AWS knows no resource for these: https://docs.aws.amazon.com/service-authorization/latest/reference/
WITHOUT_RESOURCE = {
    "dynamodb:ListStreams",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
}


def allowed(template: Template) -> list[tuple[str, str, Any]]:
    """Policy, action and resource of every grant that names one."""
    return [
        (id_, action, resource)
        for id_, statement in statements(template)
        for action in listed(statement["Action"])
        for resource in listed(statement.get("Resource", ()))
    ]


def test_no_grant_has_a_wildcard_for_an_action(template: Template) -> None:
    assert [grant for grant in allowed(template) if "*" in grant[1]] == []


def test_every_grant_names_its_resource(template: Template) -> None:
    everywhere = {action for _, action, resource in allowed(template) if resource == "*"}
    assert everywhere <= WITHOUT_RESOURCE


def test_no_function_deletes_customers(template: Template) -> None:
    """Shares of what is scarce are given back, what is printed is taken from the letters that wait,
    and a rollback deletes rows. The keys of erased customers are deleted."""
    tables = (
        "Capacity",
        "Identities",
        "Letters",
        "Merges",
        *(table.title() for table in TABLES),
    )
    no_customers = {referred(template["Outputs"][f"{table}Table"]["Value"]) for table in tables}
    deleting = {(action, referred(on)) for _, action, on in allowed(template) if "Delete" in action}
    assert {grant for grant in deleting if grant[0] != "sqs:DeleteMessage"} == {
        ("dynamodb:DeleteItem", table) for table in no_customers
    }


def test_only_the_publisher_scans_rows_and_only_target_lists_scan_customers(
    template: Template,
) -> None:
    tables = {referred(template["Outputs"][f"{name.title()}Table"]["Value"]) for name in TABLES}
    everybody = referred(template["Outputs"]["CustomersTable"]["Value"])
    scanning = [
        (id_, referred(on)) for id_, action, on in allowed(template) if action == "dynamodb:Scan"
    ]
    assert {on for id_, on in scanning if "Guard" in id_} == tables
    assert [on for id_, on in scanning if "RefreshAudiences" in id_] == [everybody]
    assert len(scanning) == len(tables) + 1


def test_normalize_alone_stores_what_addresses_refuse_and_whoever_sends_reads_it(
    template: Template,
) -> None:
    """A letter has no address that is a key, and records of the warehouse go to nobody."""
    table = referred(template["Outputs"]["AddressRefusalsTable"]["Value"])
    grants = [(id_, act) for id_, act, on in allowed(template) if table in str(on)]
    assert {act for _, act in grants} == {"dynamodb:BatchGetItem", "dynamodb:UpdateItem"}
    assert ["Normalize" in id_ for id_, act in grants if "Update" in act] == [True]
    reading = [id_ for id_, act in grants if "Get" in act]
    expected = (
        *("Normalize", "Decide", "Answer", "RefreshAudiences"),
        *("Email", "Sms", "Push", "Call", "Connectors"),
    )
    assert len(reading) == len(expected)
    for name in expected:
        assert any(name in id_ for id_ in reading), name


def test_each_secret_is_read_by_one_function(template: Template) -> None:
    """But for the key of links, which one function seals and another opens."""
    readers: dict[str, list[str]] = {
        id_: [] for id_ in of_type(template, "AWS::SecretsManager::Secret")
    }
    for id_, action, resource in allowed(template):
        if action == "secretsmanager:GetSecretValue":
            readers[referred(resource)].append(id_)
    links = next(id_ for id_ in readers if "Links" in id_)
    sealing = readers.pop(links)
    assert ["Answer" in id_ for id_ in sorted(sealing)] == [True, False]
    connectors = referred(template["Outputs"]["ConnectorSecretsArn"]["Value"])
    assert len(readers.pop(connectors)) == 2
    assert {len(each) for each in readers.values()} == {1}


def test_only_tokens_of_providers_are_written_to_a_secret(template: Template) -> None:
    writing = {(id_, referred(on)) for id_, act, on in allowed(template) if "PutSecret" in act}
    [(policy, secret)] = writing
    assert "Connectors" in policy
    assert referred(template["Outputs"]["ConnectorTokensArn"]["Value"]) == secret


def test_the_timers_role_can_be_passed_to_the_scheduler_only(template: Template) -> None:
    passing = [each for _, each in statements(template) if each["Action"] == "iam:PassRole"]
    for statement in passing:
        role = of_type(template, "AWS::IAM::Role")[referred(statement["Resource"])]
        trusted = role["AssumeRolePolicyDocument"]["Statement"]
        assert [one["Principal"] for one in trusted] == [{"Service": "scheduler.amazonaws.com"}]
        assert statement["Condition"]["StringEquals"] == {
            "iam:PassedToService": "scheduler.amazonaws.com"
        }
    assert len(passing) == 1


def test_mail_goes_out_from_the_senders_address_only(template: Template) -> None:
    sending = [s for _, s in statements(template) if "ses:" in str(s["Action"])]
    from_us = {"StringEquals": {"ses:FromAddress": {"Ref": "Sender"}}}
    assert [s["Condition"] for s in sending] == [from_us, from_us]


def test_only_texts_go_to_what_has_no_arn_and_never_to_a_topic(template: Template) -> None:
    """A telephone has no ARN. Every topic and every app's endpoint has one, like this."""
    outside = [(id_, s) for id_, s in statements(template) if "NotResource" in s]
    [(id_, statement)] = outside
    assert "Sms" in id_
    assert statement["Action"] == "sns:Publish"
    partition = {"Ref": "AWS::Partition"}
    assert statement["NotResource"] == {"Fn::Join": ["", ["arn:", partition, ":sns:*:*:*"]]}


def test_a_push_goes_to_one_device(template: Template) -> None:
    pushing = [s for id_, s in statements(template) if "Push" in id_ and "sns:" in str(s)]
    [statement] = pushing
    ends = [resource["Fn::Join"][1][-1] for resource in listed(statement["Resource"])]
    assert ends == [":endpoint/*", ":app/*"]
