"""Tokens that providers gave the hub, in the process or in Secrets Manager."""

from collections.abc import Mapping
from typing import Any

from hub.platform.adapters.aws_clients import secretsmanager, translate_errors
from hub.platform.adapters.aws_text import to_json
from hub.platform.adapters.secrets import Secrets


class ProcessTokens:
    """`hub.delivery.ports.OAuthTokens` in this process, for providers that give any number of
    tokens."""

    def __init__(self) -> None:
        self._tokens: dict[str, Mapping[str, Any]] = {}

    def read(self, connector: str) -> Mapping[str, Any]:
        return self._tokens.get(connector, {})

    def store(self, connector: str, token: Mapping[str, Any]) -> None:
        self._tokens[connector] = token


class SharedTokens:
    """`hub.delivery.ports.OAuthTokens` in a secret that all processes share.

    Each read reads the secret, since another process may have stored a new token.
    """

    def __init__(self, arn: str) -> None:
        self._arn = arn

    def read(self, connector: str) -> Mapping[str, Any]:
        token: Mapping[str, Any] = self._read_all().get(connector, {})
        return token

    @translate_errors()
    def store(self, connector: str, token: Mapping[str, Any]) -> None:
        text = to_json({**self._read_all(), connector: token})
        secretsmanager().put_secret_value(SecretId=self._arn, SecretString=text)

    def _read_all(self) -> Mapping[str, Any]:
        return Secrets(self._arn)()
