"""Erasure: no key of the erased customer is left, and each key is free for the next person."""

from collections.abc import Mapping

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.messaging.domain import bus_records
from hub.profile.domain.apply_event import VALUES_PER_NAMESPACE
from tests.factories import an_event
from tests.in_memory import InMemoryHub

CARD = "L1"
MANY = VALUES_PER_NAMESPACE + 3
Keys = Mapping[str, str]

_weak = st.dictionaries(
    st.sampled_from(["cookie", "device", "receipt", "cart"]),
    st.sampled_from(["11", "12", "13"]),
    min_size=1,
)
_visits = st.lists(
    st.tuples(_weak, st.sampled_from([{}, {"loyalty": CARD}, {"email": "ann@example.com"}])).map(
        lambda parts: {**parts[0], **parts[1]}
    ),
    max_size=8,
)


def come(hub: InMemoryHub, keys: Keys, event_type: str = "page.viewed", name: str = "") -> None:
    hub.clock.passes(minutes=1)
    event = an_event(
        event_type,
        f"e-{hub.clock().isoformat()}",
        occurred_at=hub.clock(),
        customer_id="",
        identities=keys,
        traits={"person": {"first_name": name}} if name else {},
    )
    hub._normalize({"source": bus_records.OUTCOME, "detail": event.to_dict()})
    hub._work(1)


def find_owner(hub: InMemoryHub, namespace: str, value: str) -> str:
    return hub.identities.find_owners([f"{namespace}#{value}"])[f"{namespace}#{value}"]


@settings(max_examples=40, deadline=None)
@given(_visits, st.booleans(), _weak)
def test_an_erasure_leaves_no_key_and_each_of_them_is_free_for_somebody_new(
    visits: list[Keys], often: bool, found: Keys
) -> None:
    """`often`: more browsers and receipts than a customer item lists."""
    hub = InMemoryHub()
    come(hub, {"loyalty": CARD, "email": "ann@example.com"})
    for number in range(MANY * often):
        come(hub, {"loyalty": CARD, "cookie": f"b-{number}", "receipt": f"r-{number}"})
    for keys in visits:
        come(hub, keys)
    erased = find_owner(hub, "loyalty", CARD)
    come(hub, {"loyalty": CARD}, "customer.erased")

    assert_nothing_leads_to_the_erased(hub)
    come(hub, {**found, "loyalty": "L2"}, "customer.signed_up", "Bea")
    bea = hub.customers.read(find_owner(hub, "loyalty", "L2"))
    assert bea is not None
    assert bea.customer_id != erased
    assert (bea.erased, bea.person) == ("", {"first_name": "Bea"})


@given(_weak)
@settings(max_examples=20, deadline=None)
def test_a_key_that_was_assigned_while_they_were_erased_is_free_as_well(keys: Keys) -> None:
    """The event was under way, and its keys were written after the erasure."""
    hub = InMemoryHub()
    come(hub, {"loyalty": CARD})
    erased = find_owner(hub, "loyalty", CARD)
    come(hub, {"loyalty": CARD}, "customer.erased")
    hub.identities.items |= {f"{name}#{value}": erased for name, value in keys.items()}

    come(hub, keys, name="Bea")
    for name, value in keys.items():
        owner = hub.customers.read(find_owner(hub, name, value))
        assert owner is not None
        assert owner.person == {"first_name": "Bea"}


def assert_nothing_leads_to_the_erased(hub: InMemoryHub) -> None:
    owners = {key: hub.customers.read(owner) for key, owner in hub.identities.items.items()}
    assert [key for key, owner in owners.items() if owner and owner.erased] == []
