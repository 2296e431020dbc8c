"""The calendar table: the occasions to announce, by their day."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import orjson
from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.expressions.update import Action

from hub.life_events.domain.occasions import YEARLY, Occasion
from hub.platform.adapters.aws_text import to_json
from hub.platform.adapters.dynamodb import TableModel, bind_table, translate_errors

RETENTION = timedelta(days=90)


class OccasionItem(TableModel):
    """One occasion of one customer; `announced` is the last day on which it was announced."""

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
        self._item = bind_table(OccasionItem, table)

    @translate_errors()
    def note(self, occasions: Sequence[Occasion]) -> None:
        """Updates items, because a put would delete `announced`."""
        item = self._item
        for occasion in occasions:
            actions: list[Action] = [
                item.customer_id.set(occasion.customer_id),
                item.kind.set(occasion.kind),
            ]
            if occasion.kind not in YEARLY:
                actions += [
                    item.of.set(occasion.event_id),
                    item.says.set(to_json(occasion.properties)),
                    item.expires.set(_expiry(occasion.day)),
                ]
            item(occasion.day, _occasion_key(occasion)).update(actions)

    def read_open(self, page: str, day: str) -> Iterator[Occasion]:
        with translate_errors():
            query = self._item.query(page, consistent_read=True)
            for item in query:
                if item.announced is None or item.announced < day:
                    yield _to_occasion(item)

    @translate_errors()
    def mark_announced(self, occasion: Occasion, day: str) -> None:
        item = self._item(occasion.day, _occasion_key(occasion))
        item.update([self._item.announced.set(day)])


def _occasion_key(occasion: Occasion) -> str:
    return f"{occasion.customer_id}#{occasion.kind}#{occasion.event_id}".removesuffix("#")


def _to_occasion(item: OccasionItem) -> Occasion:
    properties = orjson.loads(item.says) if item.says else {}
    return Occasion(item.day, item.customer_id, item.kind, item.of or "", properties)


def _expiry(day: str) -> int:
    """In seconds since 1970. The last days of the year 9999 have it after that year."""
    return (date.fromisoformat(day) - date(1970, 1, 1) + RETENTION) // timedelta(seconds=1)
