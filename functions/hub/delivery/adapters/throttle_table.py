"""The throttle states: one item for each provider, written only when it changes."""

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from hub.delivery.domain.connector.circuit_breaker import ThrottleState
from hub.platform.adapters.dynamodb import TableModel, bind_table, translate_errors


class ThrottleItem(TableModel):
    name = UnicodeAttribute(hash_key=True)
    full_at = NumberAttribute()
    failures = NumberAttribute()
    failing_since = NumberAttribute()
    rests_until = NumberAttribute()
    version = NumberAttribute()


class ThrottleStates:
    """`hub.delivery.ports.ThrottleStates` in DynamoDB."""

    def __init__(self, table: str) -> None:
        self._item = bind_table(ThrottleItem, table)

    @translate_errors()
    def read(self, name: str) -> ThrottleState:
        try:
            item = self._item.get(name, consistent_read=True)
        except self._item.DoesNotExist:
            return ThrottleState()
        return ThrottleState(
            full_at=float(item.full_at),
            failures=int(item.failures),
            failing_since=float(item.failing_since),
            rests_until=float(item.rests_until),
            version=int(item.version),
        )

    @translate_errors()
    def write(self, name: str, state: ThrottleState) -> None:
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
