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
    pages(desk).record_response(
        {**ASKED, "reference": offer["reference"], "response": "clicked"}, SHOP
    )
    assert desk.events()[0].customer_id == "c-1"


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
        pages(desk).record_response({**ASKED, "site": site, "reference": "r1.x.y"}, origin)
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
            {**ASKED, "reference": "r1.e30.x", "response": "viewed"}, SHOP
        )
