"""Keys that were stored before version 0.3, in spellings that are no longer used."""

from collections.abc import Callable
from itertools import count

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.identity.adapters.namespaces_file import load_namespaces
from hub.identity.domain.identity_cluster import IdentityCluster
from hub.identity.steps.find_customer import FindCustomer
from hub.identity.steps.resolve_identities import ResolveIdentities
from hub.model.event import Event
from hub.model.inbound_payload import InboundPayload
from hub.model.trust import Trust
from hub.platform.adapters.schema_folder import find_schemas_folder
from tests import fakes
from tests.factories import NOON, an_event
from tests.in_memory import InMemoryHub

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


def alias(hub: InMemoryHub, user: str, previous: str) -> None:
    body = {
        "type": "alias",
        "userId": user,
        "previousId": previous,
        "messageId": f"{user}-{previous}-{len(hub.queue.events)}",
        "timestamp": "2026-11-22T11:00:00Z",
    }
    push(hub, body)


def identify(hub: InMemoryHub, user: str, browser: str) -> None:
    body = {
        "type": "identify",
        "userId": user,
        "anonymousId": browser,
        "messageId": f"{user}-{browser}-{len(hub.queue.events)}",
        "timestamp": "2026-11-22T10:00:00Z",
    }
    push(hub, body)


def push(hub: InMemoryHub, body: dict[str, str]) -> None:
    payload = InboundPayload(
        id=body["messageId"],
        source="segment",
        received_at=NOON,
        correlation_id="k-1",
        payload=body,
        trust=Trust.TRUSTED,
    )
    hub.push(payload)


def find_customers(hub: InMemoryHub, *users: str) -> list[str]:
    found = hub.identities.find_owners([f"user#{user}" for user in users])
    clusters = hub.identities.read_clusters(found.values())
    return [clusters[found[f"user#{user}"]].customer_id for user in users]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), max_size=4))
def test_aliases_of_known_users_make_one_customer_of_those_they_name(
    pairs: list[tuple[str, str]],
) -> None:
    hub = InMemoryHub()
    for user in "abc":
        identify(hub, f"user-{user}", f"browser-{user}")
    groups = {user: {user} for user in "abc"}
    for user, previous in pairs:
        alias(hub, f"user-{user}", f"user-{previous}")
        for member in groups[user] | groups[previous]:
            groups[member] = groups[user] | groups[previous]
    owners = dict(zip("abc", find_customers(hub, "user-a", "user-b", "user-c"), strict=True))
    for one in "abc":
        for other in "abc":
            assert (owners[one] == owners[other]) == (other in groups[one])


def test_an_alias_beyond_the_limit_merges_nobody_and_leaves_a_conflict() -> None:
    hub = InMemoryHub()
    for number in range(NAMESPACES.limits["user"] + 1):
        identify(hub, f"user-{number}", f"browser-{number}")
        if number:
            alias(hub, "user-0", f"user-{number}")
    first, *others, last = find_customers(hub, *(f"user-{n}" for n in range(number + 1)))
    assert {first} == {*others}
    assert last != first
    (conflict,) = hub.conflicts.items.values()
    assert conflict.conflict.key == f"user#user-{number}"


def test_an_alias_of_a_browser_gives_its_visits_to_the_user() -> None:
    hub = InMemoryHub()
    push(
        hub,
        {
            "type": "page",
            "anonymousId": "browser-9",
            "messageId": "p-1",
            "timestamp": "2026-11-22T09:00:00Z",
        },
    )
    alias(hub, "user-a", "browser-9")
    (user,) = find_customers(hub, "user-a")
    found = hub.identities.find_owners(["cookie#browser-9", "user#browser-9"])
    assert (
        hub.identities.read_clusters(found.values())[found["cookie#browser-9"]].customer_id == user
    )
    assert "user#browser-9" not in found
