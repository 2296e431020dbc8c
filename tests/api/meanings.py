"""What gives a meaning to requests that are made from the OpenAPI document.

A schema says which form a request has. It cannot say which customers there are, or which tokens the
hub has sealed. So of the requests that have a right form, three in four get those of a real hub.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar
from zlib import crc32

from schemathesis import Case
from schemathesis.core import NotSet
from schemathesis.core.parameters import ParameterLocation

from tests.api.sender import DEVICE, VISITOR, Sender
from tools.segue.sources import FOLDER

T = TypeVar("T")
AnyCase = Case[Any]

CONTACT = (FOLDER / "siebel" / "samples" / "contact.xml").read_text()
ATTRIBUTES = {
    "id": "1",
    "source": "/a",
    "specversion": "1.0",
    "time": "2026-11-22T09:30:00Z",
    "type": "t",
}
BATCHES = ("batch", "b", "import")
JSON_SOURCES = ("care", "crm", "typeform", "stripe", "shopify", "ses", "sms_replies", "cakemail")
"""Sources that send one JSON value a body."""


def give_meaning(case: AnyCase, sender: Sender) -> bool:
    """Whether the request has to be accepted now, if its form is right."""
    give = MEANINGS.get(case.operation.definition.raw["operationId"])
    place = number_of(case)
    if give is None or place % 4 == 0:
        return give is None
    return give(case, sender, place // 4)


def number_of(case: AnyCase) -> int:
    """A number that is the same for the same request."""
    return crc32(repr((case.path_parameters, case.body)).encode())


def pick(values: Sequence[T], place: int) -> T:
    return values[place % len(values)]


def _is_valid(case: AnyCase) -> bool:
    """Whether the body has the form that the document wants."""
    body = case.meta.components.get(ParameterLocation.BODY) if case.meta else None
    return body is None or body.mode.is_positive


def _fields(case: AnyCase) -> dict[str, Any]:
    """The body's own, to be changed; none of a body that is no object."""
    body: Any = case.body
    return body if isinstance(body, dict) else {}


def _serve_offers(case: AnyCase, sender: Sender, place: int) -> bool:
    fields = _fields(case)
    if not _is_valid(case):
        return False
    if "site" not in fields:
        return _name_customer(case, sender, place)
    _come_from_page(case, sender)
    if fields.get("customer"):
        fields["customer"] = sender.visitor
    return True


def _record_response(case: AnyCase, sender: Sender, _: int) -> bool:
    fields = _fields(case)
    if fields.get("site"):
        _come_from_page(case, sender)
    if _is_valid(case):
        is_page = bool(fields.get("site"))
        fields["reference"] = sender.page_reference if is_page else sender.reference
        for name in fields.keys() & {"customer", "visitor"}:
            fields[name] = None
        if is_page and "visitor" in fields:
            fields["visitor"] = VISITOR
        if not is_page and "customer" in fields:
            fields["customer"] = DEVICE
    return True


def _come_from_page(case: AnyCase, sender: Sender) -> None:
    _fields(case)["site"] = sender.site
    case.headers["origin"] = sender.origin


def _name_customer(case: AnyCase, sender: Sender, place: int) -> bool:
    if _is_valid(case):
        _fields(case)["customer"] = pick(sender.keys, place)
    return True


def _open_link(case: AnyCase, sender: Sender, _: int) -> bool:
    case.path_parameters["token"] = sender.link
    return True


def _view_customer(case: AnyCase, sender: Sender, place: int) -> bool:
    keys = pick([keys for keys in sender.keys if isinstance(keys, dict)], place)
    [(namespace, value)] = keys.items()
    case.path_parameters.update(namespace=namespace, value=value)
    return True


def _read_settings(case: AnyCase, sender: Sender, _: int) -> bool:
    case.path_parameters["key"] = sender.secrets["segment"]
    return True


def _answer_challenge(case: AnyCase, sender: Sender, place: int) -> bool:
    token = sender.verify_tokens["facebook.challenge"]
    meta = {"hub.mode": "subscribe", "hub.verify_token": token, "hub.challenge": "77"}
    source, query = pick([("x", {"crc_token": "abc"}), ("facebook", meta)], place)
    case.path_parameters["source"] = source
    case.query = dict(query)
    return True


def _check_address(case: AnyCase, _: Sender, __: int) -> bool:
    case.path_parameters["source"] = "surveymonkey"
    return True


def _receive_webhook(case: AnyCase, sender: Sender, place: int) -> bool:
    """A source that takes bodies of that type; of JSON, any source where the place is odd."""
    if case.media_type == "application/x-www-form-urlencoded":
        case.path_parameters["source"] = "twilio"
    elif case.media_type == "text/xml":
        case.path_parameters["source"] = "siebel"
        case.body = CONTACT
    elif place % 2:
        case.path_parameters["source"] = pick(sorted(sender.secrets), place // 2)
        return False
    else:
        case.path_parameters["source"] = pick(JSON_SOURCES, place // 2)
    return True


def _receive_tracking(case: AnyCase, _: Sender, __: int) -> bool:
    if case.path_parameters.get("call") in BATCHES:
        _fields(case).setdefault("batch", [])
    return True


def _receive_cloud_events(case: AnyCase, _: Sender, __: int) -> bool:
    """The headers of the binary mode, where there is no body of the other two."""
    structured = str(case.media_type).startswith("application/cloudevents")
    if isinstance(case.body, NotSet) or not structured:
        for name, value in ATTRIBUTES.items():
            case.headers[f"ce-{name}"] = value
    return True


MEANINGS: Mapping[str, Callable[[AnyCase, Sender, int], bool]] = {
    "answerChallenge": _answer_challenge,
    "changePreferences": _open_link,
    "checkAddress": _check_address,
    "readTrackingSettings": _read_settings,
    "receiveCloudEvents": _receive_cloud_events,
    "receiveTracking": _receive_tracking,
    "receiveWebhook": _receive_webhook,
    "recordResponse": _record_response,
    "renderBlock": _name_customer,
    "serveOffers": _serve_offers,
    "showPreferences": _open_link,
    "viewCustomer": _view_customer,
}
"""By the name of the operation. One without an entry has nothing to be given."""
