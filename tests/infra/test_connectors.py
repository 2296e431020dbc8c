"""Which connector serves which channel, by its file and by the context."""

import json
from collections.abc import Callable

import pytest

from infra import ROOT
from infra.delivery.connector_channels import served
from infra.deployment import Ground, account
from tests.infra.reading import Template, functions

# After `infra`, which chooses the Node that the CDK runs on.
from aws_cdk import App  # isort: skip


def told(**context: str) -> dict[str, str]:
    return dict(served(App(context=context).node))


def test_e_mail_and_texts_go_by_the_hubs_own_functions_unless_somebody_says_otherwise() -> None:
    alone = told()
    assert alone["fax"] == "interfax"
    assert alone.keys().isdisjoint({"email", "sms"})
    assert told(email="cakemail") == {**alone, "email": "cakemail"}
    assert told(sms="twilio") == {**alone, "sms": "twilio"}


@pytest.mark.parametrize("context", [{"email": "twilio"}, {"sms": "nobody"}, {"fax": "twilio"}])
def test_a_connector_that_cannot_serve_a_channel_is_refused(context: dict[str, str]) -> None:
    [channel] = context
    with pytest.raises(ValueError, match=f"-c {channel}="):
        told(**context)


def test_who_sends_by_connectors_deploys_no_functions_of_the_hubs_own(
    synthesised: Callable[[Ground, dict[str, str]], Template],
) -> None:
    template = synthesised(account(), {"email": "cakemail", "sms": "twilio"})
    made = functions(template)
    assert made.keys().isdisjoint({"send_email", "send_sms"})
    serving = made["call_endpoint"]["Environment"]["Variables"]["SERVING"]
    assert {"email=cakemail", "sms=twilio"} <= set(serving.split())
    assert not {name for name in template["Outputs"] if name.startswith(("Email", "Sms"))}


def test_what_the_function_is_told_is_what_stands_in_the_files(template: Template) -> None:
    serving = functions(template)["call_endpoint"]["Environment"]["Variables"]["SERVING"]
    for pair in serving.split():
        channel, name = pair.split("=")
        said = json.loads((ROOT / f"schemas/connectors/{name}.json").read_text())
        assert said["channel"] == channel
        assert "send" in said["operations"]
