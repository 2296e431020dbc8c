"""What is kept of an event that is too large to be stored with its customer.

A purchase, a return, an erasure and what the customer says of consent always find room.
"""

from collections.abc import Mapping
from dataclasses import replace
from itertools import islice

from hub.kernel.errors import OverLimit
from hub.kernel.json_types import Json, JsonObject
from hub.kernel.money import find_money_problem
from hub.model.channels import CHANNELS, PURPOSES
from hub.model.event import Event
from hub.profile.domain.erasure import ERASED
from hub.profile.domain.json_size import measure_json
from hub.profile.domain.mart_row import MART_LOADED, MONEY_TOTALS
from hub.profile.domain.occurrences import BUSINESS_TYPES
from hub.profile.domain.refusal_event import build_refusal
from hub.profile.domain.trait_kinds import CONSENT, find_refusals, list_fields

MOST_TOTAL = 10**17
"""The greatest total of the row of a mart, in minor units."""
MOST_CURRENCIES_OF_ROW = 16
MOST_ENTRIES = 40
LONGEST_ENTRY = 500
"""The most bytes of JSON of an entry of identities, properties or context that is kept."""


def check_money(event: Event) -> None:
    """Raises `OverLimit` if an amount is too great or in no known currency, in the event or in a
    total of the row of a mart."""
    amount = event.properties.get("amount")
    if type(amount) is int:
        field, problem = find_money_problem(amount, event.properties.get("currency"))
        if problem:
            raise OverLimit(problem, f"properties.{field}")
    if event.type == MART_LOADED:
        _check_mart_totals(event)


def _check_mart_totals(event: Event) -> None:
    for name in sorted(MONEY_TOTALS):
        stated = event.properties.get(name)
        sums = stated if isinstance(stated, Mapping) else {event.properties.get("currency"): stated}
        if len(sums) > MOST_CURRENCIES_OF_ROW:
            reason = f"has more than {MOST_CURRENCIES_OF_ROW} currencies"
            raise OverLimit(reason, f"properties.{name}")
        for currency, total in sums.items():
            amount = total if type(total) is int else 0
            if problem := find_money_problem(amount, currency, MOST_TOTAL)[1]:
                raise OverLimit(problem, f"properties.{name}")


def keep_essentials(event: Event) -> Event | None:
    """Returns the purchase, return, payment or erasure without what is long; None for other types.

    Of the traits only consent stays. `context.shortened` is true.
    """
    if event.type not in BUSINESS_TYPES and event.type != ERASED:
        return None
    return replace(
        event,
        identities=_keep_short(event.identities),
        traits=_keep_consent(event.traits),
        properties=_keep_short(event.properties),
        context={**_keep_short(event.context), "shortened": True},
        extra={},
    )


def extract_refusal(event: Event) -> Event | None:
    """Returns what the event refuses as an event of its own; None if it refuses nothing."""
    if not (refused := find_refusals(event.traits)):
        return None
    return build_refusal(event, event.customer_id, refused, f"{event.type} is parked")


def _keep_consent(traits: Mapping[str, JsonObject]) -> dict[str, JsonObject]:
    """Keeps what is said of the channels and purposes that the hub has."""
    consent: dict[str, dict[str, Json]] = {}
    for path, value in list_fields(CONSENT, traits.get(CONSENT, {})):
        if len(path) == len((CONSENT, "channel", "purpose")):
            _, channel, purpose = path
            if channel in CHANNELS and purpose in PURPOSES:
                consent.setdefault(channel, {})[purpose] = value
    return {CONSENT: consent} if consent else {}


def _keep_short(values: JsonObject) -> dict[str, Json]:
    """Keeps the first `MOST_ENTRIES` entries of at most `LONGEST_ENTRY` bytes."""
    short = (
        (name, value)
        for name, value in values.items()
        if measure_json({name: value}) <= LONGEST_ENTRY
    )
    return dict(islice(short, MOST_ENTRIES))
