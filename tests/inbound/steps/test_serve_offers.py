"""A page, an app or an agent's screen asks; impressions and responses come back by reference."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.catalogue.domain.template import template_from_row
from hub.contact_policy.domain.address_refusals import AddressStatement
from hub.contact_policy.steps.attach_refusals import AttachRefusals, CustomersWithRefusals
from hub.content.adapters.liquid_renderer import LiquidRenderer
from hub.identity.adapters.namespaces_file import load_namespaces
from hub.identity.domain.identity_cluster import IdentityCluster
from hub.identity.steps.find_customer import FindCustomer
from hub.inbound.domain.offer_reference import APPLICATIONS, parse_offer_reference
from hub.inbound.steps.serve_offers import ServeOffers
from hub.kernel.errors import Rejected, Unauthorized
from hub.model.contact_history import ContactHistory
from hub.model.contact_history_entries import Contact
from hub.model.customer import Customer
from hub.model.event import Event
from hub.platform.adapters.schema_folder import find_schemas_folder
from hub.surroundings.domain.surroundings import NO_SURROUNDINGS, Surroundings
from tests import fakes
from tests.catalogues import a_catalogue, a_policy, a_template, an_offer, decide_on
from tests.factories import NOON, a_customer, an_event
from tests.faulty_libraries import ERRORS, LIBRARY_TEXT, MARK, failing
from tests.records import an_episode

KEY = "key-1"
WEB = {"web": {"template": "letter", "placement": "home"}}
ANN = {"customer": {"email": "ann@example.com"}, "placement": "home"}


@dataclass
class Desk:
    """The step on fakes. Ann is known by her e-mail address."""

    catalogue: Any
    ann: Customer = field(default_factory=a_customer)
    bus: fakes.Bus = field(default_factory=fakes.Bus)
    decisions: fakes.Decisions = field(default_factory=fakes.Decisions)
    around: Surroundings = NO_SURROUNDINGS
    refusals: fakes.AddressRefusalStore = field(default_factory=fakes.AddressRefusalStore)

    def __post_init__(self) -> None:
        identities, customers = fakes.Identities(), fakes.Customers()
        identities.assign_keys(
            ["email#ann@example.com", "loyalty#4711"], IdentityCluster(customer_id="c-1"), {}, {}
        )
        customers.write(self.ann, an_episode())
        self.answerer = ServeOffers(
            find=FindCustomer(identities, load_namespaces(find_schemas_folder())),
            customers=CustomersWithRefusals(customers, AttachRefusals(self.refusals)),
            catalogue=lambda: self.catalogue,
            surroundings=lambda _: self.around,
            renderer=LiquidRenderer(),
            decisions=self.decisions,
            bus=self.bus,
            keys=lambda: [KEY, "key-0"],
            clock=fakes.FixedClock(),
            new_id=lambda: "q-1",
        )

    def ask(self, **asked: Any) -> dict[str, Any]:
        return self.answerer.serve_offers({**ANN, **asked}, KEY)

    def events(self) -> list[Event]:
        return [Event.from_dict(d) for kind, d in self.bus.published if kind == "segue.outcome"]


def test_the_best_offers_come_with_content_and_reasons() -> None:
    beans, tea = an_offer("beans", treatments=WEB), an_offer("tea", treatments=WEB, value=1)
    mail = an_offer("mail")
    desk = Desk(a_catalogue(beans, tea, mail))
    told = desk.ask()
    assert told["known"] is True
    assert [offer["offer"] for offer in told["offers"]] == ["beans"]
    assert told["offers"][0]["content"]["html"] == "<p>Hello</p>"
    assert [offer["offer"] for offer in desk.ask(limit=2)["offers"]] == ["beans", "tea"]
    (decision,) = {d.id: d for d in desk.decisions.items.values()}.values()
    assert decision.customer_id == "c-1"
    assert decision.id == told["decision"]
    assert decision.receipt["choices"][0]["what"] == "beans"


def test_a_place_that_no_offer_has_is_answered_with_none_and_why() -> None:
    told = Desk(a_catalogue(an_offer("beans", treatments=WEB))).ask(placement="footer")
    assert told["offers"] == []
    assert told["reason"] == "Asked for web at footer: no live offer has a treatment for it."


def test_an_offer_whose_content_asks_for_what_is_not_known_gives_way_to_the_next() -> None:
    catalogue = a_catalogue(
        an_offer("beans", treatments={"web": {"template": "card"}}),
        an_offer("tea", treatments=WEB, value=1),
    )
    web = {"en": {"html": "<b>{{ customer.loyalty.number }}</b>"}}
    card = template_from_row({**a_template("card"), "web": web})
    catalogue = replace(catalogue, templates={**catalogue.templates, "card": card})
    desk = Desk(catalogue)
    told = desk.ask()
    assert [offer["offer"] for offer in told["offers"]] == ["tea"]
    (decision,) = desk.decisions.items.values()
    assert "its content: " in str(decision.receipt["choices"])


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(
        [
            ("hub.inbound.domain.offer_selection:determine_claims", (1,)),
            ("hub.decisioning.domain.ranking:Ranking._score_candidate", (2,)),
            ("hub.decisioning.domain.eligibility:EligibilityGates.find_closed_offer_gate", (1,)),
            ("hub.inbound.steps.serve_offers:ServeOffers._render_content", (1,)),
        ]
    ),
    ERRORS,
)
def test_whatever_an_offer_raises_the_others_are_offered(
    call: tuple[str, tuple[int, ...]], error: BaseException
) -> None:
    beans, tea = an_offer("beans", treatments=WEB, name=MARK), an_offer("tea", treatments=WEB)
    desk = Desk(a_catalogue(beans, tea))
    with failing(call[0], error, positions=call[1]):
        told = desk.ask(limit=2)
    assert [offer["offer"] for offer in told["offers"]] == ["tea"]
    (decision,) = desk.decisions.items.values()
    assert "beans" in str(decision.receipt)
    assert LIBRARY_TEXT not in str(decision.receipt)


@given(ERRORS)
def test_a_policy_that_cannot_be_used_closes_the_page_and_not_the_answer(
    error: BaseException,
) -> None:
    silence = a_policy("suppression", when=f"customer.person.first_name == '{MARK}'")
    desk = Desk(a_catalogue(an_offer("beans", treatments=WEB), silence))
    with failing("hub.expression.domain:Expression.matches", error, positions=(0,)):
        told = desk.ask()
    assert told["offers"] == []
    assert "policies/suppression" in told["reason"]


def test_somebody_unknown_gets_offers_too_and_is_founded_by_what_they_do() -> None:
    desk = Desk(a_catalogue(an_offer("beans", treatments=WEB)))
    told = desk.ask(customer="device#D-77")
    assert told["known"] is False
    said = {"reference": told["offers"][0]["reference"], "response": "viewed"}
    desk.answerer.record_response(said, KEY)
    (event,) = desk.events()
    assert (event.customer_id, event.identities) == ("", {"device": "D-77"})


def test_who_refused_it_or_is_in_the_control_group_gets_none() -> None:
    beans = an_offer("beans", treatments=WEB)
    refusing = a_customer(consent=False)
    refusing = refusing.with_changes(consent={"web": {"marketing": False}})
    assert Desk(a_catalogue(beans), refusing).ask()["offers"] == []
    assert Desk(a_catalogue(beans, a_policy("holdout", percent=100))).ask()["offers"] == []


def test_who_is_not_known_yet_is_in_no_control_group() -> None:
    """All of them would be in it, or none."""
    desk = Desk(a_catalogue(an_offer("beans", treatments=WEB), a_policy("holdout", percent=100)))
    assert desk.ask(customer="device#D-77")["offers"]


def test_caps_and_quiet_hours_of_messages_do_not_close_the_page() -> None:
    policies = (
        a_policy("frequency_cap", "cap", most={"day": 1}),
        a_policy("quiet_hours", "quiet", **{"from": "00:00", "to": "23:59"}),
    )
    contact = Contact(2_000_000_000_000, "email", "", "x", "a-0")
    ann = a_customer(contact_history=ContactHistory(contacts=(contact,)))
    told = Desk(a_catalogue(an_offer("beans", treatments=WEB), *policies), ann).ask()
    assert len(told["offers"]) == 1


def test_what_was_viewed_and_clicked_teaches_the_next_decision() -> None:
    catalogue = a_catalogue(an_offer("beans", treatments=WEB))
    desk = Desk(catalogue)
    reference = desk.ask()["offers"][0]["reference"]
    for response in ("viewed", "clicked"):
        desk.answerer.record_response({"reference": reference, "response": response}, KEY)
    viewed, clicked = desk.events()
    ann, first = decide_on(catalogue, desk.ann, viewed)
    ann, second = decide_on(catalogue, ann, clicked)
    assert [(x.shown, x.answered) for x in (*first.lessons, *second.lessons)] == [(1, 0), (0, 1)]
    assert [*ann.contact_history.page_contacts] == ["web||beans"]


def test_what_is_used_up_is_not_shown() -> None:
    around = Surroundings(claimed={"offer:beans": 5})
    desk = Desk(a_catalogue(an_offer("beans", treatments=WEB, total=5)), around=around)
    told = desk.ask()
    assert told["offers"] == []
    assert "offer:beans is used up (5)" in told["reason"]


def test_the_same_response_again_is_the_same_event() -> None:
    desk = Desk(a_catalogue(an_offer("beans", treatments=WEB)))
    said = {"reference": desk.ask()["offers"][0]["reference"], "response": "viewed"}
    assert desk.answerer.record_response(said, KEY) == desk.answerer.record_response(said, "key-0")


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"customer": "ann"}, "customer"),
        ({"customer": {"email": "nobody@example.com@"}}, "customer"),
        ({"channel": "wbe"}, "channel"),
        ({"limit": 0}, "limit"),
        ({"limit": True}, "limit"),
        ({"placement": 5}, "placement"),
        ({"situation": "rain"}, "situation"),
        ({"request_id": "x" * 101}, "request_id"),
        ({"request_id": 0}, "request_id"),
        ({"request_id": []}, "request_id"),
        ({"limit": 1.5}, "limit"),
        ({"customer": {"email": "ann@example.com", "junk": "x" * 4000}}, "customer"),
    ],
)
def test_a_question_that_is_no_question_is_told_where(asked: Mapping[str, Any], field: str) -> None:
    with pytest.raises(Rejected) as refused:
        Desk(a_catalogue()).ask(**asked)
    assert refused.value.field == field


@pytest.mark.parametrize("none", [None, ""])
def test_a_question_without_an_id_of_its_own_gets_one(none: str | None) -> None:
    desk = Desk(a_catalogue())
    assert desk.ask(request_id=none) == desk.ask() == desk.ask(request_id="q-1")


def test_a_limit_is_a_whole_number_however_json_writes_it() -> None:
    beans, tea = an_offer("beans", treatments=WEB), an_offer("tea", treatments=WEB)
    assert len(Desk(a_catalogue(beans, tea)).ask(limit=2.0)["offers"]) == 2


KINDS = ("device", "cookie", "cart", "shop", "user", "receipt", "loyalty", "siebel")


@given(st.dictionaries(st.sampled_from(KINDS), st.text(max_size=300)))
def test_whoever_asks_the_reference_that_comes_back_is_taken(keys: dict[str, str]) -> None:
    """It carries the keys of somebody who is not known, and must not be longer than is taken."""
    desk = Desk(a_catalogue(an_offer("beans", treatments=WEB)))
    try:
        told = desk.ask(customer=keys, placement="home", request_id="\0" * 100)
    except Rejected:
        return
    [offer] = told["offers"]
    desk.answerer.record_response({"reference": offer["reference"], "response": "viewed"}, KEY)


def test_the_longest_reference_is_taken() -> None:
    keys = dict.fromkeys(KINDS, "😀" * 118)
    desk = Desk(a_catalogue(an_offer("beans", treatments={"web": {"template": "letter"}})))
    [offer] = desk.ask(customer=keys, placement="", request_id="\0" * 100)["offers"]
    assert len(offer["reference"]) > 5000
    desk.answerer.record_response({"reference": offer["reference"], "response": "viewed"}, KEY)


def test_who_has_no_live_key_is_refused() -> None:
    desk = Desk(a_catalogue())
    for key in ("", "key", "key-11"):
        with pytest.raises(Unauthorized):
            desk.answerer.serve_offers(ANN, key)
        with pytest.raises(Unauthorized):
            desk.answerer.record_response({}, key)


@pytest.mark.parametrize(
    "named",
    [
        {},
        {"customer": None},
        {"customer": {"email": "ann@example.com"}},
        {"customer": {"loyalty": "4711"}},
        {"customer": "email#ANN@example.com"},
    ],
)
def test_a_response_may_name_the_customer_of_the_offer(named: dict[str, Any]) -> None:
    desk = Desk(a_catalogue(an_offer("beans", treatments=WEB)))
    [offer] = desk.ask()["offers"]
    said = {"reference": offer["reference"], "response": "viewed", **named}
    desk.answerer.record_response(said, KEY)
    assert [event.customer_id for event in desk.events()] == ["c-1"]


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ({"email": "ann@example.com"}, {"email": "bob@example.com"}),
        ({"email": "ann@example.com"}, {"device": "D-1"}),
        ({"device": "D-1"}, {"device": "D-2"}),
        ({"device": "D-1"}, {"email": "ann@example.com"}),
    ],
)
def test_a_response_that_names_another_customer_is_refused(
    asked: dict[str, str], named: dict[str, str]
) -> None:
    desk = Desk(a_catalogue(an_offer("beans", treatments=WEB)))
    [offer] = desk.ask(customer=asked)["offers"]
    said = {"reference": offer["reference"], "response": "viewed", "customer": named}
    with pytest.raises(Rejected, match="is the reference of somebody else"):
        desk.answerer.record_response(said, KEY)
    assert desk.events() == []


@pytest.mark.parametrize("keys", [{"email": "ann@example.com"}, {"device": "D-1"}])
def test_the_ids_of_a_reference_are_those_of_the_decision(keys: dict[str, str]) -> None:
    desk = Desk(a_catalogue(an_offer("beans", treatments=WEB)))
    told = desk.ask(customer=keys)
    [offer] = told["offers"]
    reference = parse_offer_reference(offer["reference"], [KEY], APPLICATIONS)
    [decision] = desk.decisions.items.values()
    assert reference.decision_id == told["decision"] == decision.id
    assert reference.correlation_id == decision.correlation_id
    assert [choice["made"] for choice in decision.receipt["choices"]] == [reference.id]


CONFIRMATION = {"customer": {"email": "ann@example.com"}, "placement": "order-confirmation"}
BLOCK = {"web": {"template": "block", "placement": "order-confirmation"}}


def a_desk_of_blocks(ann: Customer | None = None) -> Desk:
    web = {"en": {"html": '<a href="https://shop.example.com/">{{ offer.name }}</a>', "text": "x"}}
    block = template_from_row({**a_template("block"), "web": web})
    catalogue = a_catalogue(an_offer("beans", name="Beans", treatments=BLOCK))
    return Desk(
        replace(catalogue, templates={**catalogue.templates, "block": block}), ann or a_customer()
    )


def test_a_block_for_somebody_elses_message_is_decided_and_counts_as_seen_once() -> None:
    desk = a_desk_of_blocks()
    asked = {**CONFIRMATION, "channel": "email", "request_id": "order-7"}
    told = desk.answerer.serve_block(asked, KEY)
    reference = parse_offer_reference(told["block"]["reference"], [KEY], APPLICATIONS)
    link = f"https://shop.example.com/?segue_ref={reference.id}"
    assert told["block"]["content"]["html"] == f'<a href="{link}">Beans</a>'
    assert desk.answerer.serve_block(asked, KEY) == told
    seen = {(event.id, event.type, event.customer_id) for event in desk.events()}
    assert seen == {(f"{reference.id}.viewed", "offer.viewed", "c-1")}


@pytest.mark.parametrize("consent", [{}, {"email": {"marketing": False, "service": True}}])
def test_marketing_inside_a_mail_wants_consent_to_marketing_by_mail(
    consent: dict[str, dict[str, bool]],
) -> None:
    desk = a_desk_of_blocks(a_customer().with_changes(consent=consent))
    told = desk.answerer.serve_block(CONFIRMATION, KEY)
    assert told["block"] is None
    assert "no consent to marketing messages by email" in told["reason"]
    assert desk.events() == []


def test_there_is_no_block_in_a_mail_to_an_address_that_refused() -> None:
    work = an_event(identities={"email": "ann@work.example"})
    desk = a_desk_of_blocks(a_customer(work))
    said = AddressStatement("email", "ann@example.com", "marketing", False, NOON, "ses", "e-1")
    desk.refusals.record(said)
    told = desk.answerer.serve_block(CONFIRMATION, KEY)
    assert told["block"] is None
    assert "the address refused marketing on email at 2026-11-22" in told["reason"]
    by_device = {**CONFIRMATION, "customer": "loyalty#4711"}
    assert desk.answerer.serve_block(by_device, KEY)["block"]
    desk.refusals.record(replace(said, address="ann@work.example"))
    assert desk.answerer.serve_block(by_device, KEY)["block"] is None


def test_a_block_asks_for_a_key_and_a_channel_that_there_is() -> None:
    desk = a_desk_of_blocks()
    with pytest.raises(Unauthorized):
        desk.answerer.serve_block(CONFIRMATION, "strange")
    with pytest.raises(Rejected, match="did you mean email") as refused:
        desk.answerer.serve_block({**CONFIRMATION, "channel": "emial"}, KEY)
    assert refused.value.field == "channel"
    with pytest.raises(Rejected, match="is no channel"):
        desk.answerer.serve_block({**CONFIRMATION, "channel": ["email"]}, KEY)
    with pytest.raises(Unauthorized):
        desk.answerer.serve_block({**CONFIRMATION, "channel": []}, "strange")
