"""The throttles: one small item a provider, written only when something changes."""

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from hub.delivery.domain.connector.circuit_breaker import Throttle
from hub.platform.adapters.dynamodb import Table, table_of, translated


class ThrottleItem(Table):
    name = UnicodeAttribute(hash_key=True)
    full_at = NumberAttribute()
    failures = NumberAttribute()
    failing_since = NumberAttribute()
    rests_until = NumberAttribute()
    version = NumberAttribute()


class Throttles:
    """`hub.delivery.ports.Throttles` in DynamoDB."""

    def __init__(self, table: str) -> None:
        self._item = table_of(ThrottleItem, table)

    @translated()
    def read(self, name: str) -> Throttle:
        try:
            item = self._item.get(name, consistent_read=True)
        except self._item.DoesNotExist:
            return Throttle()
        return Throttle(
            full_at=float(item.full_at),
            failures=int(item.failures),
            failing_since=float(item.failing_since),
            rests_until=float(item.rests_until),
            version=int(item.version),
        )

    @translated()
    def write(self, name: str, state: Throttle) -> None:
        item = self._item(
            name,
            full_at=state.full_at,
            failures=state.failures,
            failing_since=state.failing_since,
            rests_until=state.rests_until,
            version=state.version + 1,
        )
        version = self._item.version
        item.save(version == state.version if state.version else version.does_not_exist())
