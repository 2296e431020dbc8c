"""`frequency_cap`: the most marketing messages in a period."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

from hub.catalogue.domain.offer import CALENDAR_PERIODS, MOST_CONTACTS
from hub.catalogue.domain.policy.scope import PolicyScope, build_scope_properties, read_policy_scope
from hub.catalogue.domain.row_reader import RowReader
from hub.expression.domain.field_types import FieldTypes
from hub.kernel.json_types import JsonObject


@dataclass(frozen=True, slots=True)
class FrequencyCap:
    """`most` is period -> the most marketing messages in it. A period is a `day`, `week` or `month`
    of the customer's calendar."""

    KIND: ClassVar[str] = "frequency_cap"
    SCHEMA: ClassVar[JsonObject] = {
        "properties": {**build_scope_properties("channel", "category"), "most": {"type": "object"}},
        "required": ["most"],
    }
    about: PolicyScope
    most: Mapping[str, int]

    @classmethod
    def read(cls, reader: RowReader, _: FieldTypes, /) -> Self:
        most = reader.read_counts("most", CALENDAR_PERIODS, MOST_CONTACTS)
        if not most and "most" not in reader.row:
            reader.add_problem("most is missing: it must be a map such as {'day': 1, 'week': 3}")
        return cls(read_policy_scope(reader, "channel", "category"), most)
