"""The mart table: the latest row of each customer of the mart."""

from pynamodb.attributes import UnicodeAttribute

from hub.kernel.errors import Conflict
from hub.platform.adapters.aws_text import to_json
from hub.platform.adapters.dynamodb import TableModel, bind_table, translate_errors
from hub.profile.domain.mart_row import MartRow


class MartItem(TableModel):
    """One row. `through` and `as_of` are attributes, so that a query finds rows that lag."""

    customer_key = UnicodeAttribute(hash_key=True)
    customer_id = UnicodeAttribute()
    through = UnicodeAttribute()
    as_of = UnicodeAttribute()
    told_by = UnicodeAttribute()
    row = UnicodeAttribute()


class Mart:
    """`hub.profile.ports.Mart` in DynamoDB."""

    def __init__(self, table: str) -> None:
        self._item = bind_table(MartItem, table)

    def store(self, row: MartRow) -> None:
        """Stores the row, unless the table has a later one. A row of a day that has not begun when
        this one was received is not later."""
        try:
            self._put(row)
        except Conflict:
            return  # the table has a later row

    @translate_errors()
    def _put(self, row: MartRow) -> None:
        item = self._item
        newer = (item.through == row.through) & (item.as_of <= row.as_of)
        replaceable = newer | (item.through < row.through) | (item.through > row.received_on)
        item(
            row.key,
            customer_id=row.customer_id,
            through=row.through,
            as_of=row.as_of,
            told_by=row.event_id,
            row=to_json({"totals": row.totals, "traits": row.traits}),
        ).save(item.customer_key.does_not_exist() | replaceable)
