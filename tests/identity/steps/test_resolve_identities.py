"""Keys that were stored before version 0.3, in spellings that are no longer used."""

from collections.abc import Callable
from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from hub.identity.adapters.namespaces_file import load_namespaces
from hub.identity.domain.identity_cluster import IdentityCluster
from hub.identity.steps.find_customer import FindCustomer
from hub.identity.steps.resolve_identities import ResolveIdentities
from hub.model.event import Event
from hub.platform.adapters.schema_folder import find_schemas_folder
from tests import fakes
from tests.factories import an_event

NAMESPACES = load_namespaces(find_schemas_folder())
SPELLINGS = {
    "email": (
        "josé@müller.example",
        "jose\u0301@xn--mller-kva.example",
        "JOSÉ@MÜLLER.EXAMPLE",
        "José <josé@mu\u0308ller.example>",
    ),
    "salesforce": ("001A0000006Vm9r", "001A0000006Vm9rIAC", "001a0000006vm9riac"),
}
STORED = {
    "email": (
        "josé@müller.example",
        "jose\u0301@mu\u0308ller.example",
        "josé@xn--mller-kva.example",
    ),
    "salesforce": ("001A0000006Vm9r", "001A0000006Vm9rIAC"),
}

_of_one_namespace = st.sampled_from(["email", "salesforce"]).flatmap(
    lambda name: st.tuples(
        st.just(name), st.sampled_from(STORED[name]), st.lists(st.sampled_from(SPELLINGS[name]))
    )
)


class Desk:
    def __init__(self) -> None:
        self.identities, self.queue = fakes.Identities(), fakes.CustomerQueue()
        numbers = count(1)
        new_id: Callable[[], str] = lambda: f"new-{next(numbers)}"  # noqa: E731 a counter
        self.resolve = ResolveIdentities(
            self.identities, NAMESPACES, new_id, fakes.KeyConflicts(), self.queue
        ).resolve
        self.find = FindCustomer(self.identities, NAMESPACES)

    def store(self, customer_id: str, *keys: str) -> None:
        cluster = IdentityCluster(customer_id=customer_id).with_keys(keys)
        self.identities.assign_keys(keys, cluster, {}, {})

    def hears(self, namespace: str, value: str) -> Event:
        event = an_event(customer_id="", identities={namespace: value})
        (resolved,) = self.resolve([event])
        assert isinstance(resolved, Event)
        return resolved


@given(_of_one_namespace)
def test_every_spelling_finds_who_was_stored_under_a_former_one(
    said: tuple[str, str, list[str]],
) -> None:
    namespace, stored, spellings = said
    desk = Desk()
    desk.store("c-1", f"{namespace}#{stored}")
    for spelling in spellings:
        assert desk.find({namespace: spelling}) == "c-1"
        event = desk.hears(namespace, spelling)
        assert event.customer_id == "c-1"
        assert event.identities == NAMESPACES.normalize_keys({namespace: spelling}).values
    assert desk.queue.events == []


@given(st.sampled_from(SPELLINGS["email"]))
def test_who_has_all_addresses_that_one_person_may_have_is_still_found(spelling: str) -> None:
    desk = Desk()
    others = [f"email#ann-{number}@example.com" for number in range(NAMESPACES.limits["email"] - 1)]
    desk.store("c-1", "email#josé@müller.example", *others)
    assert desk.hears("email", spelling).customer_id == "c-1"


@given(st.sampled_from(SPELLINGS["email"]))
def test_two_who_were_stored_under_two_spellings_are_merged(spelling: str) -> None:
    desk = Desk()
    desk.store("c-1", "email#josé@müller.example")
    desk.store("c-2", "email#josé@xn--mller-kva.example")
    survivor = desk.hears("email", spelling).customer_id
    (request,) = desk.queue.events
    assert request.type == "customer.merged"
    assert {survivor, request.properties["absorbed"]} == {"c-1", "c-2"}
