"""All tables that marketers edit, in one registry."""

from collections.abc import Mapping
from typing import Any

from hub.audiences.domain.audience import AUDIENCES
from hub.catalogue.domain.tables import OFFERS, POLICIES, RULES, TEMPLATES, Table
from hub.publishing.domain.stories import STORIES

# Each table names only what stands in those behind it.
TABLES: Mapping[str, Table[Any]] = {
    table.name: table for table in (STORIES, AUDIENCES, RULES, OFFERS, POLICIES, TEMPLATES)
}
