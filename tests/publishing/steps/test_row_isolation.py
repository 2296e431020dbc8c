"""Whatever a row raises costs that row alone: the others are published, the row gets a note in
plain words, and pausing, deleting and rolling back go on."""

from collections.abc import Mapping
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from boto3.dynamodb.types import Binary
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from hub.catalogue.domain.compiled_catalogue import load_compiled_catalogue
from hub.content.adapters.liquid_renderer import _parse
from hub.content.wiring import build_proofread_template
from hub.kernel.errors import Rejected, Unavailable
from hub.model.episode import Episode, RecordedEpisode
from hub.platform.adapters.aws_text import to_json
from hub.publishing.adapters.catalogue_rows_table import to_json_value
from hub.publishing.adapters.row_json_schemas import load_declared_fields
from hub.publishing.domain.publication import Publication
from hub.publishing.domain.row_validation import CatalogueTables
from hub.publishing.domain.tables import TABLES
from hub.publishing.steps.publish_catalogue import publish_catalogue
from hub.publishing.steps.roll_back_catalogue import roll_back_catalogue
from hub.publishing.wiring import wire_row_check
from tests.catalogues import SEND, a_policy, a_rule, a_template, an_offer
from tests.factories import NOON, a_customer, an_event
from tests.fakes.catalogue import CatalogueRows, CatalogueStore, RecordedEvents, RollbackRequests
from tests.fakes.clock import FixedClock
from tests.faulty_libraries import ERRORS, LIBRARY_TEXT, MARK, PASSING_ERRORS, failing

CHECK = wire_row_check()
PROOFREAD = build_proofread_template(load_declared_fields())
ODD_BODY = f"{MARK} {{{{ 5 | number }}}}"
MJML = f"<mjml><mj-body><mj-text>{MARK}</mj-text></mj-body></mjml>"
ODD_ROWS: Mapping[str, dict[str, Any]] = {
    "rules": a_rule("odd", SEND, when=f"event.path == '{MARK}'"),
    "offers": an_offer("odd", eligible=f"customer.loyalty.tier == '{MARK}'", content={"a": 1}),
    "policies": a_policy("suppression", "odd", when=f"customer.person.title == '{MARK}'"),
    "templates": {
        "template_id": "odd",
        "purpose": "marketing",
        "sms": {"en": {"text": ODD_BODY}},
        "email": {"en": {"subject": "x", "text": "x", "mjml": MJML}},
    },
    "audiences": {
        "audience_id": "odd",
        "expression": f"customer.loyalty.tier == '{MARK}'",
        "every": "1d",
        "status": "live",
    },
    "stories": {
        "story_id": "odd",
        "given": {"loyalty.tier": MARK},
        "when": "page.viewed",
        "then": {"not": {"channel": "fax"}},
        "status": "live",
    },
}
"""A valid row of each table. Only what it says has the mark, not its key."""
BABEL = "hub.content.adapters.liquid_filters:format_decimal"
QUOTED = (BABEL, "mrml:to_html")
"""What they say about a template is quoted, because authors can act on it."""
REFERENCES = "hub.publishing.domain.row_validation:find_template_problems"
CALLS = (
    "jsonschema:Draft202012Validator.iter_errors",
    "orjson:dumps",
    "liquid:Environment.from_string",
    "mrml:to_html",
    BABEL,
    "hub.catalogue.domain.row_reader:compile_expression",
    "hub.catalogue.domain.rule_book:build_plain_index",
    "hub.catalogue.domain.tables:tidy",
    "hub.publishing.domain.publication:find_mismatches",
    REFERENCES,
    "hub.publishing.domain.row_validation:find_sharing_problems",
    "hub.publishing.domain.row_validation:template_from_row",
    "hub.publishing.domain.linting:find_rule_warnings",
    "hub.publishing.domain.linting:find_unwinnable_offers",
    "hub.publishing.domain.linting:find_dangling_references",
    "hub.publishing.domain.linting.match_rate:_matches",
)
"""What publishing calls with a row: libraries, the compiler of conditions, the player of stories,
and the hub's own checks."""
EXAMPLES = settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def _options(call: str) -> dict[str, Any]:
    """Babel gets no text of the row, and the check of references gets all templates too."""
    return {"always": True} if call == BABEL else {"positions": (1,)} if call == REFERENCES else {}


class JsonStore(CatalogueStore):
    """Writes JSON as the bucket's adapter does."""

    def publish(
        self, number: int, snapshot: Mapping[str, Any], artifact: bytes | None = None
    ) -> None:
        to_json(snapshot)
        super().publish(number, snapshot, artifact)


class Shop:
    """The tables of a shop with a campaign that runs, the catalogues, and one recorded event."""

    def __init__(self) -> None:
        rules = [a_rule("promo", SEND, audience="everybody"), a_rule("old", SEND)]
        self.rows = CatalogueRows(rules=rules, templates=[a_template()])
        self.store = JsonStore()
        event = an_event("page.viewed", properties={"path": "x"})
        episode = Episode(
            customer_id="c-1",
            version=0,
            decided_at=NOON,
            catalogue=1,
            surroundings="",
            seed="s",
            events=(event,),
            decisions=(),
        )
        self.recorded = RecordedEvents(RecordedEpisode(a_customer(), episode))
        self.publish()

    def publish(self, restored: CatalogueTables | None = None) -> Publication:
        _parse.cache_clear()
        return publish_catalogue(
            self.rows,
            self.store,
            check_row=CHECK,
            clock=FixedClock(),
            proofread=PROOFREAD,
            restored=restored or {},
            recall=self.recorded.read_recent,
        )

    def newest(self) -> dict[str, dict[str, Any]]:
        rows: dict[str, dict[str, Any]] = self.store.load(self.store.read_newest_number())["rows"]
        return rows

    def edit_other_rows(self) -> None:
        """Pauses one rule, deletes one and adds one."""
        self.rows.put("rules", a_rule("promo", SEND, audience="everybody", status="paused"))
        del self.rows.rows["rules"]["old"]
        self.rows.put("rules", a_rule("fresh", SEND))

    def assert_other_rows_are_published(self) -> None:
        rules = self.newest()["rules"]
        assert rules["promo"]["status"] == "paused"
        assert "fresh" in rules
        assert "old" not in rules

    def note(self, table: str) -> Mapping[str, Any]:
        note: Mapping[str, Any] = self.rows.rows[table]["odd"]["published"]
        return note

    def roll_back(self, number: int) -> Mapping[str, Any]:
        wish = RollbackRequests(roll_back_to=number)
        roll_back_catalogue(self.rows, self.store, wish, self.publish, FixedClock())
        return wish.item


def assert_plain(
    note: Mapping[str, Any], row: Mapping[str, Any], *, quotes_library: bool = False
) -> None:
    """Holds that a note is in plain words and begins with an attribute of the row."""
    sentences = [*note["problems"], *note.get("warnings", ())]
    assert sentences
    for sentence in sentences:
        assert quotes_library or LIBRARY_TEXT not in sentence
        assert "Traceback" not in sentence
        assert "\n" not in sentence
    for problem in note["problems"]:
        assert problem.split(" ")[0].split(".")[0].split("[")[0] in row
    if note["problems"]:
        assert note["status"] in ("refused", "held back", "failed")


@EXAMPLES
@given(st.sampled_from(sorted(ODD_ROWS)), st.sampled_from(CALLS), ERRORS)
def test_whatever_is_raised_about_a_row_costs_that_row_alone(
    table: str, call: str, error: BaseException
) -> None:
    shop = Shop()
    shop.rows.put(table, ODD_ROWS[table])
    shop.edit_other_rows()
    with failing(call, error, **_options(call)) as raised:
        shop.publish()
        shop.assert_other_rows_are_published()
        if raised:
            assert_plain(shop.note(table), ODD_ROWS[table], quotes_library=call in QUOTED)
        assert load_compiled_catalogue(shop.store.artifacts[2]) is not None
        assert shop.roll_back(1)["rolled_back"]["to"] == 1
        assert shop.newest()["rules"].keys() >= {"promo", "old"}
        assert shop.newest()["rules"]["promo"]["status"] == "live"


@pytest.mark.parametrize("call", CALLS)
def test_each_call_is_made_about_some_row(call: str) -> None:
    raised_about = []
    for table, row in ODD_ROWS.items():
        shop = Shop()
        shop.rows.put(table, row)
        with failing(call, AttributeError(LIBRARY_TEXT), **_options(call)) as raised:
            shop.publish()
        if raised:
            raised_about.append(table)
            assert_plain(shop.note(table), row, quotes_library=call in QUOTED)
    assert raised_about


@EXAMPLES
@given(
    st.sampled_from(sorted(ODD_ROWS.keys() - {"templates"})),
    st.sampled_from([call for call in CALLS if call != "orjson:dumps"]),
    ERRORS,
)
def test_a_row_that_fails_can_be_paused_and_deleted(
    table: str, call: str, error: BaseException
) -> None:
    shop = Shop()
    shop.rows.put(table, ODD_ROWS[table])
    shop.publish()
    assert shop.newest()[table]["odd"]["status"] == "live"
    shop.rows.put(table, {**ODD_ROWS[table], "status": "paused"})
    with failing(call, error, **_options(call)):
        shop.publish()
        assert shop.newest()[table].get("odd", {}).get("status") != "live"
        del shop.rows.rows[table]["odd"]
        shop.publish()
        assert "odd" not in shop.newest()[table]


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(
        [call for call in CALLS if not call.startswith(("mrml", "liquid", "hub.content"))]
    ),
    PASSING_ERRORS,
)
def test_what_no_row_can_cause_is_raised_so_that_somebody_tries_again(
    call: str, error: Exception
) -> None:
    shop = Shop()
    for table, row in ODD_ROWS.items():
        shop.rows.put(table, row)
    with failing(call, error, **_options(call)), pytest.raises(type(error)):
        shop.publish()
    assert shop.store.read_newest_number() == 1


NUMBERS = st.one_of(
    st.integers(-(10**38) + 1, 10**38 - 1).map(Decimal),
    st.integers(-128, 125).map(lambda n: Decimal(1).scaleb(n)),
    st.sampled_from([Decimal(2**63), Decimal(2**64), Decimal("1E+100"), Decimal("1E-100")]),
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
ITEMS = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS, st.binary(max_size=4).map(Binary)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(TEXTS, inner, max_size=3),
        st.sets(TEXTS, min_size=1, max_size=3),
        st.sets(NUMBERS, min_size=1, max_size=3),
    ),
    max_leaves=6,
)
"""Whatever DynamoDB's console takes."""
PLACES = st.sampled_from(
    [
        (table, name)
        for table, row in ODD_ROWS.items()
        for name in (*row, "content", "values", "name", "edited_by")
        if name != TABLES[table].key
    ]
)
EAN = Decimal(12345678901234567890123)


@EXAMPLES
@given(PLACES, ITEMS)
@example(("offers", "content"), {"gtin": EAN})
@example(("offers", "value"), Decimal("1E+100"))
@example(("rules", "then"), [{"do": "set", "trait": "interests.number", "value": EAN}])
@example(("rules", "then"), [{"do": "emit", "event": "a.b", "properties": {"n": EAN}}])
@example(("stories", "given"), {"purchases.count": EAN})
@example(("templates", "values"), {"vat_no": EAN})
def test_whatever_the_console_takes_costs_its_row_alone(place: tuple[str, str], item: Any) -> None:
    shop = Shop()
    table, name = place
    shop.rows.put(table, {**ODD_ROWS[table], name: to_json_value(item)})
    shop.edit_other_rows()
    shop.publish()
    if shop.note(table)["status"] != "failed" and table != "stories":
        shop.assert_other_rows_are_published()
    assert shop.newest()["rules"]["promo"]["status"] == "paused"
    assert "old" not in shop.newest()["rules"]
    assert shop.roll_back(1)["rolled_back"]["to"] == 1
    assert shop.newest()["rules"]["promo"]["status"] == "live"


@pytest.mark.parametrize(
    ("table", "changed", "problem"),
    [
        ("offers", {"content": {"gtin": int(EAN)}}, "content.gtin"),
        (
            "rules",
            {"then": [{"do": "set", "trait": "interests.n", "value": 2**64}]},
            "then[1].value",
        ),
        ("stories", {"given": {"purchases": {"count": 2**64}}}, "given.purchases.count"),
    ],
)
def test_a_number_that_json_cannot_hold_is_a_problem_where_it_stands(
    table: str, changed: dict[str, Any], problem: str
) -> None:
    shop = Shop()
    shop.rows.put(table, {**ODD_ROWS[table], **changed})
    shop.publish()
    assert shop.note(table)["problems"] == [
        f"{problem} is a number of more than 19 digits: write it as a text"
    ]


@pytest.mark.parametrize(
    ("trait", "value", "kind"),
    [
        ("contact.phone", 441632960961, "a text"),
        ("contact.email", True, "a text"),
        ("contact.preferred_channels", "sms", "a list"),
        ("person.birthday", 19900520, "a date"),
    ],
)
def test_a_rule_sets_only_what_the_profile_holds(trait: str, value: Any, kind: str) -> None:
    shop = Shop()
    verb = {"do": "set", "trait": trait, "value": value}
    shop.rows.put("rules", {**ODD_ROWS["rules"], "then": [verb]})
    shop.publish()
    assert shop.note("rules")["problems"] == [
        f"then[1] set: value is {value!r}: {trait} holds {kind}"
    ]


def test_rules_that_can_only_be_compiled_apart_are_all_refused() -> None:
    shop = Shop()
    shop.rows.put("rules", ODD_ROWS["rules"])
    call = "hub.catalogue.domain.rule_book:compile_rule_book"
    with failing(call, RecursionError(LIBRARY_TEXT)):
        shop.publish()
    assert shop.note("rules")["status"] == "refused"
    assert "odd" not in shop.newest()["rules"]


def test_a_row_that_does_not_take_its_feedback_is_reported_and_the_others_get_theirs() -> None:
    class FullRow(CatalogueRows):
        def write_feedback(self, table: str, key: str, published: Mapping[str, Any]) -> None:
            if key == "full":
                raise Rejected("UpdateItem: ValidationException")
            super().write_feedback(table, key, published)

    rows = FullRow(rules=[a_rule("full", SEND), a_rule("small", SEND)], templates=[a_template()])
    reports: list[tuple[str, str]] = []
    publish_catalogue(
        rows,
        CatalogueStore(),
        check_row=CHECK,
        clock=FixedClock(),
        report=lambda what, detail: reports.append((what, detail)),
    )
    assert reports == [("feedback not written", "rules/full")]
    assert rows.rows["rules"]["small"]["published"]["status"] == "live"


@pytest.mark.parametrize("error", [Unavailable("S3: SlowDown"), KeyError(LIBRARY_TEXT)])
def test_an_archive_that_cannot_be_read_is_reported_and_stops_nothing(error: Exception) -> None:
    def recall(_: str) -> Any:
        raise error

    rows = CatalogueRows(
        rules=[a_rule("r", SEND, when="event.path == 'x'")], templates=[a_template()]
    )
    reports: list[str] = []
    publish = partial(publish_catalogue, rows, CatalogueStore(), check_row=CHECK)
    publish(
        clock=FixedClock(),
        recall=recall,
        report=lambda what, detail: reports.append(f"{what}: {detail}"),
    )
    assert rows.rows["rules"]["r"]["published"]["status"] == "live"
    assert reports[0].startswith("recorded events not read: ")
    assert LIBRARY_TEXT not in reports[0]


def test_a_note_stays_small_however_many_problems_a_row_has() -> None:
    shop = Shop()
    words = {f"{number}{'x' * 3000}": 1 for number in range(200)}
    shop.rows.put("templates", {**ODD_ROWS["templates"], "sms": {"en": {"text": "x", **words}}})
    shop.publish()
    assert len(str(shop.note("templates"))) < 40_000
