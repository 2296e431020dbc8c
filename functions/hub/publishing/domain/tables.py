"""All tables that marketers edit, in one registry."""

from collections.abc import Mapping
from typing import Any

from hub.audiences.domain.audience import AUDIENCES
from hub.catalogue.domain.tables import OFFERS, POLICIES, RULES, TEMPLATES, Table
from hub.publishing.domain.stories import STORIES

# The rows of a table name only rows of the tables behind it.
TABLES: Mapping[str, Table[Any]] = {
    table.name: table for table in (STORIES, AUDIENCES, RULES, OFFERS, POLICIES, TEMPLATES)
}
