"""A secret that is a JSON object."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import orjson

from hub.kernel.errors import Unavailable
from hub.platform.adapters import clock
from hub.platform.adapters.aws_clients import secretsmanager, translate_errors
from hub.platform.ports import Clock

MAX_AGE = timedelta(seconds=60)


class Secrets:
    """Calling it gives the secret's JSON object, read again when it is a minute old."""

    def __init__(self, arn: str, now: Clock = clock.now) -> None:
        self._arn = arn
        self._now = now
        self._read_at: datetime | None = None
        self._value: Mapping[str, Any] = {}

    def __call__(self) -> Mapping[str, Any]:
        now = self._now()
        if self._read_at is None or now - self._read_at >= MAX_AGE:
            self._value = self._read()
            self._read_at = now
        return self._value

    def read_object(self, name: str) -> Mapping[str, Any]:
        """The object of that name in it, also if it was put there just now. Raises `Unavailable`
        where there is none."""
        if name not in self():
            self._read_at = None
        found = self().get(name)
        if not isinstance(found, Mapping):
            raise Unavailable(f"the secret has no {name}")
        return found

    @translate_errors()
    def _read(self) -> Mapping[str, Any]:
        text = secretsmanager().get_secret_value(SecretId=self._arn)["SecretString"]
        try:
            value = orjson.loads(text)
        except orjson.JSONDecodeError:
            value = None
        if not isinstance(value, dict):
            raise Unavailable("the secret is not a JSON object")
        return value
