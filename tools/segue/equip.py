"""What the stack leaves to its owner, done for a local hub: secrets and the sender's address."""

import base64
import json
import secrets
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from tools.segue import sources
from tools.segue.hub import Hub

SENDER = "hub@example.com"


def equip(hub: Hub, call_centre: Mapping[str, Any]) -> str:
    """Adds what is missing and returns a line that says what is there."""
    names = [name for name, source in sources.known().items() if source.takes_webhooks]
    live = read(hub, "SourceSecretsArn")
    write(hub, "SourceSecretsArn", {name: live.get(name) or [new_secret()] for name in names})
    connector = {"url": call_centre["url"], "token": call_centre["token"]}
    write(hub, "ConnectorSecretsArn", {"call_centre": connector})
    verify_sender(hub)
    return f"Secrets for {len(names)} sources and the call centre"


def verify_sender(hub: Hub) -> None:
    """The address that the stack takes on the emulator by itself."""
    known = hub.ses.list_email_identities().get("EmailIdentities", [])
    if SENDER not in {identity.get("IdentityName") for identity in known}:
        hub.ses.create_email_identity(EmailIdentity=SENDER)


def new_secret() -> str:
    """As Standard Webhooks writes them."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def read(hub: Hub, output: str) -> dict[str, Any]:
    """The secret of that output as JSON; empty while nobody has set it to an object."""
    try:
        text = hub.secrets.get_secret_value(SecretId=hub.output(output))["SecretString"]
    except ClientError as refused:
        if refused.response["Error"]["Code"] == "ResourceNotFoundException":
            return {}
        raise
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def write(hub: Hub, output: str, value: Mapping[str, Any]) -> None:
    """Writes it when it is not what stands there."""
    if read(hub, output) != value:
        hub.secrets.put_secret_value(SecretId=hub.output(output), SecretString=json.dumps(value))
