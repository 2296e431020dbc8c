"""What the stack leaves to its owner, done for a local hub: secrets and the sender's address."""

import json
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from tools.segue import sources
from tools.segue.credentials import fresh
from tools.segue.hub import Hub

SENDER = "hub@example.com"
SITE = "pk_local"
"""The key of pages on this machine: `python3 -m http.server` serves them at that origin."""
SENDERS_KEYS = "segue-senders-keys"
"""Told key to private key: what only the vendors would know, kept by the local hub's senders."""


def equip(hub: Hub, call_centre: Mapping[str, Any]) -> str:
    """Adds what is missing and returns a line that says what is there."""
    schemes = {name: source.scheme for name, source in sources.known().items() if source.scheme}
    live = read(hub, "SourceSecretsArn")
    made = {name: fresh(scheme) for name, scheme in schemes.items() if not live.get(name)}
    remember_keys(hub, {c.told: c.kept for c in made.values() if c.told != c.kept})
    told = {name: live.get(name) or [made[name].told] for name in schemes}
    words = {word: live.get(word) or [fresh("").told] for word in sources.words()}
    write(hub, "SourceSecretsArn", {**told, **words})
    askers = read(hub, "AskerKeysArn")
    keys = askers.get("keys") or [fresh("api-key").told]
    write(hub, "AskerKeysArn", {"keys": keys, "sites": askers.get("sites") or _local_pages()})
    connector = {"url": call_centre["url"], "token": call_centre["token"]}
    write(
        hub,
        "ConnectorSecretsArn",
        {**read(hub, "ConnectorSecretsArn"), "call_centre": connector},
    )
    verify_sender(hub)
    return f"Secrets for {len(schemes)} sources and the call centre"


def _local_pages() -> dict[str, Any]:
    return {SITE: {"origins": ["http://localhost:8000"], "secrets": [fresh("api-key").told]}}


def verify_sender(hub: Hub) -> None:
    """The address that the stack takes on the emulator by itself."""
    known = hub.ses.list_email_identities().get("EmailIdentities", [])
    if SENDER not in {identity.get("IdentityName") for identity in known}:
        hub.ses.create_email_identity(EmailIdentity=SENDER)


def remember_keys(hub: Hub, keys: Mapping[str, str]) -> None:
    """Keeps the private halves of key pairs beside those that are there."""
    if not keys:
        return
    text = json.dumps({**senders_keys(hub), **keys})
    try:
        hub.secrets.put_secret_value(SecretId=SENDERS_KEYS, SecretString=text)
    except hub.secrets.exceptions.ResourceNotFoundException:
        hub.secrets.create_secret(Name=SENDERS_KEYS, SecretString=text)


def senders_keys(hub: Hub) -> dict[str, Any]:
    return _object(hub, SENDERS_KEYS)


def read(hub: Hub, output: str) -> dict[str, Any]:
    """The secret of that output as JSON; empty while nobody has set it to an object."""
    return _object(hub, hub.output(output))


def _object(hub: Hub, name: str) -> dict[str, Any]:
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


def write(hub: Hub, output: str, value: Mapping[str, Any]) -> None:
    """Writes it when it is not what stands there."""
    if read(hub, output) != value:
        hub.secrets.put_secret_value(SecretId=hub.output(output), SecretString=json.dumps(value))
