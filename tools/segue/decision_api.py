"""The decision API of a hub, as a client with a live key calls it."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import urllib3

from tools.segue import local_secrets
from tools.segue.hub import Hub
from tools.segue.local_home import UserError

OK = (200, 202)


def post(hub: Hub, what: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """Post with the newest key. Raises `UserError` with what the hub says is wrong."""
    headers = {**_build_headers(hub), "content-type": "application/json"}
    return _request("POST", f"{hub.api}/{what}", body=json.dumps(body), headers=headers)


def get_customer(hub: Hub, namespace: str, value: str) -> dict[str, Any]:
    """Return the view of a customer. Raises `UserError` if nobody has that key."""
    path = f"customers/{quote(namespace, safe='')}/{quote(value, safe='')}"
    return _request("GET", f"{hub.api}/{path}", headers=_build_headers(hub))


def _build_headers(hub: Hub) -> dict[str, str]:
    keys = local_secrets.read_secret(hub, "AskerKeysArn").get("keys")
    if not keys:
        raise UserError("There is no API key in Secrets Manager yet (AskerKeysArn).")
    return {"authorization": f"Bearer {keys[0]}"}


def _request(method: str, address: str, **request: Any) -> dict[str, Any]:
    answer = urllib3.request(method, address, timeout=30, **request)
    data: dict[str, Any] = json.loads(answer.data)
    if answer.status not in OK:
        raise UserError(f"The hub refused it: {data.get('error')} ({data.get('field', '')}).")
    return data
