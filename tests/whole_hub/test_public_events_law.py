"""Whatever anybody sends with a public key: nothing that a trusted source said changes, nobody
else's content is shown, and nobody who refused is written to."""

from dataclasses import dataclass, field
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.contact_policy.steps.attach_refusals import AttachRefusals, CustomersWithRefusals
from hub.content.adapters.liquid_renderer import LiquidRenderer
from hub.identity.steps.find_customer import FindCustomer
from hub.inbound.steps.serve_offers import ServeOffers
from hub.inbound.steps.serve_page_offers import ServePageOffers
from hub.model.customer import Customer
from hub.model.trust import is_public_type
from hub.surroundings.domain.surroundings import NO_SURROUNDINGS
from tests.catalogues import a_template, an_offer
from tests.whole_hub.public_visitors import (
    ANN_BROWSER,
    ANN_MAIL,
    ANN_PHONE,
    ANN_USER,
    STRANGER,
    Site,
    a_catalogue,
)

EVE_MAIL, SECRET_NAME = "eve@example.com", "Wilhelmina"
SHOP = "https://shop.example.com"
BROWSERS = (STRANGER, "3c3c3c3c-another", ANN_BROWSER)
WORDS = ("Eve", SECRET_NAME, "gold", "x" * 300, "{{ customer.contact.email }}")


def offers() -> dict[str, Any]:
    """An offer with the customer's own data for everybody, and one for the golden tier."""
    web = {"web": {"template": "personal", "placement": "home"}}
    return {
        "everybody": an_offer("everybody", treatments=web),
        "golden": an_offer(
            "golden", treatments=web, eligible="customer.loyalty.tier == 'gold'", value=100
        ),
    }


def a_shop() -> dict[str, Any]:
    catalogue = a_catalogue()
    html = "<p>{{ customer.person.first_name }} {{ customer.contact.email }}</p>"
    personal = {**a_template("personal"), "web": {"en": {"html": html}}}
    catalogue["rows"]["templates"]["personal"] = personal
    catalogue["rows"]["offers"] = offers()
    return catalogue


@dataclass
class Shop(Site):
    snapshot: dict[str, Any] = field(default_factory=a_shop)

    def __post_init__(self) -> None:
        super().__post_init__()
        resolver = self.normalize.resolver
        api = ServeOffers(
            find=FindCustomer(self.identities, resolver.namespaces),
            customers=CustomersWithRefusals(self.customers, AttachRefusals(self.refusals)),
            catalogue=lambda: self.catalogue,
            surroundings=lambda _: NO_SURROUNDINGS,
            renderer=LiquidRenderer(),
            decisions=self.decisions,
            bus=self.bus,
            keys=lambda: ["key-1"],
            clock=self.clock,
            new_id=lambda: f"q-{self.count}",
        )
        self.pages = ServePageOffers(
            api, lambda: {"pk": {"origins": [SHOP], "secrets": ["s" * 32]}}, self.clock
        )

    def show(self, browser: str) -> str:
        body = {"site": "pk", "visitor": browser, "placement": "home"}
        shown = self.pages.serve_offers(body, SHOP)["offers"]
        for offer in shown:
            answer = {**body, "reference": offer["reference"], "response": "clicked"}
            self.pages.record_response(answer, SHOP)
        return "".join(f"{offer['offer']} {offer['html']}" for offer in shown)


names = st.sampled_from((ANN_USER, "u-eve", "u-bob"))
browsers = st.sampled_from(BROWSERS)
mails = st.sampled_from((ANN_MAIL, EVE_MAIL, "bob@example.com"))
words = st.sampled_from(WORDS)
identifies = st.fixed_dictionaries(
    {
        "type": st.just("identify"),
        "anonymousId": browsers,
        "traits": st.fixed_dictionaries(
            {},
            optional={
                "email": mails,
                "phone": st.sampled_from((ANN_PHONE, "+442079460102")),
                "firstName": words,
                "lastName": words,
                "address": st.fixed_dictionaries({"city": words, "postalCode": words}),
            },
        ),
    },
    optional={"userId": names},
)
aliases = st.fixed_dictionaries(
    {"type": st.just("alias"), "userId": names, "previousId": st.one_of(browsers, names)}
)
tracks = st.fixed_dictionaries(
    {
        "type": st.just("track"),
        "anonymousId": browsers,
        "event": st.sampled_from(
            ("Order Completed", "Order Refunded", "Order Cancelled", "Product Viewed", "Stop")
        ),
        "properties": st.fixed_dictionaries(
            {
                "order_id": st.sampled_from(("o-1", "o-2")),
                "total": st.sampled_from((0.01, 10, 9_999_999)),
                "currency": st.sampled_from(("GBP", "JPY", "EUR")),
                "cart_id": st.sampled_from(("c-1", "c-2")),
            }
        ),
    },
    optional={"userId": names, "context": st.just({"traits": {"email": ANN_MAIL}})},
)
groups = st.fixed_dictionaries(
    {"type": st.just("group"), "anonymousId": browsers, "groupId": words}, optional={}
)
messages = st.lists(st.one_of(identifies, aliases, tracks, groups), min_size=1, max_size=8)


def said_by_servers(customer: Customer) -> dict[str, Any]:
    """What a trusted source has said of a customer, and what may only come of it."""
    return {
        "contact": {name: customer.contact.get(name) for name in ("email", "phone")},
        "person": customer.person.get("first_name"),
        "loyalty": customer.loyalty,
        "consent": customer.consent,
        "purchases": customer.purchases,
        "amounts": {n: sums for n, sums in customer.amounts.items() if not is_public_type(n)},
        "keys": customer.identities,
        "business": customer.business_keys,
    }


@settings(max_examples=120, deadline=None)
@given(messages, st.booleans())
def test_public_events_change_and_show_nothing_of_anybody(
    sent: list[dict[str, Any]], agrees: bool
) -> None:
    shop = Shop()
    shop.meet_ann(marketing=agrees, service=agrees)
    shop.state("customer.updated", {"user": ANN_USER}, person={"first_name": SECRET_NAME})
    shop.state("order.completed", {"user": ANN_USER})
    shop.state("customer.signed_up", {"user": "u-bob", "email": "bob@example.com"})
    before, whose = said_by_servers(shop.ann), shop.ann.customer_id
    bob = shop.find("user#u-bob")
    shop.mail.sent.clear()
    for message in sent:
        shop.track(message)
        for browser in (STRANGER, "3c3c3c3c-another"):
            page = shop.show(browser)
            assert ANN_MAIL not in page or names_ann_itself(sent, browser)
            assert "golden" not in page
        page = shop.show(ANN_BROWSER)
        assert SECRET_NAME not in page or SECRET_NAME in str(sent)
        assert "golden" not in page
    assert said_by_servers(shop.ann) == before
    assert shop.ann.customer_id == whose
    assert shop.find("user#u-bob") == bob
    assert set(shop.written_to) <= ({ANN_MAIL} if agrees else set())
    assert all("Dear customer" in str(message) for message in shop.mail.sent)
    assert {key for key in shop.identities.items if not key.startswith("cookie#")} == {
        *(f"user#{ANN_USER}", f"email#{ANN_MAIL}", f"phone#{ANN_PHONE}"),
        *("user#u-bob", "email#bob@example.com"),
    }


def names_ann_itself(sent: list[dict[str, Any]], browser: str) -> bool:
    """Whether this browser has written Ann's address itself."""
    return any(
        message.get("anonymousId") == browser
        and ANN_MAIL in str(message.get("traits", {}).get("email", ""))
        for message in sent
    )
