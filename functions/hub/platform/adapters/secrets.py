"""Secrets that are JSON objects."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import orjson

from hub.kernel.errors import Unavailable
from hub.kernel.json_types import JsonObject
from hub.platform.adapters import clock
from hub.platform.adapters.aws_clients import secretsmanager, translate_errors
from hub.platform.ports import Clock

MAX_AGE = timedelta(seconds=60)


class Secrets:
    """One secret. A call returns its JSON object, which is read again after a minute."""

    def __init__(self, arn: str, now: Clock = clock.now) -> None:
        self._arn = arn
        self._now = now
        self._read_at: datetime | None = None
        self._value: JsonObject = {}

    def __call__(self) -> JsonObject:
        now = self._now()
        if self._read_at is None or now - self._read_at >= MAX_AGE:
            self._value = self._read()
            self._read_at = now
        return self._value

    def read_object(self, name: str) -> JsonObject:
        """Returns the object of that name in the secret, even one that was added just now.

        Raises `Unavailable` if there is none.
        """
        if name not in self():
            self._read_at = None
        value = self().get(name)
        if not isinstance(value, Mapping):
            raise Unavailable(f"the secret has no {name}")
        return value

    @translate_errors()
    def _read(self) -> JsonObject:
        text = secretsmanager().get_secret_value(SecretId=self._arn)["SecretString"]
        try:
            value = orjson.loads(text)
        except orjson.JSONDecodeError:
            value = None
        if not isinstance(value, dict):
            raise Unavailable("the secret is not a JSON object")
        return value
