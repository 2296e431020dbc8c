"""Which connector serves which channel, by its file and by the context."""

import json
from collections.abc import Callable

import pytest

from infra import ROOT
from infra.delivery.connector_channels import assign_connectors
from infra.deployment import Deployment, make_account_deployment
from tests.infra.template_reader import Template, functions

# After `infra`, which chooses the Node that the CDK runs on.
from aws_cdk import App  # isort: skip


def connectors_by_channel(**context: str) -> dict[str, str]:
    return dict(assign_connectors(App(context=context).node))


def test_the_hubs_own_functions_send_mail_and_texts_unless_the_context_says_otherwise() -> None:
    alone = connectors_by_channel()
    assert alone["fax"] == "interfax"
    assert alone.keys().isdisjoint({"email", "sms"})
    assert connectors_by_channel(email="cakemail") == {**alone, "email": "cakemail"}
    assert connectors_by_channel(sms="twilio") == {**alone, "sms": "twilio"}


@pytest.mark.parametrize("context", [{"email": "twilio"}, {"sms": "nobody"}, {"fax": "twilio"}])
def test_a_connector_that_cannot_serve_a_channel_is_refused(context: dict[str, str]) -> None:
    [channel] = context
    with pytest.raises(ValueError, match=f"-c {channel}="):
        connectors_by_channel(**context)


def test_a_channel_of_a_connector_deploys_no_function_of_its_own(
    synthesised: Callable[[Deployment, dict[str, str]], Template],
) -> None:
    template = synthesised(make_account_deployment(), {"email": "cakemail", "sms": "twilio"})
    made = functions(template)
    assert made.keys().isdisjoint({"send_email", "send_sms"})
    serving = made["call_endpoint"]["Environment"]["Variables"]["SERVING"]
    assert {"email=cakemail", "sms=twilio"} <= set(serving.split())
    assert not {name for name in template["Outputs"] if name.startswith(("Email", "Sms"))}


def test_the_function_gets_the_channels_that_the_files_name(template: Template) -> None:
    serving = functions(template)["call_endpoint"]["Environment"]["Variables"]["SERVING"]
    for pair in serving.split():
        channel, name = pair.split("=")
        said = json.loads((ROOT / f"schemas/connectors/{name}.json").read_text())
        assert said["channel"] == channel
        assert "send" in said["operations"]
