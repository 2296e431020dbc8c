"""Exchanges with one provider: who asks is proved, how the provider does is noted for all."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from hub.delivery.domain.connector.circuit_breaker import Limits
from hub.delivery.domain.connector.definition import Auth, Connector, Mode, Template
from hub.delivery.domain.connector.http_message import Answer, Request
from hub.delivery.domain.connector.request_builder import authorized, value, written
from hub.delivery.domain.connector.response_meaning import problem, told, unknown_to
from hub.delivery.ports import Http, Tokens
from hub.delivery.steps.provider_throttle import Throttling
from hub.kernel.errors import Unavailable, Uncertain
from hub.kernel.times import iso, moment
from hub.platform.ports import Clock

LASTS, MARGIN = timedelta(minutes=30), timedelta(minutes=1)
ONE_AT_A_TIME = Limits(per_second=1 / 15)
OAUTH = "oauth2"

Scope = Mapping[str, Any]
Token = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Exchange:
    """`throttling` is the connector's own; `tokens` are those that were given to it."""

    connector: Connector
    http: Http
    throttling: Throttling
    tokens: Tokens
    clock: Clock

    def ask(self, template: Template, scope: Scope, mode: Mode) -> dict[str, Any]:
        """The answer as JMESPath sees it, if it is one of success; raises what it means in that
        mode otherwise. A token that is not taken any more is renewed, once."""
        token, rules = self._token(scope), self.connector.answers
        answer = self._asked(template, {**scope, "token": token}, mode)
        if token and answer.status == HTTPStatus.UNAUTHORIZED:
            token = self._token(scope, stale=token["access_token"])
            answer = self._asked(template, {**scope, "token": token}, mode)
        name = self.connector.name
        if trouble := problem(answer, rules, mode, self.clock(), name):
            raise trouble
        return told(answer, rules.element)

    def _asked(self, template: Template, scope: Scope, mode: Mode) -> Answer:
        request, auth = written(template, self._base(scope), scope), self.connector.auth
        return self._sent(authorized(request, auth, scope, self.clock()), mode)

    def _base(self, scope: Scope) -> str:
        base = value(self.connector.url, scope, "url")
        if not isinstance(base, str) or not base:
            raise Unavailable(f"the secret of {self.connector.name} has no url")
        return base

    def _sent(self, request: Request, mode: Mode) -> Answer:
        try:
            answer = self.http.send(request, self.connector.timeout)
        except Uncertain as doubt:
            self.throttling.failed()
            raise unknown_to(mode, f"{self.connector.name}: {doubt.reason}") from doubt
        except Unavailable:
            self.throttling.failed()
            raise
        self._note(answer)
        return answer

    def _note(self, answer: Answer) -> None:
        trouble = problem(answer, self.connector.answers, Mode.KEYED, self.clock())
        if isinstance(trouble, Unavailable) and trouble.after:
            self.throttling.rests(trouble.after)
        elif trouble and answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            self.throttling.failed()
        else:
            self.throttling.worked()

    def _token(self, scope: Scope, stale: str = "") -> Token:
        """The one that is kept or, where that is over or `stale`, a new one; empty where this
        provider wants none."""
        auth, now = self.connector.auth, self.clock()
        if auth.kind != OAUTH:
            return {}
        kept = self.tokens.read(self.connector.name)
        if kept.get("access_token", stale) != stale and now < moment(kept["expires_at"]):
            return kept
        if auth.rotates:
            name = f"{self.connector.name} tokens"
            replace(self.throttling, name=name, limits=ONE_AT_A_TIME).admit()
        known = {**scope, "token": kept}
        request = written(auth.said, self._base(scope), known)
        if auth.client:
            request = authorized(request, Auth("basic", auth.client), known, now)
        answer = self._sent(request, Mode.KEYED)
        token = _token_in(answer, kept, now)
        self.tokens.keep(self.connector.name, token)
        if not token:
            raise Unavailable(f"{self.connector.name} gave no token: it answered {answer.status}")
        return token


def _token_in(answer: Answer, kept: Token, now: datetime) -> dict[str, Any]:
    """Empty where there is none, so that the next is asked for with what the secret says."""
    body = told(answer)["body"]
    if answer.status != HTTPStatus.OK or not isinstance(body, dict) or not body.get("access_token"):
        return dict(kept) if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR else {}
    lasts = body.get("expires_in")
    good_for = timedelta(seconds=lasts) if isinstance(lasts, int) else LASTS
    names = ("access_token", "refresh_token")
    given = {name: str(body[name]) for name in names if body.get(name)}
    return {**kept, **given, "expires_at": iso(now + good_for - MARGIN)}
