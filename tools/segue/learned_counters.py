"""The learner's counters, read and explained with every number."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from boto3.dynamodb.conditions import Key as Where

from hub.catalogue.domain.catalogue import read_policies
from hub.catalogue.domain.policy.learning_policy import find_learner
from hub.kernel.did_you_mean import find_nearest, format_suggestion
from hub.learning.domain.beliefs import Beliefs
from hub.learning.domain.decaying_counters import CATALOGUE, Arm, CounterKey, CounterSnapshot
from hub.learning.domain.explanation import explain_propensity
from hub.learning.domain.propensity import Learner
from tools.segue import catalogues
from tools.segue.hub import Hub
from tools.segue.local_home import UserError

Row = dict[str, Any]
EVERY_OFFER = "every offer"


def read_beliefs(hub: Hub, offer: str = "") -> Beliefs:
    """Return the current beliefs, about one offer and its catalogue or about all."""
    stored = dict(map(_parse_item, _read_items(hub, offer)))
    learner = read_learner(hub)
    return Beliefs(learner, CounterSnapshot(stored, learner.decay, datetime.now(UTC)))


def read_learner(hub: Hub) -> Learner:
    """Return the learner of the newest catalogue."""
    number = catalogues.read_newest_number(hub)
    if not number:
        return Learner()
    return find_learner(read_policies(catalogues.read_snapshot(hub, number)))


def explain_offer(beliefs: Beliefs, offer: str, channel: str) -> list[Row]:
    """Return for each channel every number behind the offer's propensities."""
    arms = [arm for arm in _select_arms(beliefs, channel) if arm.offer == offer]
    return [row for arm in arms for row in explain_propensity(arm, beliefs)]


def list_offers(beliefs: Beliefs, channel: str) -> list[Row]:
    """Return a row for each offer and channel, after a row for the channel."""
    return list(_list_rows(beliefs, _select_arms(beliefs, channel)))


def explain_absence(hub: Hub, offer: str, channel: str) -> UserError:
    """Return an error that says why there is nothing to show."""
    arms = _select_arms(read_beliefs(hub), "")
    if not arms:
        return UserError("The hub has learned nothing yet: no offer was sent.")
    offers, channels = ({arm[at] for arm in arms} for at in (0, 1))
    if offer and offer not in offers:
        hint = format_suggestion(find_nearest(offer, offers))
        return UserError(f"The hub has learned nothing about {offer!r}{hint}")
    known_channels = ", ".join(sorted(channels))
    return UserError(
        f"The hub has learned nothing about it on {channel!r}, only on {known_channels}."
    )


def _select_arms(beliefs: Beliefs, channel: str) -> list[Arm]:
    """Return the arms by channel and offer, without the catalogue's own."""
    arms = [arm for arm in beliefs.counters.list_arms() if arm.offer != CATALOGUE]
    return sorted((arm for arm in arms if channel in ("", arm.channel)), key=lambda arm: arm[::-1])


def _list_rows(beliefs: Beliefs, arms: Iterable[Arm]) -> Iterator[Row]:
    channel_shown = ""
    for arm in arms:
        wide, own, *_ = explain_propensity(arm, beliefs)
        if arm.channel != channel_shown:
            channel_shown = arm.channel
            yield {"offer": EVERY_OFFER, **wide}
        yield {"offer": arm.offer, **own}


def _read_items(hub: Hub, offer: str) -> Iterator[Row]:
    table, client = hub.table("Learned").name, hub.dynamodb.meta.client
    if not offer:
        for page in client.get_paginator("scan").paginate(TableName=table):
            yield from page["Items"]
    for one in (offer, CATALOGUE) if offer else ():
        of_one: Any = Where("offer").eq(one)
        paginator = client.get_paginator("query")
        for page in paginator.paginate(TableName=table, KeyConditionExpression=of_one):
            yield from page["Items"]


def _parse_item(item: Row) -> tuple[CounterKey, dict[str, int]]:
    """Return the numbers of an item. Its texts are the key or a remark."""
    numbers = {name: int(value) for name, value in item.items() if isinstance(value, Decimal)}
    return CounterKey(str(item["offer"]), str(item["cell"])), numbers
