"""Channels that a deployment chooses, and what others read of the actions."""

import json
from collections.abc import Callable

from hub.delivery.steps.message_channels import WarehouseChannel
from hub.kernel.times import to_iso
from infra.deployment import Deployment, make_account_deployment
from tests import fakes
from tests.factories import NOON, a_customer
from tests.infra.template_reader import Template, functions, listed, of_type, referred, statements
from tests.records import an_action

FLOW = "arn:aws:connect:eu-west-1:123456789012:instance/i-1/contact-flow/f-1"


def test_the_warehouses_table_has_the_columns_of_its_records(template: Template) -> None:
    [table] = of_type(template, "AWS::Glue::Table").values()
    columns = table["TableInput"]["StorageDescriptor"]["Columns"]
    warehouse = fakes.Warehouse()
    event = {"id": "e-1", "type": "order.completed", "properties": {"amount": 12.5}}
    action = an_action(channel="warehouse", what={"dataset": "big_sales"}, event=event)
    WarehouseChannel(warehouse).deliver(action, a_customer())
    [(key, line)] = warehouse.objects.items()
    record = json.loads(line)
    assert {column["Name"] for column in columns} == record.keys()
    assert {column["Type"] for column in columns} == {"string"}
    assert (record["decided_at"], record["event"]) == (to_iso(NOON), event)
    template_of_places = table["TableInput"]["Parameters"]["storage.location.template"]
    place = template_of_places["Fn::Join"][1][-1]
    filled = place.replace("${dataset}", "big_sales").replace("${day}", f"{NOON:%Y-%m-%d}")
    assert key.startswith(filled.removeprefix("/"))


def test_no_crawler_has_to_find_the_warehouses_partitions(template: Template) -> None:
    [table] = of_type(template, "AWS::Glue::Table").values()
    parameters = table["TableInput"]["Parameters"]
    assert parameters["projection.enabled"] == "true"
    names = {column["Name"] for column in table["TableInput"]["PartitionKeys"]}
    assert names == {"dataset", "day"}
    assert {f"projection.{name}.type" for name in names} <= parameters.keys()


def test_calls_go_to_the_call_centre_unless_a_flow_is_named(template: Template) -> None:
    assert functions(template)["dispatch_call"]["Environment"]["Variables"]["CALL_CENTRE"] == "http"
    assert "connect:" not in json.dumps([statement for _, statement in statements(template)])


def test_calls_are_tasks_of_amazon_connect_if_a_flow_is_named(
    synthesised: Callable[[Deployment, dict[str, str]], Template],
) -> None:
    template = synthesised(make_account_deployment(), {"connect_flow": FLOW})
    assert functions(template)["dispatch_call"]["Environment"]["Variables"]["CALL_CENTRE"] == FLOW
    [granted] = [s for _, s in statements(template) if "connect:" in str(s["Action"])]
    assert granted["Action"] == ["connect:StartTaskContact", "connect:StopContact"]
    assert listed(granted["Resource"]) == [FLOW, f"{FLOW.partition('/contact-flow')[0]}/contact/*"]


def test_requests_that_anybody_may_send_and_views_of_customers_are_limited(
    template: Template,
) -> None:
    [stage] = of_type(template, "AWS::ApiGatewayV2::Stage").values()
    limits = stage["RouteSettings"]
    assert limits.keys() == {
        *("POST /decisions", "POST /responses", "POST /render", "POST /v1/{call}"),
        *("GET /preferences/{token}", "POST /preferences/{token}"),
        "GET /customers/{namespace}/{value}",
        *("OPTIONS /decisions", "OPTIONS /responses", "OPTIONS /v1/{call}"),
    }
    for limit in limits.values():
        assert 0 < limit["ThrottlingRateLimit"] <= limit["ThrottlingBurstLimit"]


def test_letters_are_printed_every_day(template: Template) -> None:
    functions_queue = {
        referred(each["EventSourceArn"])
        for each in of_type(template, "AWS::Lambda::EventSourceMapping").values()
    }
    daily = [
        rule
        for rule in of_type(template, "AWS::Events::Rule").values()
        if rule.get("ScheduleExpression") == "cron(0 3 * * ? *)"
    ]
    [target] = daily[0]["Targets"]
    assert referred(target["Arn"]) in functions_queue
    assert target["DeadLetterConfig"]
