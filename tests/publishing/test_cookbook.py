"""The marketer's cookbook: every programme of `examples/programmes` is publish_rows and works."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from hub.catalogue.domain.catalogue import Catalogue
from hub.catalogue.domain.shared_content import (
    TemplateKind,
    read_kind,
    read_shared_content,
    snippet_from_row,
)
from hub.catalogue.domain.template import read_template_row, template_from_row
from hub.content.wiring import build_proofread_template
from hub.expression.domain.field_types import FieldTypes
from hub.publishing.adapters.row_json_schemas import load_declared_fields
from hub.publishing.domain.stories import find_mismatches, story_from_row
from hub.publishing.domain.stories.playthrough import Playthrough, play_story
from hub.publishing.domain.tables import TABLES
from hub.publishing.steps.publish_catalogue import publish_catalogue
from hub.publishing.wiring import wire_row_check
from tests.fakes.catalogue import CatalogueRows, CatalogueStore
from tests.fakes.clock import FixedClock

ROOT = next(parent for parent in Path(__file__).parents if (parent / "pyproject.toml").is_file())
PROGRAMMES = ROOT / "examples" / "programmes"
PAGE = (ROOT / "docs" / "marketers" / "cookbook.md").read_text(encoding="utf-8")
NAMES = sorted(folder.name for folder in PROGRAMMES.iterdir() if folder.is_dir())
LANGUAGES = ("de", "en")
NIGHT = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
UNSEEN_BY_STORIES = ("holdout", "capacity")
"""Nobody in a story is held out, and no call of others fills a queue."""
SILENCE_OTHERS = ("re-permission-lapsed", "vip-complaint-silence")
"""These keep other programmes silent: the tests of two programmes together show it."""
Rows = dict[str, list[dict[str, Any]]]


def programme(*names: str) -> Rows:
    """The rows in the folders of these programmes, by table."""
    rows: Rows = {table: [] for table in TABLES}
    for name in names:
        for file in sorted((PROGRAMMES / name).glob("*.json")):
            rows[file.stem] += json.loads(file.read_text(encoding="utf-8"))
    return rows


def publish_rows(rows: Rows, at: datetime | None = None) -> tuple[CatalogueRows, Mapping[str, Any]]:
    """The rows with the publisher's feedback, and their catalogue."""
    tables, store = CatalogueRows(**rows), CatalogueStore()
    publish_catalogue(
        tables,
        store,
        check_row=wire_row_check(),
        clock=FixedClock(at) if at else FixedClock(),
        proofread=build_proofread_template(load_declared_fields()),
    )
    return tables, store.load(store.read_newest_number())


def objections(tables: CatalogueRows) -> list[str]:
    """The problems and warnings of all rows."""
    return [
        f"{table}/{key}: {sentence}"
        for table, rows in tables.rows.items()
        for key, row in rows.items()
        for name in ("problems", "warnings")
        for sentence in row["published"].get(name, ())
    ]


def plays(rows: Rows, catalogue: Mapping[str, Any]) -> Iterator[Playthrough]:
    """Each story of the rows, played through the catalogue."""
    whole = Catalogue.from_snapshot(catalogue)
    for row in rows["stories"]:
        yield play_story(story_from_row(row, FieldTypes()), whole, NIGHT)


def fails(story: Mapping[str, Any], *names: str) -> list[str]:
    """The mismatches of a story, with the rows of these programmes together."""
    _, catalogue = publish_rows(programme(*names))
    row = {"story_id": "both", "status": "live", **story}
    read = story_from_row(row, load_declared_fields())
    return find_mismatches(read, Catalogue.from_snapshot(catalogue), NIGHT)


def ids(rows: Rows) -> set[tuple[str, str]]:
    return {(table, row[TABLES[table].key]) for table, found in rows.items() for row in found}


def test_the_cookbook_has_ten_programmes() -> None:
    assert len(NAMES) == 10


@pytest.mark.parametrize("name", NAMES)
def test_a_programme_is_published_without_a_problem_or_a_warning(name: str) -> None:
    rows = programme(name)
    tables, catalogue = publish_rows(rows)
    assert objections(tables) == []
    in_catalogue = {(table, key) for table, found in catalogue["rows"].items() for key in found}
    assert in_catalogue == ids(rows)


def test_all_programmes_are_published_together_without_a_problem_or_a_warning() -> None:
    tables, _ = publish_rows(programme(*NAMES))
    assert objections(tables) == []


def test_the_hour_at_which_rows_are_published_does_not_matter() -> None:
    tables, _ = publish_rows(programme(*NAMES), NIGHT)
    assert objections(tables) == []


def test_no_two_programmes_and_no_example_have_a_row_of_the_same_id() -> None:
    every = {name: ids(programme(name)) for name in NAMES} | {"retail": ids(programme("../retail"))}
    for name, other in combinations(every, 2):
        assert every[name].isdisjoint(every[other]), f"{name} and {other}"


def test_the_stories_hold_beside_the_rules_and_policies_of_another_shop() -> None:
    rows = programme(*NAMES)
    others = programme("../retail")
    for table in rows.keys() - {"stories"}:
        rows[table] += others[table]
    tables, _ = publish_rows(rows)
    assert [found for found in objections(tables) if found.startswith("stories/")] == []


@pytest.mark.parametrize("name", NAMES)
def test_a_programme_names_its_rows_after_itself(name: str) -> None:
    assert {key for _, key in ids(programme(name)) if not key.startswith(f"{name}-")} == set()


@pytest.mark.parametrize("name", NAMES)
def test_the_stories_of_a_programme_show_it_sending_and_silent(name: str) -> None:
    rows = programme(name)
    _, catalogue = publish_rows(rows)
    sends = [bool(play.actions) for play in plays(rows, catalogue)]
    assert all(row["status"] == "live" for row in rows["stories"])
    assert True in sends
    assert False in sends


@pytest.mark.parametrize("name", NAMES)
def test_without_any_of_its_rules_or_policies_a_programme_breaks_one_of_its_stories(
    name: str,
) -> None:
    rows = programme(name)
    _, catalogue = publish_rows(rows)
    stories = [story_from_row(row, FieldTypes()) for row in rows["stories"]]

    def hold(without: tuple[str, str]) -> bool:
        table, key = without
        others = {name: row for name, row in catalogue["rows"][table].items() if name != key}
        changed = {**catalogue, "rows": {**catalogue["rows"], table: others}}
        whole = Catalogue.from_snapshot(changed)
        return not any(find_mismatches(story, whole, NIGHT) for story in stories)

    needed = [
        (table, row[TABLES[table].key])
        for table in ("rules", "policies")
        for row in rows[table]
        if row["status"] == "live" and row.get("kind") not in UNSEEN_BY_STORIES
    ]
    assert [key for key in needed if key[1] not in SILENCE_OTHERS and hold(key)] == []


@pytest.mark.parametrize("name", NAMES)
def test_a_programme_is_in_english_and_german(name: str) -> None:
    proofread = build_proofread_template(load_declared_fields())
    rows = programme(name)["templates"]
    shared = read_shared_content({row["template_id"]: row for row in rows})
    for row in rows:
        match read_kind(row):
            case TemplateKind.TEMPLATE:
                template = template_from_row(row, shared)
                assert {tuple(sorted(body)) for body in template.bodies.values()} == {LANGUAGES}
                assert template.brand
                proof = proofread(template, ())
            case TemplateKind.SNIPPET:
                proof = proofread(snippet_from_row(row), ())
            case _:
                proof = proofread(read_template_row(row), ())
        assert not proof.problems, row["template_id"]
        assert not proof.warnings, row["template_id"]


@pytest.mark.parametrize("name", NAMES)
def test_marketing_by_email_has_a_footer_to_unsubscribe(name: str) -> None:
    for row in programme(name)["templates"]:
        if row.get("purpose") == "marketing":
            for body in row.get("email", {}).values():
                assert all(f"'{name}-footer'" in body[part] for part in ("text", "mjml"))


def test_newcomers_get_no_newsletter_during_the_welcome_series() -> None:
    story = {
        "given": {"now": "2026-03-10T10:00:00Z"},
        "when": ["customer.signed_up", {"after": "5d", "type": "track.newsletter_issue"}],
        "then": {
            "said": {"template": "welcome-series-tips"},
            "not": {"template": "newsletter-issue"},
        },
    }
    assert fails(story, "welcome-series", "newsletter") == []


def test_an_open_complaint_of_a_vip_silences_all_marketing() -> None:
    story = {
        "given": {"now": "2026-03-10T10:00:00Z", "loyalty.tier": "gold"},
        "when": [
            {"type": "complaint.filed", "properties": {"subject": "Two cups broken"}},
            {"after": "10d", "type": "track.newsletter_issue"},
        ],
        "then": {"not": {"template": "newsletter-issue"}},
    }
    assert fails(story, "vip-complaint", "newsletter") == []


def test_a_lapsed_permission_means_no_newsletter_until_it_is_renewed() -> None:
    lapsed = {"now": "2026-03-10T10:00:00Z", "dialogues.permission.state": "lapsed"}
    issue = {"type": "track.newsletter_issue"}
    stay = {"type": "email.clicked", "properties": {"url": "https://shop.example.com/stay"}}
    silent = {"given": lapsed, "when": issue, "then": {"nothing": True}}
    back = {
        "given": lapsed,
        "when": [stay, {"after": "1d", **issue}],
        "then": {"said": {"offer": "newsletter-spring"}},
    }
    assert fails(silent, "re-permission", "newsletter") == []
    assert fails(back, "re-permission", "newsletter") == []


@pytest.mark.parametrize("name", NAMES)
def test_the_page_has_a_section_for_each_programme_that_names_its_rows(name: str) -> None:
    parts = (part.partition("\n") for part in PAGE.split("\n## "))
    sections = {title.lower().replace(" ", "-"): text for title, _, text in parts}
    keys = {key for table, key in ids(programme(name)) if table not in {"stories", "templates"}}
    assert {key for key in keys if f"`{key}`" not in sections[name]} == set()


def test_the_policies_that_the_page_advises_suit_all_programmes() -> None:
    (advised,) = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    rows = programme(*NAMES)
    rows["policies"] += json.loads(advised)
    tables, _ = publish_rows(rows)
    assert objections(tables) == []
