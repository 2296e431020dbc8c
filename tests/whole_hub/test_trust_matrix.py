"""What each level of trust may do: one test for each field of the matrix in
`docs/operate/security.md`."""

from typing import Any

import pytest

from hub.model.customer import Customer
from hub.model.trust import Trust
from hub.profile.domain.traits import find_trust
from tests.whole_hub.public_visitors import (
    ANN_BROWSER,
    ANN_MAIL,
    ANN_USER,
    STRANGER,
    Site,
)

PUBLIC, VOUCHED, TRUSTED = Trust.PUBLIC, Trust.VOUCHED, Trust.TRUSTED
AS_ANN = {"userId": ANN_USER, "anonymousId": STRANGER}
PROOF = {"user": ANN_USER}
ORDER = {
    "type": "track",
    "event": "Order Completed",
    "properties": {"order_id": "o-1", "total": 9_999_999, "currency": "GBP"},
}


def send(site: Site, level: Trust, message: dict[str, Any]) -> None:
    """Somebody says that they are Ann: without a proof, with a signed token, or as a server."""
    site.track({**AS_ANN, **message}, level, PROOF if level is VOUCHED else None)


@pytest.fixture
def site() -> Site:
    site = Site()
    site.meet_ann(marketing=True, service=True)
    site.mail.sent.clear()
    return site


def stranger(site: Site) -> Customer:
    customer = site.find(f"cookie#{STRANGER}")
    assert customer is not None
    return customer


@pytest.mark.parametrize(("level", "name"), [(PUBLIC, "Ann"), (VOUCHED, "Eve"), (TRUSTED, "Eve")])
def test_trait(site: Site, level: Trust, name: str) -> None:
    send(site, level, {"type": "identify", "traits": {"firstName": "Eve"}})
    assert site.ann.person["first_name"] == name
    assert stranger(site).person["first_name"] == "Eve"
    assert find_trust(stranger(site), "person.first_name") is level


@pytest.mark.parametrize(
    ("level", "address"),
    [(PUBLIC, ANN_MAIL), (VOUCHED, ANN_MAIL), (TRUSTED, "eve@example.com")],
)
def test_address(site: Site, level: Trust, address: str) -> None:
    """The proof names the user, so nobody who is vouched for may state another address."""
    send(site, level, {"type": "identify", "traits": {"email": "eve@example.com"}})
    assert site.ann.contact["email"] == address
    site.state("order.completed", {"user": ANN_USER})
    assert set(site.written_to[-2:]) == {address}


@pytest.mark.parametrize(("level", "is_ann"), [(PUBLIC, False), (VOUCHED, True), (TRUSTED, True)])
def test_identity(site: Site, level: Trust, *, is_ann: bool) -> None:
    """Whether the browser belongs to Ann from now on."""
    send(site, level, {"type": "page"})
    assert (stranger(site).customer_id == site.ann.customer_id) is is_ann


@pytest.mark.parametrize(("level", "is_one"), [(PUBLIC, False), (VOUCHED, False), (TRUSTED, True)])
def test_merge(site: Site, level: Trust, *, is_one: bool) -> None:
    site.state("customer.signed_up", {"email": "bob@example.com"})
    send(site, level, {"type": "identify", "traits": {"email": "bob@example.com"}})
    bob = site.find("email#bob@example.com")
    assert bob is not None
    assert (bob.customer_id == site.ann.customer_id) is is_one


@pytest.mark.parametrize("level", Trust)
def test_consent_given(level: Trust) -> None:
    site = Site()
    site.meet_ann(marketing=False, service=False)
    agreement = {"consent": {"email": {"marketing": True, "service": True}}}
    proven = PROOF if level is VOUCHED else {}
    site.agree({"user": ANN_USER, "cookie": ANN_BROWSER}, agreement, level, proven)
    assert site.ann.consent["email"]["marketing"] is level.proves_person
    site.state("order.completed", {"user": ANN_USER})
    assert bool(site.written_to) is level.proves_person


@pytest.mark.parametrize("level", Trust)
def test_consent_refused(site: Site, level: Trust) -> None:
    """A refusal counts from anybody, and a vouched agreement undoes it."""
    refusal = {"consent": {"email": {"marketing": False}}}
    keys = {"user": ANN_USER, "cookie": STRANGER}
    proven = PROOF if level is VOUCHED else {}
    site.agree(keys, refusal, level, proven)
    assert site.ann.consent["email"] == {"marketing": False, "service": True}
    site.agree(keys, {"consent": {"email": {"marketing": True}}}, VOUCHED, PROOF)
    assert site.ann.consent["email"] == {"marketing": True, "service": True}


def test_a_refusal_on_a_channel_that_the_hub_does_not_have_fills_no_profile(site: Site) -> None:
    refusal = {"consent": {"pigeon": {"marketing": False}, "email": {"gossip": False}}}
    site.agree({"user": ANN_USER, "cookie": STRANGER}, refusal, PUBLIC, {})
    assert site.ann.consent == {"email": {"marketing": True, "service": True}}


@pytest.mark.parametrize(
    ("level", "spent", "event_type"),
    [
        (PUBLIC, {}, "track.order_completed"),
        (VOUCHED, {}, "track.order_completed"),
        (TRUSTED, {"GBP": 999_999_900}, "order.completed"),
    ],
)
def test_sale(site: Site, level: Trust, spent: dict[str, int], event_type: str) -> None:
    send(site, level, ORDER)
    assert site.ann.purchases.get("spent", {}) == spent
    assert event_type in stranger(site).activity


@pytest.mark.parametrize("level", Trust)
def test_response(site: Site, level: Trust) -> None:
    """Only who is proven to be the addressee responds to a message to them."""
    site.state("order.completed", {"user": ANN_USER})
    action = next(iter(site.ledger.actions))
    before = len(site.bus.published)
    url = f"https://shop.example.com/?segue_ref={action}"
    send(site, level, {"type": "page", "properties": {"url": url}})
    outcomes = [
        detail["type"] for kind, detail in site.bus.published[before:] if kind == "segue.outcome"
    ]
    traced = [e for e in site.queue.events if "trace" in e.context and e.type == "page.viewed"]
    assert (len(traced) == 1) is level.proves_person, outcomes


def test_a_public_event_without_a_random_key_is_parked(site: Site) -> None:
    site.track({"type": "page", "userId": ANN_USER})
    ((parked),) = site.parked.items.values()
    assert (parked.field, "a public key speaks for no other identity" in parked.reason) == (
        "identities",
        True,
    )


def test_nobody_is_written_to_where_only_a_page_says_that_they_are() -> None:
    site = Site()
    site.track({"type": "identify", "anonymousId": STRANGER, "traits": {"email": ANN_MAIL}})
    assert stranger(site).contact["email"] == ANN_MAIL
    site.state("customer.updated", {"cookie": STRANGER}, consent={"email": {"service": True}})
    assert site.written_to == []


def test_the_browser_of_a_customer_counts_as_behaviour(site: Site) -> None:
    """A server has said whose browser it is."""
    site.track({"type": "page", "anonymousId": ANN_BROWSER})
    assert site.ann.activity["page.viewed"]


def test_what_did_not_count_is_noted(site: Site) -> None:
    send(site, PUBLIC, ORDER)
    event = next(e for e in site.queue.events if e.type == "track.order_completed")
    assert event.context["left_out"] == {
        "type": "order.completed needs a trusted source; it counts as track.order_completed"
    }
    assert event.unproven == {"user": ANN_USER}
