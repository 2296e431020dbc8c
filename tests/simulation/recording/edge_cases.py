"""Profiles at their limits, and profiles in forms that earlier releases wrote."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from hub.kernel.times import to_iso, to_milliseconds
from hub.model.customer import Customer
from hub.model.event import Event
from hub.model.promo_code import derive_promo_code
from tests.factories import NOON
from tests.simulation.recording.town import CHANNELS
from tests.simulation.recording.virtual_hub import VirtualHub

GAP = timedelta(minutes=10)
PRICE = {"amount": 2500, "currency": "GBP"}
CART: Mapping[str, Any] = {"cart": "k", "items": 1, **PRICE}
ORDER: Mapping[str, Any] = {"order": "o-1", **PRICE}
CLICK: Mapping[str, Any] = {"sku": "sku-1", "name": "Mug sku-1", "quantity": 1, **PRICE}
COMPLAINT: Mapping[str, Any] = {"case": "case-1", "subject": "Late"}
LAST: tuple[str, Mapping[str, Any]] = ("page.viewed", {})
"""A replay compares the state after an episode where another episode follows."""
Profile = dict[str, Any]
Events = tuple[tuple[str, Mapping[str, Any]], ...]


@dataclass(frozen=True)
class EdgeCase:
    """A profile, and the events that reach it. `ago` is how late the first event is."""

    name: str
    profile: Mapping[str, Any]
    events: Events
    ago: timedelta = timedelta()


def schedule_edge_cases(hub: VirtualHub) -> None:
    """Stores each profile as it is, without an episode, and sends its events."""
    for case in _cases():
        customer_id = f"{hub.name}-{case.name}"
        profile = {"customer_id": customer_id, "version": 2, **_reachable(case.profile)}
        hub.customers.put(Customer.from_dict(profile))
        for number, (event_type, properties) in enumerate((*case.events, LAST)):
            when = NOON + number * GAP
            event = Event(
                id=f"{customer_id}-{number}",
                type=event_type,
                source="shop",
                occurred_at=when - (timedelta() if number else case.ago),
                received_at=when,
                correlation_id=f"{customer_id}-{number}",
                customer_id=customer_id,
                properties=properties,
            )
            hub.schedule_call(when, lambda event=event: hub.queue.send([event]))  # type: ignore[misc]  # mypy takes no default of a lambda


def _reachable(profile: Mapping[str, Any]) -> dict[str, Any]:
    """With an address and consent on all channels, where the profile says nothing else."""
    contact = {"email": "e@example.com", "phone": "+442071838750", "push": "arn:app/1"}
    consent = {channel: {"marketing": True, "service": True} for channel in CHANNELS}
    place = {"country": "GB", "time_zone": "Europe/London", "street": "1 High Street"}
    return {"contact": contact, "consent": consent, "place": place, **profile}


def _ago(**time: float) -> datetime:
    return NOON - timedelta(**time)


def _cases() -> Iterator[EdgeCase]:
    yield from _contact_history_cases()
    yield from _sales_cases()
    yield from _profile_cases()


def _contact_history_cases() -> Iterator[EdgeCase]:
    events: Events
    seen = [
        [to_milliseconds(_ago(days=8, hours=n)), "web", "tea", "tea", f"w-{n}"] for n in range(50)
    ]
    sent = [[to_milliseconds(_ago(days=12, hours=n)), "push", "", "", f"m-{n}"] for n in range(130)]
    limits: dict[str, Any] = {"contacts": [*seen, *sent], "offers": {"tea": 50}}
    yield EdgeCase("many-contacts", {"limits": limits}, (("cart.abandoned", CART),))

    names = [f"category:c-{n}" for n in range(100)]
    until = {name: to_iso(_ago(days=n % 9 - 12)) for n, name in enumerate(names)}
    silences = {"suppressed": until}
    yield EdgeCase("many-silences", {"limits": silences}, (("complaint.filed", COMPLAINT),))

    goals = {f"goal.n{n}": [to_iso(_ago(days=n)), to_iso(_ago(days=n + 50))] for n in range(100)}
    yield EdgeCase("many-goals", {"limits": {"goals": goals}}, (("order.completed", ORDER),))

    awaiting = {f"a-{n}": ("order.completed" if n % 7 == 0 else "") for n in range(50)}
    gold = {"loyalty": {"tier": "Gold", "number": "1"}, "limits": {"awaiting": awaiting}}
    events = (("complaint.filed", COMPLAINT), ("order.completed", ORDER))
    yield EdgeCase("many-awaited", gold, events)

    trials = {
        f"s-{n}|trial-{n}": [
            to_iso(_ago(days=n % 29)),
            n % 2 == 0,
            "",
            to_iso(_ago(days=n % 29)),
            False,
        ]
        for n in range(42)
    }
    enrolled = {"limits": {"enrolled": trials}}
    events = (("cart.abandoned", CART), ("order.completed", ORDER))
    yield EdgeCase("many-experiments", enrolled, events)

    shown = {
        name: {**_showing(name, _ago(days=days)), "id": f"a-{name}"}
        for name, days in (("tea", 2), ("beans", 1), ("club", 3), ("shipping", 40))
    }
    more = {f"old-{n}": {**_showing(f"old-{n}", _ago(days=4)), "id": f"a-{n}"} for n in range(20)}
    answer = {"offer": "beans", "reference": "a-beans", "channel": "email"}
    delivered = {
        "action_id": "a-new",
        "channel": "email",
        "purpose": "marketing",
        "showing": _showing("preview", NOON),
    }
    showings = {"limits": {"showings": {**more, **shown}}}
    events = (
        ("offer.clicked", answer),
        ("offer.accepted", {**answer, "offer": "tea"}),
        ("order.completed", ORDER),
        ("action.delivered", delivered),
    )
    yield EdgeCase("many-impressions", showings, events)

    older = ["2026-11-10T12:00:00.000Z", ["queue:retention", 1]]
    claims = {"a-older": older, "a-ended": to_iso(_ago(days=9)), "a-held": to_iso(_ago(days=-1))}
    events = (("page.viewed", {}), ("action.declined", {"action_id": "a-held", "channel": "call"}))
    yield EdgeCase("older-claims", {"limits": {"claims": claims}}, events)

    calls = {
        "a-over": _call("a-over", _ago(hours=1), "task-1"),
        "a-waits": _call("a-waits", _ago(days=-2), ""),
        "a-there": _call("a-there", _ago(days=-2), "task-3"),
    }
    delivered = {"action_id": "a-waits", "channel": "call", "reference": "task-2"}
    done = {"call": "c-1", "action_id": "a-there", "outcome": "reached"}
    events = (
        ("action.delivered", delivered),
        ("call.completed", done),
        ("order.completed", ORDER),
    )
    yield EdgeCase("calls", {"limits": {"calls": calls}}, events)


def _sales_cases() -> Iterator[EdgeCase]:
    events: Events
    trace = {
        "action_id": "a-touch",
        "customer_id": "c",
        "decision_id": "d-touch",
        "decided_at": to_iso(_ago(days=3)),
        "channel": "email",
    }
    touches = [[to_milliseconds(_ago(days=3)), trace]]
    lines = [_line(n, trace) for n in range(39)]
    whole = ["o-7", "", to_milliseconds(_ago(hours=30)), "", 9000, "GBP", "", 1, 0, trace, 9000]
    back = ["o-7", "back", to_milliseconds(_ago(hours=20)), "sku-1", -400, "GBP"]
    owing = {"owing": {"touches": touches, "lines": [*lines, whole, back]}}
    item = {"item": "sku-1", "quantity": 1, **PRICE}
    events = (
        ("item.purchased", {"invoice": "i-1", **item}),
        ("item.purchased", {"order": "o-7", "line": "2", **item}),
        ("item.purchased", {"invoice": "i-2", "promo_code": "tea 2026", **item}),
        ("item.returned", {"invoice": "i-9", **item, "amount": 300}),
        ("order.completed", {"order": "o-7", **PRICE}),
        ("order.completed", {"order": "o-7", "coupon": "TEA-2026", **PRICE}),
        (
            "item.purchased",
            {"order": "o-7", "line": "2", "promo_code": derive_promo_code("a-touch"), **item},
        ),
        ("order.cancelled", {"order": "o-7"}),
        ("order.refunded", {"order": "o-5", "amount": 10**7, "currency": "GBP"}),
    )
    yield EdgeCase("many-lines", owing, events)

    old = [_line(n, trace, days=89.9) for n in range(3)]
    returned = ["o-1", "back", to_milliseconds(_ago(days=1)), "", -2400, "GBP"]
    owing = {"owing": {"touches": touches, "lines": [*old, returned]}}
    yield EdgeCase("old-lines", owing, (("item.purchased", item), ("item.purchased", item)))

    row = {
        "through": "2026-11-20",
        "as_of": to_iso(_ago(days=1)),
        "count": 4,
        "spent": {"GBP": 9000},
    }
    days = {"2026-10-01": {"count": 1}, "2026-11-21": {"count": 2, "spent": {"GBP": 700}}}
    mart = {"mart": {"rows": {"m-1": row}, "days": days}, "purchases": {"count": 6}}
    events = (
        ("item.purchased", item),
        ("mart.loaded", {"key": "m-1", "through": "2026-11-01", "count": 1}),
        ("mart.loaded", {"key": "m-1", "through": "2026-08-01", "count": 1}),
        ("mart.loaded", {"key": "m-2", "through": "2026-11-21", "count": 9, "returns": 1}),
        ("item.returned", {"invoice": "i-1", **item}),
    )
    yield EdgeCase("mart", mart, events, ago=timedelta(days=6))

    today = {"mart": {"rows": {"m-1": {**row, "through": "2026-11-22"}}, "days": {}}}
    yield EdgeCase("mart-of-today", today, (("item.purchased", item),))


def _profile_cases() -> Iterator[EdgeCase]:
    profile: Profile
    answers = [{"question": f"Question {n}?", "number": n} for n in range(5)]
    answers.append({"question": "Long?", "text": "long " * 40})
    attitudes = {f"question_{n}_old": n for n in range(52)}
    as_of = {f"attitudes.{name}": to_milliseconds(_ago(days=n)) for n, name in enumerate(attitudes)}
    survey = {"survey": "s-1", "answers": answers}
    profile = {"attitudes": attitudes, "as_of": as_of}
    yield EdgeCase("many-answers", profile, (("survey.answered", survey),))

    failed = {"email": {"failed": {"e@example.com": to_iso(_ago(days=1))}, "reached": {}}}
    emails = {"email": ["e@example.com", "f@example.com"], "phone": ["+442071838750"]}
    profile = {"engagement": failed, "identities": emails}
    yield EdgeCase("returned-mail", profile, (("cart.abandoned", CART),))

    later = {"interests": {"newcomer": False}, "as_of": {"interests.newcomer": 4 * 10**12}}
    yield EdgeCase("known-since", later, (("customer.signed_up", {}),))

    nowhere = {"place": {"country": "US", "time_zone": "Mars/Olympus"}, "consent": {"email": True}}
    leap = {"loyalty": {"since": "2020-02-29", "tier": "Gold"}, "person": {"birthday": "soon"}}
    contact = {"email": "e@example.com", "preferred_channels": "sms"}
    yield EdgeCase(
        "odd-values",
        {**nowhere, **leap, "contact": contact},
        (
            ("product.clicked", CLICK),
            ("product.clicked", {**CLICK, "amount": "2500", "name": 7}),
            ("product.clicked", {**CLICK, "amount": float("1e3"), "currency": None}),
            ("cart.abandoned", {**CART, "amount": 2500.5}),
            ("order.completed", {"order": "o-1", "amount": "a lot"}),
            ("call.completed", {"call": "1", "outcome": "reached"}),
            ("offer.viewed", {"offer": "tea", "reference": "r"}),
            ("message.received", {"message": "m"}),
        ),
    )

    seen = [[to_milliseconds(_ago(hours=n)), "web", "", "", f"w-{n}"] for n in range(40)]
    rings = {
        "behaviour": [[f"d{n}", "page.viewed", to_milliseconds(_ago(hours=n))] for n in range(50)]
    }
    interests = {f"topic_{n}": "long words " * 18 for n in range(75)}
    activity = {"page.viewed": {f"2026-11-{day:02}": 3 for day in range(1, 22)}}
    profile = {
        "limits": {"contacts": seen},
        "recent": rings,
        "interests": interests,
        "activity": activity,
        "as_of": {f"interests.{name}": n for n, name in enumerate(interests)},
    }
    yield EdgeCase("too-large", profile, (("page.viewed", {"path": "/kitchen"}),) * 2)


def _showing(offer: str, at: datetime) -> dict[str, Any]:
    bins = ["customer.loyalty.tier=gold"]
    learner = {"channel": "email", "bins": bins, "half_life": 864000}
    return {"offer": offer, "at": to_iso(at), **learner}


def _call(action_id: str, expires_at: datetime, reference: str) -> dict[str, Any]:
    call = {
        "id": action_id,
        "channel": "call",
        "customer_id": "c",
        "decision_id": "d-call",
        "rule_id": "cart-left",
        "strategy": "calls",
        "state": "",
        "catalogue": 1,
        "decided_at": to_iso(_ago(days=1)),
        "expires_at": to_iso(expires_at),
        "correlation_id": "k",
        "hops": 0,
        "what": {"purpose": "marketing", "queue": "sales", "template": "basket"},
        "event": {"id": "e", "type": "cart.abandoned", "occurred_at": to_iso(_ago(days=1))},
        "address": "+442071838750",
        "goal": "order.completed",
    }
    return {**call, "reference": reference} if reference else call


def _line(number: int, trace: Mapping[str, Any], days: float = 1) -> list[Any]:
    """An attributed line of a sale."""
    at = to_milliseconds(_ago(days=days, minutes=number))
    sale, item = f"o-{number % 6}", f"sku-{number % 3}"
    return [sale, f"l-{number}", at, item, 800, "GBP", "", 1, at, trace, 800]
