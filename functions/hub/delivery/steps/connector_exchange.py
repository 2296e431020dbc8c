"""Requests to one provider: authorizes them, and records the provider's failures."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from hub.delivery.domain.connector.circuit_breaker import ThrottleLimits
from hub.delivery.domain.connector.definition import (
    Auth,
    Connector,
    IdempotencyMode,
    RequestTemplate,
)
from hub.delivery.domain.connector.http_message import HttpRequest, HttpResponse
from hub.delivery.domain.connector.request_builder import authorize, build_request, evaluate
from hub.delivery.domain.connector.response_meaning import (
    choose_unknown_error,
    find_problem,
    parse_token_lifetime,
    to_jmespath_scope,
)
from hub.delivery.ports import OAuthTokens, OutboundHttp
from hub.delivery.steps.provider_throttle import ProviderThrottle
from hub.kernel.errors import Unavailable, Uncertain, Unsettled
from hub.kernel.times import parse_time, to_iso
from hub.platform.ports import Clock

EXPIRY_MARGIN = timedelta(minutes=1)
ONE_AT_A_TIME = ThrottleLimits(per_second=1 / 15)
OAUTH = "oauth2"

RequestScope = Mapping[str, Any]
Token = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ConnectorExchange:
    """Makes the requests of one connector. `throttle` is the connector's own."""

    connector: Connector
    http: OutboundHttp
    throttle: ProviderThrottle
    tokens: OAuthTokens
    clock: Clock

    def call(
        self, template: RequestTemplate, scope: RequestScope, mode: IdempotencyMode
    ) -> dict[str, Any]:
        """Returns the scope of a successful answer. For any other it raises what the answer means
        in that mode. A token that the provider no longer accepts is renewed once."""
        rules = self.connector.response_rules
        with before_any_effect():
            token = self._obtain_token(scope)
        answer = self._send_authorized(template, {**scope, "token": token}, mode)
        if token and answer.status == HTTPStatus.UNAUTHORIZED:
            with before_any_effect():
                token = self._obtain_token(scope, stale=token["access_token"])
            answer = self._send_authorized(template, {**scope, "token": token}, mode)
        name = self.connector.name
        if error := find_problem(answer, rules, mode, self.clock(), name):
            raise error
        return to_jmespath_scope(answer, rules.element)

    def _send_authorized(
        self, template: RequestTemplate, scope: RequestScope, mode: IdempotencyMode
    ) -> HttpResponse:
        request, auth = (
            build_request(template, self._find_base_url(scope), scope),
            self.connector.auth,
        )
        return self._send(authorize(request, auth, scope, self.clock()), mode)

    def _find_base_url(self, scope: RequestScope) -> str:
        base = evaluate(self.connector.url, scope, "url")
        if not isinstance(base, str) or not base:
            raise Unavailable(f"the secret of {self.connector.name} has no url")
        return base

    def _send(self, request: HttpRequest, mode: IdempotencyMode) -> HttpResponse:
        try:
            answer = self.http.send(request, self.connector.timeout)
        except Uncertain as error:
            self.throttle.record_failure()
            raise choose_unknown_error(mode, f"{self.connector.name}: {error.reason}") from error
        except Unavailable:
            self.throttle.record_failure()
            raise
        self._record_health(answer)
        return answer

    def _record_health(self, answer: HttpResponse) -> None:
        error = find_problem(
            answer, self.connector.response_rules, IdempotencyMode.KEYED, self.clock()
        )
        if isinstance(error, Unavailable) and error.after:
            self.throttle.pause(error.after)
        elif error and answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            self.throttle.record_failure()
        else:
            self.throttle.record_success()

    def _obtain_token(self, scope: RequestScope, stale: str = "") -> Token:
        """Returns the stored token, or a new one if it has expired or is `stale`. Empty if the
        provider needs no token."""
        auth, now = self.connector.auth, self.clock()
        if auth.kind != OAUTH:
            return {}
        stored = self.tokens.read(self.connector.name)
        if stored.get("access_token", stale) != stale and now < parse_time(stored["expires_at"]):
            return stored
        if auth.rotates:
            name = f"{self.connector.name} tokens"
            replace(self.throttle, name=name, limits=ONE_AT_A_TIME).admit()
        token_scope = {**scope, "token": stored}
        request = build_request(auth.credentials, self._find_base_url(scope), token_scope)
        if auth.client:
            request = authorize(request, Auth("basic", auth.client), token_scope, now)
        answer = self._send(request, IdempotencyMode.KEYED)
        token = _parse_token(answer, stored, now)
        self.tokens.store(self.connector.name, token)
        if not token:
            raise Unavailable(f"{self.connector.name} gave no token: it answered {answer.status}")
        return token


@contextmanager
def before_any_effect() -> Iterator[None]:
    """A request that only prepares the action leaves it as it was, however it ends."""
    try:
        yield
    except Unsettled as error:
        raise Unavailable(error.reason, error.after) from error


def _parse_token(answer: HttpResponse, stored: Token, now: datetime) -> dict[str, Any]:
    """Returns an empty map if there is no token, so that the next request uses the secret."""
    body = to_jmespath_scope(answer)["body"]
    if answer.status != HTTPStatus.OK or not isinstance(body, dict) or not body.get("access_token"):
        return dict(stored) if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR else {}
    lifetime = parse_token_lifetime(body.get("expires_in"))
    names = ("access_token", "refresh_token")
    tokens = {name: str(body[name]) for name in names if body.get(name)}
    return {**stored, **tokens, "expires_at": to_iso(now + lifetime - EXPIRY_MARGIN)}
