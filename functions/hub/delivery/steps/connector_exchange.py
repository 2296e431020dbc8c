"""Exchanges with one provider: who asks is proved, how the provider does is noted for all."""

from collections.abc import Mapping
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
    to_jmespath_scope,
)
from hub.delivery.ports import OAuthTokens, OutboundHttp
from hub.delivery.steps.provider_throttle import ProviderThrottle
from hub.kernel.errors import Unavailable, Uncertain
from hub.kernel.times import parse_time, to_iso
from hub.platform.ports import Clock

DEFAULT_LIFETIME, EXPIRY_MARGIN = timedelta(minutes=30), timedelta(minutes=1)
ONE_AT_A_TIME = ThrottleLimits(per_second=1 / 15)
OAUTH = "oauth2"

RequestScope = Mapping[str, Any]
Token = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ConnectorExchange:
    """`throttling` is the connector's own; `tokens` are those that were given to it."""

    connector: Connector
    http: OutboundHttp
    throttle: ProviderThrottle
    tokens: OAuthTokens
    clock: Clock

    def call(
        self, template: RequestTemplate, scope: RequestScope, mode: IdempotencyMode
    ) -> dict[str, Any]:
        """The answer as JMESPath sees it, if it is one of success; raises what it means in that
        mode otherwise. A token that is not taken any more is renewed, once."""
        token, rules = self._obtain_token(scope), self.connector.response_rules
        answer = self._send_authorized(template, {**scope, "token": token}, mode)
        if token and answer.status == HTTPStatus.UNAUTHORIZED:
            token = self._obtain_token(scope, stale=token["access_token"])
            answer = self._send_authorized(template, {**scope, "token": token}, mode)
        name = self.connector.name
        if trouble := find_problem(answer, rules, mode, self.clock(), name):
            raise trouble
        return to_jmespath_scope(answer, rules.element)

    def _send_authorized(
        self, template: RequestTemplate, scope: RequestScope, mode: IdempotencyMode
    ) -> HttpResponse:
        request, auth = build_request(template, self._base_url(scope), scope), self.connector.auth
        return self._send(authorize(request, auth, scope, self.clock()), mode)

    def _base_url(self, scope: RequestScope) -> str:
        base = evaluate(self.connector.url, scope, "url")
        if not isinstance(base, str) or not base:
            raise Unavailable(f"the secret of {self.connector.name} has no url")
        return base

    def _send(self, request: HttpRequest, mode: IdempotencyMode) -> HttpResponse:
        try:
            answer = self.http.send(request, self.connector.timeout)
        except Uncertain as doubt:
            self.throttle.record_failure()
            raise choose_unknown_error(mode, f"{self.connector.name}: {doubt.reason}") from doubt
        except Unavailable:
            self.throttle.record_failure()
            raise
        self._record_health(answer)
        return answer

    def _record_health(self, answer: HttpResponse) -> None:
        trouble = find_problem(
            answer, self.connector.response_rules, IdempotencyMode.KEYED, self.clock()
        )
        if isinstance(trouble, Unavailable) and trouble.after:
            self.throttle.pause(trouble.after)
        elif trouble and answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            self.throttle.record_failure()
        else:
            self.throttle.record_success()

    def _obtain_token(self, scope: RequestScope, stale: str = "") -> Token:
        """The one that is kept or, where that is over or `stale`, a new one; empty where this
        provider wants none."""
        auth, now = self.connector.auth, self.clock()
        if auth.kind != OAUTH:
            return {}
        kept = self.tokens.read(self.connector.name)
        if kept.get("access_token", stale) != stale and now < parse_time(kept["expires_at"]):
            return kept
        if auth.rotates:
            name = f"{self.connector.name} tokens"
            replace(self.throttle, name=name, limits=ONE_AT_A_TIME).admit()
        known = {**scope, "token": kept}
        request = build_request(auth.credentials, self._base_url(scope), known)
        if auth.client:
            request = authorize(request, Auth("basic", auth.client), known, now)
        answer = self._send(request, IdempotencyMode.KEYED)
        token = _parse_token(answer, kept, now)
        self.tokens.store(self.connector.name, token)
        if not token:
            raise Unavailable(f"{self.connector.name} gave no token: it answered {answer.status}")
        return token


def _parse_token(answer: HttpResponse, kept: Token, now: datetime) -> dict[str, Any]:
    """Empty where there is none, so that the next is asked for with what the secret says."""
    body = to_jmespath_scope(answer)["body"]
    if answer.status != HTTPStatus.OK or not isinstance(body, dict) or not body.get("access_token"):
        return dict(kept) if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR else {}
    lasts = body.get("expires_in")
    good_for = timedelta(seconds=lasts) if isinstance(lasts, int) else DEFAULT_LIFETIME
    names = ("access_token", "refresh_token")
    given = {name: str(body[name]) for name in names if body.get(name)}
    return {**kept, **given, "expires_at": to_iso(now + good_for - EXPIRY_MARGIN)}
