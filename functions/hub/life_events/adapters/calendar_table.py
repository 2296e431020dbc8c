"""The calendar table: by the day on which it comes, what is to be announced to whom."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import orjson
from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.expressions.update import Action

from hub.life_events.domain.occasions import YEARLY, Occasion
from hub.platform.adapters.aws_text import to_json
from hub.platform.adapters.dynamodb import Table, table_of, translated

KEPT = timedelta(days=90)


class OccasionItem(Table):
    """`announced` is the last day on which it was."""

    day = UnicodeAttribute(hash_key=True)
    occasion = UnicodeAttribute(range_key=True)
    customer_id = UnicodeAttribute()
    kind = UnicodeAttribute()
    of = UnicodeAttribute(null=True)
    says = UnicodeAttribute(null=True)
    announced = UnicodeAttribute(null=True)
    expires = NumberAttribute(null=True)


class Calendar:
    """`hub.life_events.ports.Calendar` in DynamoDB."""

    def __init__(self, table: str) -> None:
        self._item = table_of(OccasionItem, table)

    @translated()
    def note(self, occasions: Sequence[Occasion]) -> None:
        """Updates, for a put would forget what was announced."""
        item = self._item
        for one in occasions:
            actions: list[Action] = [item.customer_id.set(one.customer_id), item.kind.set(one.kind)]
            if one.kind not in YEARLY:
                gone = date.fromisoformat(one.day) + KEPT
                actions += [item.of.set(one.of), item.says.set(to_json(one.says))]
                actions += [item.expires.set(_seconds(gone))]
            item(one.day, _name(one)).update(actions)

    def open(self, page: str, day: str) -> Iterator[Occasion]:
        with translated():
            query = self._item.query(page, consistent_read=True)
            for item in query:
                if item.announced is None or item.announced < day:
                    yield _occasion(item)

    @translated()
    def tick_off(self, occasion: Occasion, day: str) -> None:
        item = self._item(occasion.day, _name(occasion))
        item.update([self._item.announced.set(day)])


def _name(occasion: Occasion) -> str:
    return f"{occasion.customer_id}#{occasion.kind}#{occasion.of}".removesuffix("#")


def _occasion(item: OccasionItem) -> Occasion:
    says = orjson.loads(item.says) if item.says else {}
    return Occasion(item.day, item.customer_id, item.kind, item.of or "", says)


def _seconds(day: date) -> int:
    return (day - date(1970, 1, 1)).days * 86_400
