"""What the stack leaves to its owner, done for a local hub: secrets and the sender's address."""

import json
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from tools.segue import sources
from tools.segue.credentials import generate
from tools.segue.hub import Hub

SENDER = "hub@example.com"
SITE = "pk_local"
"""The key of pages on this machine: `python3 -m http.server` serves them at that origin."""
SENDERS_KEYS = "segue-senders-keys"
"""Told key to private key: what only the vendors would know, kept by the local hub's senders."""


def add_missing_secrets(hub: Hub, call_centre: Mapping[str, Any]) -> str:
    """Adds what is missing and returns a line that says what is there."""
    schemes = {
        name: source.scheme for name, source in sources.read_sources().items() if source.scheme
    }
    live = read_secret(hub, "SourceSecretsArn")
    made = {name: generate(scheme) for name, scheme in schemes.items() if not live.get(name)}
    store_senders_keys(hub, {c.public: c.private for c in made.values() if c.public != c.private})
    told = {name: live.get(name) or [made[name].public] for name in schemes}
    words = {
        word: live.get(word) or [generate("").public] for word in sources.list_challenge_secrets()
    }
    write_secret(hub, "SourceSecretsArn", {**told, **words})
    askers = read_secret(hub, "AskerKeysArn")
    keys = askers.get("keys") or [generate("api-key").public]
    write_secret(
        hub, "AskerKeysArn", {"keys": keys, "sites": askers.get("sites") or _create_local_site()}
    )
    connector = {"url": call_centre["url"], "token": call_centre["token"]}
    write_secret(
        hub,
        "ConnectorSecretsArn",
        {**read_secret(hub, "ConnectorSecretsArn"), "call_centre": connector},
    )
    verify_sender(hub)
    return f"Secrets for {len(schemes)} sources and the call centre"


def _create_local_site() -> dict[str, Any]:
    return {SITE: {"origins": ["http://localhost:8000"], "secrets": [generate("api-key").public]}}


def verify_sender(hub: Hub) -> None:
    """The address that the stack takes on the emulator by itself."""
    known = hub.ses.list_email_identities().get("EmailIdentities", [])
    if SENDER not in {identity.get("IdentityName") for identity in known}:
        hub.ses.create_email_identity(EmailIdentity=SENDER)


def store_senders_keys(hub: Hub, keys: Mapping[str, str]) -> None:
    """Keeps the private halves of key pairs beside those that are there."""
    if not keys:
        return
    text = json.dumps({**read_senders_keys(hub), **keys})
    try:
        hub.secrets.put_secret_value(SecretId=SENDERS_KEYS, SecretString=text)
    except hub.secrets.exceptions.ResourceNotFoundException:
        hub.secrets.create_secret(Name=SENDERS_KEYS, SecretString=text)


def read_senders_keys(hub: Hub) -> dict[str, Any]:
    return _read_object(hub, SENDERS_KEYS)


def read_secret(hub: Hub, output: str) -> dict[str, Any]:
    """The secret of that output as JSON; empty while nobody has set it to an object."""
    return _read_object(hub, hub.output(output))


def _read_object(hub: Hub, name: str) -> dict[str, Any]:
    try:
        text = hub.secrets.get_secret_value(SecretId=name)["SecretString"]
    except ClientError as refused:
        if refused.response["Error"]["Code"] == "ResourceNotFoundException":
            return {}
        raise
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def write_secret(hub: Hub, output: str, value: Mapping[str, Any]) -> None:
    """Writes it when it is not what stands there."""
    if read_secret(hub, output) != value:
        hub.secrets.put_secret_value(SecretId=hub.output(output), SecretString=json.dumps(value))
