"""A public page asks: its key is worth nothing elsewhere, and it names nobody by itself."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from hub.inbound.steps.serve_page_offers import ServePageOffers
from hub.kernel.errors import Rejected, Unauthorized
from tests import fakes
from tests.catalogues import a_catalogue, an_offer
from tests.factories import NOON
from tests.inbound.steps.test_serve_offers import ANN as ANN_ASKED
from tests.inbound.steps.test_serve_offers import KEY, WEB, Desk
from tests.visitor_tokens import customer_token

SHOP = "https://shop.example.com"
SITE = {"origins": [SHOP, "https://www.shop.example.com"], "secrets": ["s" * 32]}
VISITOR = "1234567890-abcdef"
ASKED = {"site": "pk_1", "visitor": VISITOR, "placement": "home"}
ANN = customer_token("ann@example.com", int(NOON.timestamp()) + 60, "s" * 32)


def a_desk(**offer: Any) -> Desk:
    return Desk(a_catalogue(an_offer("beans", treatments=WEB, **offer)))


def pages(desk: Desk, sites: Any = None) -> ServePageOffers:
    rings: Mapping[str, Any] = {"pk_1": SITE} if sites is None else sites
    return ServePageOffers(desk.answerer, lambda: rings, fakes.FixedClock())


def test_a_visitor_is_shown_an_offer_and_the_page_learns_nothing_else() -> None:
    told = pages(a_desk()).serve_offers(ASKED, SHOP)
    [offer] = told["offers"]
    assert told.keys() == {"offers"}
    assert offer.keys() == {"offer", "html", "reference"}
    assert (offer["offer"], offer["html"]) == ("beans", "<p>Hello</p>")
    assert KEY not in json.dumps(told)


def test_what_becomes_of_it_is_told_by_the_same_page() -> None:
    desk = a_desk()
    [offer] = pages(desk).serve_offers(ASKED, SHOP)["offers"]
    pages(desk).record_response(
        {**ASKED, "reference": offer["reference"], "response": "viewed"}, SHOP
    )
    [event] = desk.events()
    assert (event.type, event.identities) == ("offer.viewed", {"cookie": VISITOR})


def test_whom_the_site_signed_for_is_known() -> None:
    wanted = "customer.person.first_name == 'Ann'"
    desk = a_desk(eligible=wanted)
    assert pages(desk).serve_offers(ASKED, SHOP)["offers"] == []
    [offer] = pages(desk).serve_offers({**ASKED, "customer": ANN}, SHOP)["offers"]
    said = {"customer": ANN, "reference": offer["reference"], "response": "clicked"}
    pages(desk).record_response({**ASKED, **said}, SHOP)
    assert desk.events()[0].customer_id == "c-1"


BOB = customer_token("bob@example.com", int(NOON.timestamp()) + 60, "s" * 32)
EXPIRED = customer_token("ann@example.com", int(NOON.timestamp()) - 60, "s" * 32)
OTHER_VISITOR = "fedcba-0987654321"
NOT_NAMED = {"visitor": None, "customer": None}


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ({}, {}),
        ({}, NOT_NAMED),
        ({}, {"customer": BOB}),
        ({"customer": ANN}, {"customer": ANN}),
        ({"customer": ANN}, {"customer": EXPIRED}),
        ({"customer": ANN}, {"customer": ANN, "visitor": OTHER_VISITOR}),
        ({"customer": ANN}, {"customer": ANN, "visitor": None}),
        ({"customer": ANN}, NOT_NAMED),
    ],
)
def test_a_response_may_name_whom_the_offer_was_for(
    asked: dict[str, Any], named: dict[str, Any]
) -> None:
    """Somebody may log in, and a token may expire, after the page got the offer."""
    desk = a_desk()
    [offer] = pages(desk).serve_offers({**ASKED, **asked}, SHOP)["offers"]
    said = {**ASKED, "reference": offer["reference"], "response": "viewed", **named}
    pages(desk).record_response(said, SHOP)
    assert len(desk.events()) == 1


@pytest.mark.parametrize(
    ("asked", "named", "field"),
    [
        ({}, {"visitor": OTHER_VISITOR}, "reference"),
        ({}, {"visitor": OTHER_VISITOR, "customer": ANN}, "reference"),
        ({"customer": ANN}, {}, "reference"),
        ({"customer": ANN}, {"customer": BOB}, "reference"),
        ({"customer": ANN}, {"customer": "a.b.c"}, "customer"),
        ({"customer": ANN}, {"customer": {"email": "ann@example.com"}}, "customer"),
        ({}, {"visitor": "short"}, "visitor"),
    ],
)
def test_a_response_of_another_visitor_is_refused(
    asked: dict[str, Any], named: dict[str, Any], field: str
) -> None:
    desk = a_desk()
    [offer] = pages(desk).serve_offers({**ASKED, **asked}, SHOP)["offers"]
    said = {**ASKED, "reference": offer["reference"], "response": "viewed", **named}
    with pytest.raises(Rejected) as refused:
        pages(desk).record_response(said, SHOP)
    assert refused.value.field == field
    assert desk.events() == []


def test_a_reference_is_good_for_who_got_it_alone() -> None:
    """A page, another site and an application each have their own."""
    desk = a_desk()
    two = pages(desk, {"pk_1": SITE, "pk_2": SITE})
    [of_page] = two.serve_offers(ASKED, SHOP)["offers"]
    [of_application] = desk.answerer.serve_offers(ANN_ASKED, KEY)["offers"]
    refused: tuple[tuple[Any, dict[str, str], Any, str], ...] = (
        (two.record_response, {"site": "pk_2"}, of_page, SHOP),
        (two.record_response, {"site": "pk_1"}, of_application, SHOP),
        (desk.answerer.record_response, {}, of_page, KEY),
    )
    for record, site, offer, credential in refused:
        said = {"reference": offer["reference"], "response": "viewed", **site}
        with pytest.raises(Rejected, match="is no reference of an answer of ours"):
            record(said, credential)
    assert desk.events() == []


@pytest.mark.parametrize(
    ("origin", "site"),
    [
        ("https://evil.example.com", "pk_1"),
        (f"{SHOP}.evil.example", "pk_1"),
        ("http://shop.example.com", "pk_1"),
        ("null", "pk_1"),
        ("", "pk_1"),
        (SHOP, "pk_2"),
        (SHOP, KEY),
        (SHOP, None),
        (SHOP, ["pk_1"]),
    ],
)
def test_a_key_is_worth_nothing_on_another_site(origin: str, site: Any) -> None:
    desk = a_desk()
    with pytest.raises(Unauthorized):
        pages(desk).serve_offers({**ASKED, "site": site}, origin)
    with pytest.raises(Unauthorized):
        pages(desk).record_response({**ASKED, "site": site, "reference": "r2.xy"}, origin)
    assert desk.bus.published == []


@pytest.mark.parametrize("sites", [{}, {"pk_1": None}, {"pk_1": {}}, {"pk_1": {"origins": [""]}}])
def test_a_site_that_is_not_set_up_is_no_site(sites: Any) -> None:
    for origin in (SHOP, ""):
        with pytest.raises(Unauthorized):
            pages(a_desk(), sites).serve_offers(ASKED, origin)


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ({"visitor": "short"}, "visitor"),
        ({"visitor": "ann@example.com-ann@example.com"}, "visitor"),
        ({"visitor": None}, "visitor"),
        ({"visitor": {"email": "ann@example.com"}}, "visitor"),
        ({"customer": "email#ann@example.com"}, "customer"),
        ({"customer": {"email": "ann@example.com"}}, "customer"),
        ({"customer": 0}, "customer"),
        ({"customer": {}}, "customer"),
        ({"placement": ""}, "placement"),
        ({"placement": 7}, "placement"),
    ],
)
def test_a_page_names_nobody_by_itself(words: dict[str, Any], field: str) -> None:
    with pytest.raises(Rejected) as raised:
        pages(a_desk()).serve_offers({**ASKED, **words}, SHOP)
    assert raised.value.field == field


@pytest.mark.parametrize("token", [None, ""])
def test_a_page_without_a_token_asks_for_its_visitor(token: str | None) -> None:
    assert pages(a_desk()).serve_offers({**ASKED, "customer": token}, SHOP)["offers"]


@pytest.mark.parametrize("secrets", [None, [], [""], ""])
def test_without_a_secret_of_the_site_no_token_is_believed(secrets: Any) -> None:
    sites = {"pk_1": {**SITE, "secrets": secrets}}
    for secret in ("", "s" * 32):
        token = customer_token("a@b.example", int(NOON.timestamp()) + 60, secret)
        with pytest.raises(Rejected):
            pages(a_desk(), sites).serve_offers({**ASKED, "customer": token}, SHOP)


def test_a_page_shows_what_is_meant_for_pages_alone() -> None:
    told = pages(a_desk()).serve_offers({**ASKED, "channel": "screen", "limit": 10}, SHOP)
    assert [offer["offer"] for offer in told["offers"]] == ["beans"]
    screens = {"screen": {"template": "letter"}}
    desk = Desk(a_catalogue(an_offer("beans", treatments=screens)))
    assert pages(desk).serve_offers({**ASKED, "channel": "screen"}, SHOP) == {"offers": []}


def test_a_reference_that_a_page_made_up_is_refused() -> None:
    with pytest.raises(Rejected):
        pages(a_desk()).record_response(
            {**ASKED, "reference": "r2.e30x", "response": "viewed"}, SHOP
        )
