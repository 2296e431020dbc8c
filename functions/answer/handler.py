"""answer: `POST /decisions` and `POST /responses`, for pages, apps and agents' screens."""

from collections.abc import Mapping
from functools import cache
from typing import Any
from uuid import uuid4

import orjson

from hub.adapters import clock
from hub.adapters.bus import Bus
from hub.adapters.content import LiquidRenderer
from hub.adapters.customers import Customers
from hub.adapters.decisions import Decisions
from hub.adapters.identities import Identities
from hub.adapters.namespaces import namespaces
from hub.adapters.newest import newest_catalogue, newest_surroundings
from hub.adapters.schemas import folder
from hub.adapters.secrets import Secrets
from hub.domain.errors import Rejected
from hub.entry.http import Request, respond
from hub.settings import AnswerSettings, read
from hub.steps.answer import Answerer
from hub.steps.find import Finder


@cache
def answerer() -> Answerer:
    given = read(AnswerSettings)
    secrets = Secrets(given.asker_keys)
    return Answerer(
        find=Finder(Identities(given.identities_table), namespaces(folder())),
        customers=Customers(given.customers_table),
        catalogue=newest_catalogue(given),
        surroundings=newest_surroundings(given),
        renderer=LiquidRenderer(),
        decisions=Decisions(given.decisions_table),
        bus=Bus(given.bus_name),
        keys=lambda: secrets().get("keys", []),
        clock=clock.now,
        new_id=lambda: uuid4().hex,
    )


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    return respond(event, answer)


def answer(request: Request) -> str | Mapping[str, Any]:
    said, key = _said(request.body), request.header("authorization").removeprefix("Bearer ")
    if request.route.endswith("/responses"):
        return answerer().response(said, key)
    return answerer().offers(said, key)


def _said(body: bytes) -> Mapping[str, Any]:
    try:
        said = orjson.loads(body)
    except orjson.JSONDecodeError as wrong:
        raise Rejected("the body is not JSON") from wrong
    if not isinstance(said, dict):
        raise Rejected("the body is not a JSON object")
    return said
