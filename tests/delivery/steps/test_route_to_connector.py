"""One function for all connectors: each action finds its own, and none takes another's along."""

from dataclasses import replace
from typing import Any

from hub.delivery.domain.connector.http_message import HttpRequest, HttpResponse
from hub.delivery.ports import ActionStatus
from hub.delivery.steps.carry_out_actions import CarryOutActions
from hub.delivery.steps.route_to_connector import RouteToConnector
from hub.kernel.errors import HubError, Rejected, Unavailable
from hub.kernel.queue_message import QueueMessage
from tests import fakes
from tests.connector_calls import Scene, call_to, message_by, shipped
from tests.vendors import SECRETS

URL = {"url": "https://vendor.example"}


def down(_: HttpRequest) -> HttpResponse:
    raise Unavailable("nobody is there")


def sent(_: HttpRequest) -> HttpResponse:
    return HttpResponse(200, {"location": "https://vendor.example/faxes/1"}, b"[]")


class Board:
    """A webhook that works and a Siebel that does not; InterFAX serves faxes."""

    def __init__(self) -> None:
        works, fails = fakes.OutboundHttp(lambda _: HttpResponse(204)), fakes.OutboundHttp(down)
        self.http = {"webhook": works, "siebel": fails, "interfax": fakes.OutboundHttp(sent)}
        self.scenes = {
            name: Scene(shipped()[name], http, {**SECRETS[name], **URL})
            for name, http in self.http.items()
        }

    def __call__(self, *bodies: dict[str, Any]) -> dict[str, HubError]:
        switch = RouteToConnector(self.actor, frozenset(self.scenes), {"fax": "interfax"})
        messages = [QueueMessage(id=f"m-{n}", body=body) for n, body in enumerate(bodies)]
        return dict(switch(messages))

    def actor(self, name: str) -> CarryOutActions:
        return self.scenes[name].actor


def test_each_action_goes_to_its_own_system_and_to_no_other() -> None:
    board = Board()
    assert board(call_to("webhook", tier="gold").to_dict(), message_by("fax").to_dict()) == {}
    assert len(board.http["webhook"].asked) == 1
    assert [request.method for request in board.http["interfax"].asked] == ["GET", "POST"]
    assert board.http["siebel"].asked == []


def test_a_system_that_is_down_holds_up_nobody_elses_actions() -> None:
    board = Board()
    siebel = [replace(call_to("siebel", LastName="Lee"), id=f"s-{n}").to_dict() for n in range(9)]
    hooks = [replace(call_to("webhook", tier="x"), id=f"w-{n}").to_dict() for n in range(9)]
    pairs = [body for pair in zip(siebel, hooks, strict=True) for body in pair]
    failures = board(*pairs)
    assert len(failures) == 9
    assert all(isinstance(error, Unavailable) for error in failures.values())
    lines = board.scenes["webhook"].ledger.lines
    assert {line.status for line in lines.values()} == {ActionStatus.DELIVERED}
    assert len(board.http["siebel"].asked) == shipped()["siebel"].limits.failures


def test_what_is_for_nobody_known_is_rejected_alone() -> None:
    board = Board()
    gone, chat = call_to("gone").to_dict(), message_by("x").to_dict()
    failures = board(gone, {}, chat, call_to("webhook").to_dict())
    assert failures.keys() == {"m-0", "m-1", "m-2"}
    assert all(isinstance(error, Rejected) for error in failures.values())
