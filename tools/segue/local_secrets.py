"""Does for a local hub what the stack leaves to its owner: secrets and the sender's address."""

import json
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from tools.segue import sources
from tools.segue.credentials import generate
from tools.segue.hub import Hub

SENDER = "hub@example.com"
SITE = "pk_local"
"""The site key of pages on this machine, served at that origin by `python3 -m http.server`."""
SENDERS_KEYS = "segue-senders-keys"
"""Public key -> private key: what only vendors would know, stored for the local senders."""


def add_missing_secrets(hub: Hub, call_centre: Mapping[str, Any]) -> str:
    """Add missing secrets and return a line that says what there is."""
    schemes = {
        name: source.scheme for name, source in sources.read_sources().items() if source.scheme
    }
    live = read_secret(hub, "SourceSecretsArn")
    new_credentials = {
        name: generate(scheme) for name, scheme in schemes.items() if not live.get(name)
    }
    store_senders_keys(
        hub, {c.public: c.private for c in new_credentials.values() if c.public != c.private}
    )
    signing_secrets = {name: live.get(name) or [new_credentials[name].public] for name in schemes}
    further = (*sources.list_challenge_secrets(), *sources.list_further_secrets())
    words = {word: live.get(word) or [generate("").public] for word in further}
    write_secret(hub, "SourceSecretsArn", {**signing_secrets, **words})
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
    """Verify the address that the stack uses on the emulator."""
    identities = hub.ses.list_email_identities().get("EmailIdentities", [])
    if SENDER not in {identity.get("IdentityName") for identity in identities}:
        hub.ses.create_email_identity(EmailIdentity=SENDER)


def store_senders_keys(hub: Hub, keys: Mapping[str, str]) -> None:
    """Add the private halves of key pairs to the stored ones."""
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
    """Return the secret of that output as JSON; empty if it is not an object."""
    return _read_object(hub, hub.output(output))


def _read_object(hub: Hub, name: str) -> dict[str, Any]:
    try:
        text = hub.secrets.get_secret_value(SecretId=name)["SecretString"]
    except ClientError as refused:
        if refused.response["Error"]["Code"] == "ResourceNotFoundException":
            return {}
        raise
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def write_secret(hub: Hub, output: str, value: Mapping[str, Any]) -> None:
    """Write the secret if it differs."""
    if read_secret(hub, output) != value:
        hub.secrets.put_secret_value(SecretId=hub.output(output), SecretString=json.dumps(value))
