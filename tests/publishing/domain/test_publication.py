"""From the marketers' rows to the next catalogue, and the feedback on each row."""

import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.catalogue.domain.catalogue import EMPTY_SNAPSHOT, Catalogue
from hub.catalogue.domain.row_reader import Row
from hub.catalogue.domain.shared_content import Brand, Snippet
from hub.catalogue.domain.template import Template
from hub.content.domain.proof import Proof, Sample
from hub.expression.domain.field_types import FieldTypes
from hub.model.customer import Customer
from hub.model.episode import Episode, RecordedEpisode
from hub.publishing.domain.publication import Publication, make_row_check, publish
from tests.factories import NOON, an_event, later

BODY = {"en": {"subject": "Hello", "text": "Hello"}}
LETTER = {"template_id": "letter", "purpose": "service", "email": BODY}
SEND = [{"do": "send", "channel": "email", "template": "letter"}]


def shape(_: str, row: Row) -> list[str]:
    return ["colour is not known here"] if "colour" in row else []


CHECK = make_row_check(shape, FieldTypes())


def a_rule(rule_id: str = "r", **row: Any) -> dict[str, Any]:
    rule = {"rule_id": rule_id, "strategy": "s", "event": "a.b", "then": SEND, "status": "live"}
    return {**rule, "audience": "everybody", **row}


def publish_rows(
    *rules: dict[str, Any],
    previous: Any = EMPTY_SNAPSHOT,
    templates: tuple[dict[str, Any], ...] = (LETTER,),
    stories: tuple[dict[str, Any], ...] = (),
    **more: Any,
) -> Publication:
    rows = {"rules": list(rules), "templates": list(templates), "stories": list(stories)}
    return publish(rows, previous, NOON, CHECK, refuse_tags, **more)


def refuse_tags(content: Template | Snippet | Brand, samples: Sequence[Sample]) -> Proof:
    """A proofreader that refuses tags and names its samples."""
    assert isinstance(content, Template)
    problems = [
        f"{channel}.{language}.{part} is odd"
        for channel, languages in content.bodies.items()
        for language, parts in languages.items()
        for part, text in parts.items()
        if "{%" in text
    ]
    return Proof(problems, [f"tried on {sample.who}" for sample in samples])


def snapshot(publication: Publication) -> dict[str, Any]:
    """As it comes back from the store."""
    assert publication.snapshot is not None
    stored: dict[str, Any] = json.loads(json.dumps(publication.snapshot))
    return stored


def feedback_on(publication: Publication, key: str = "r") -> dict[str, Any]:
    return next(
        {name: value for name, value in feedback.published.items() if name != "at"}
        for feedback in publication.feedback
        if feedback.key == key
    )


def add_feedback(
    rows: tuple[dict[str, Any], ...], publication: Publication
) -> tuple[dict[str, Any], ...]:
    """The rows with their feedback."""
    published = {feedback.key: feedback.published for feedback in publication.feedback}
    keys = [row.get("rule_id", row.get("template_id")) for row in rows]
    return tuple(
        {**row, "published": published[key]} if key in published else row
        for key, row in zip(keys, rows, strict=True)
    )


def running_rules(snapshot_: dict[str, Any]) -> list[str]:
    return [rule.rule_id for rule in Catalogue.from_snapshot(snapshot_).rules_for("a.b")]


def test_a_valid_row_is_published_with_feedback() -> None:
    publication = publish_rows(a_rule())
    first = snapshot(publication)
    assert first["number"] == 1
    assert {t: keys for t, keys in first["running"].items() if keys} == {
        "rules": {"r": 1},
        "templates": {"letter": 1},
    }
    assert running_rules(first) == ["r"]
    assert feedback_on(publication) == {
        "status": "live",
        "catalogue": 1,
        "problems": [],
        "running": 1,
    }
    assert publication.feedback[0].published["at"] == "2026-11-22T12:00:00.000Z"


def test_a_bad_row_leaves_its_last_good_version_running() -> None:
    first = snapshot(publish_rows(a_rule()))
    second = publish_rows(a_rule(when="event.x = 1"), previous=first)
    assert second.snapshot is None
    problem = "when, position 9: = does not compare: did you mean ==?"
    assert feedback_on(second) == {
        "status": "refused",
        "catalogue": 0,
        "problems": [problem],
        "running": 1,
    }


def test_a_bad_row_that_never_was_good_does_nothing() -> None:
    publication = publish_rows(a_rule(when="event.x = 1"))
    assert running_rules(snapshot(publication)) == []
    assert feedback_on(publication)["running"] == 0


def test_a_corrected_row_runs_under_the_next_number() -> None:
    first = snapshot(publish_rows(a_rule(), a_rule("other")))
    second = publish_rows(a_rule(priority=5), a_rule("other"), previous=first)
    assert snapshot(second)["running"]["rules"] == {"r": 2, "other": 1}
    assert feedback_on(second)["catalogue"] == 2


def test_a_deleted_row_no_longer_runs() -> None:
    first = snapshot(publish_rows(a_rule(), a_rule("other")))
    assert running_rules(snapshot(publish_rows(a_rule("other"), previous=first))) == ["other"]


@pytest.mark.parametrize("status", ["draft", "paused"])
def test_an_inactive_rule_is_published_but_does_not_run(status: str) -> None:
    publication = publish_rows(a_rule(status=status))
    assert running_rules(snapshot(publication)) == []
    assert feedback_on(publication) == {
        "status": status,
        "catalogue": 1,
        "problems": [],
        "running": 0,
    }


@pytest.mark.parametrize("status", ["draft", "paused", " Paused "])
def test_an_invalid_row_can_be_paused(status: str) -> None:
    first = snapshot(publish_rows(a_rule()))
    second = publish_rows(a_rule(when="oops", status=status), previous=first)
    assert running_rules(snapshot(second)) == []
    assert feedback_on(second)["running"] == 0


def test_a_rule_needs_its_template() -> None:
    publication = publish_rows(a_rule(then=[{**SEND[0], "template": "leter"}]))
    assert feedback_on(publication)["problems"] == [
        "then[1] there is no template 'leter': did you mean letter?"
    ]


def test_a_rule_needs_a_body_for_its_channel() -> None:
    call = {"do": "call", "queue": "q", "template": "letter", "reason": "x"}
    assert feedback_on(publish_rows(a_rule(then=[call])))["problems"] == [
        "then[1] template 'letter' has no call body"
    ]


def test_no_version_of_a_rule_outlives_its_template() -> None:
    first = snapshot(publish_rows(a_rule()))
    second = publish_rows(a_rule(), previous=first, templates=())
    assert running_rules(snapshot(second)) == []
    assert feedback_on(second)["running"] == 0


def test_a_bad_template_leaves_its_last_good_version_to_the_rules() -> None:
    first = snapshot(publish_rows(a_rule()))
    odd = {**LETTER, "email": {"en": {"subject": "{%", "text": "x"}}}
    second = publish_rows(a_rule(), previous=first, templates=(odd,))
    assert second.snapshot is None
    assert feedback_on(second, "letter")["problems"] == ["email.en.subject is odd"]
    assert feedback_on(second, "letter")["running"] == 1


def test_a_wrong_shape_is_listed_with_a_wrong_meaning() -> None:
    publication = publish_rows(a_rule(colour="red", status="liev"))
    assert [problem.split()[0] for problem in feedback_on(publication)["problems"]] == [
        "status",
        "colour",
    ]


def test_a_warning_is_written_on_the_row_and_stops_nothing() -> None:
    publication = publish_rows(a_rule(in_state="waitng"), a_rule("other", move_to="waiting"))
    assert running_rules(snapshot(publication)) == ["other", "r"]
    assert feedback_on(publication)["status"] == "live"
    (warning,) = feedback_on(publication)["warnings"]
    assert warning.startswith("in_state 'waitng': no rule moves")
    assert "warnings" not in feedback_on(publication, "other")


def test_a_refused_row_has_problems_but_no_warnings() -> None:
    first = snapshot(publish_rows(a_rule(in_state="waitng")))
    second = publish_rows(a_rule(in_state="waitng", when="oops"), previous=first)
    assert "warnings" not in feedback_on(second)


def test_an_audience_is_everybody_or_absent() -> None:
    assert feedback_on(publish_rows(a_rule(audience="all")))["problems"] == [
        "audience 'all' is not one of everybody"
    ]


def test_feedback_that_is_on_the_row_already_is_not_written_again() -> None:
    rows = (a_rule(), a_rule("bad", when="oops"))
    first = publish_rows(*rows)
    again = publish(
        {
            "rules": list(add_feedback(rows, first)),
            "templates": list(add_feedback((LETTER,), first)),
        },
        snapshot(first),
        later(days=1),
        CHECK,
    )
    assert again == Publication(None, ())


def test_lost_feedback_is_written_later() -> None:
    first = snapshot(publish_rows(a_rule()))
    again = publish_rows(a_rule(), previous=first)
    assert again.snapshot is None
    assert feedback_on(again)["status"] == "live"


STORY = {
    "story_id": "greeted",
    "when": "a.b",
    "then": {"said": {"channel": "email"}},
    "status": "live",
}
NEVER = "event.x == 'never'"


def test_a_story_that_holds_lets_everything_through() -> None:
    publication = publish_rows(a_rule(), stories=(STORY,))
    assert running_rules(snapshot(publication)) == ["r"]
    assert feedback_on(publication, "greeted") == {
        "status": "live",
        "catalogue": 1,
        "problems": [],
        "running": 1,
    }


def test_a_story_that_fails_holds_everything_back() -> None:
    first = snapshot(publish_rows(a_rule(), stories=(STORY,)))
    edits = a_rule(when=NEVER), a_rule("other", event="c.d")
    second = publish_rows(*edits, previous=first, stories=(STORY,))
    assert second.snapshot is None
    (problem,) = feedback_on(second, "greeted")["problems"]
    assert problem.startswith(
        "then.said[1]: expected a message by email, got nothing: On a.b: noth"
    )
    assert feedback_on(second, "greeted")["status"] == "failed"
    held = ["held back by story greeted: see there"]
    assert feedback_on(second) == {
        "status": "held back",
        "catalogue": 0,
        "problems": held,
        "running": 1,
    }
    assert feedback_on(second, "other") == {**feedback_on(second), "running": 0}


def test_a_new_story_waits_for_the_rule_that_makes_it_true() -> None:
    first = snapshot(publish_rows(a_rule(when=NEVER)))
    early = publish_rows(a_rule(when=NEVER), previous=first, stories=(STORY,))
    assert early.snapshot is None
    assert feedback_on(early, "greeted")["status"] == "failed"
    assert snapshot(publish_rows(a_rule(), previous=first, stories=(STORY,)))["number"] == 2


@pytest.mark.parametrize("status", ["draft", "paused"])
def test_a_story_that_is_not_live_is_not_played(status: str) -> None:
    publication = publish_rows(a_rule(when=NEVER), stories=({**STORY, "status": status},))
    assert snapshot(publication)["number"] == 1


def test_an_invalid_story_is_refused_and_blocks_nothing() -> None:
    first = snapshot(publish_rows(a_rule(), stories=(STORY,)))
    bad = {**STORY, "then": {"sayd": {"channel": "email"}}}
    second = publish_rows(a_rule(when=NEVER), previous=first, stories=(bad,))
    assert snapshot(second)["rows"]["rules"]["r"]["when"] == NEVER
    feedback = feedback_on(second, "greeted")
    assert feedback["problems"] == ["then.sayd is not known here: did you mean said?"]
    assert feedback["status"] == "refused"


@pytest.mark.parametrize("status", ["draft", "paused"])
def test_a_rule_can_be_paused_while_a_story_fails(status: str) -> None:
    first = snapshot(publish_rows(a_rule(), a_rule("other"), stories=(STORY,)))
    edits = a_rule(status=status), a_rule("other", when=NEVER)
    newest = snapshot(publish_rows(*edits, previous=first, stories=(STORY,)))
    assert running_rules(newest) == ["other"]
    assert "when" not in newest["rows"]["rules"]["other"]


def test_deleting_works_while_a_story_fails() -> None:
    first = snapshot(publish_rows(a_rule(), stories=(STORY,)))
    assert running_rules(snapshot(publish_rows(previous=first, stories=(STORY,)))) == []
    letterless = publish_rows(a_rule(), previous=first, stories=(STORY,), templates=())
    assert running_rules(snapshot(letterless)) == []


def test_pausing_publishes_no_other_edit_of_the_row() -> None:
    first = snapshot(publish_rows(a_rule(), stories=(STORY,)))
    edit = a_rule(status="paused", priority=9)
    newest = snapshot(publish_rows(edit, previous=first, stories=(STORY,)))
    assert newest["rows"]["rules"]["r"] == a_rule(status="paused")


def test_a_rollback_is_published_while_a_story_fails() -> None:
    first = snapshot(publish_rows(a_rule(when=NEVER)))
    second = snapshot(publish_rows(a_rule(), previous=first, stories=(STORY,)))
    back = {"previous": second, "stories": (STORY,), "restored": first["rows"]}
    edits = a_rule(when=NEVER), a_rule("new", when=NEVER)
    third = snapshot(publish_rows(*edits, **back))
    assert third["rows"]["rules"] == {"r": a_rule(when=NEVER)}


def test_the_editors_are_named_by_the_tables_or_by_the_rows() -> None:
    rows = a_rule(edited_by="ann"), a_rule("other", edited_by="bernd"), a_rule("third")
    first = snapshot(publish_rows(*rows))
    assert first["by"] == ["ann", "bernd"]
    edited = (*rows[:2], a_rule("third", priority=1))
    assert snapshot(publish_rows(*edited, previous=first))["by"] == []
    assert snapshot(publish_rows(*edited, previous=first, editors=["AROA:carla"]))["by"] == [
        "AROA:carla"
    ]


def record_episodes(matching: int, others: int) -> list[RecordedEpisode]:
    return [
        RecordedEpisode(
            Customer(customer_id="c-1"),
            Episode(
                customer_id="c-1",
                version=0,
                decided_at=NOON,
                catalogue=1,
                surroundings="",
                seed="",
                events=(an_event("a.b", f"e-{n}", properties={"x": 1 if n < matching else 0}),),
                decisions=(),
            ),
        )
        for n in range(matching + others)
    ]


@pytest.mark.parametrize(
    ("matching", "others", "warned"), [(19, 1, True), (18, 2, False), (19, 0, False)]
)
def test_recorded_events_show_that_a_rule_matches_nearly_everybody(
    matching: int, others: int, warned: bool
) -> None:
    rule = a_rule(when="event.x == 1", audience="")
    publication = publish_rows(rule, recall=lambda _: record_episodes(matching, others))
    warning = "it matches nearly everybody: 19 of the last 20 a.b (95%)"
    advice = "set audience to everybody if you mean that"
    expected = [f"{warning}: {advice}"] if warned else None
    assert feedback_on(publication).get("warnings") == expected
    aware = publish_rows({**rule, "audience": "everybody"}, recall=lambda _: record_episodes(30, 0))
    assert "warnings" not in feedback_on(aware)


def test_a_match_rate_is_measured_once_and_the_warning_stays() -> None:
    rule, recalled = a_rule(when="event.x == 1", audience=""), list[str]()

    def recall(event_type: str) -> list[RecordedEpisode]:
        recalled.append(event_type)
        return record_episodes(20, 0)

    first = publish_rows(rule, recall=recall)
    again = publish_rows(rule, previous=snapshot(first), recall=recall)
    assert recalled == ["a.b"]
    assert feedback_on(again)["warnings"] == feedback_on(first)["warnings"]
    corrected = publish_rows(
        {**rule, "when": "event.x == 2"}, previous=snapshot(first), recall=recall
    )
    assert "warnings" not in feedback_on(corrected)


ROWS = st.lists(
    st.fixed_dictionaries(
        {"rule_id": st.sampled_from("abcde")},
        optional={
            "strategy": st.sampled_from(("s", "", 5)),
            "event": st.sampled_from(("a.b", "c.d", "Nothing", None)),
            "when": st.sampled_from(("event.x == 1", "event.x = 1", "", None, 7)),
            "then": st.sampled_from((SEND, [], "send", [{"do": "sned"}])),
            "move_to": st.sampled_from(("x", "")),
            "priority": st.sampled_from((1, "2", "high")),
            "status": st.sampled_from(("live", "shadow", "draft", "paused", "liev")),
            "published": st.just({"status": "live"}),
        },
    ),
    unique_by=lambda row: row["rule_id"],
    max_size=5,
)


@given(ROWS, ROWS)
def test_publishing_twice_is_publishing_once(
    before: list[dict[str, Any]], after: list[dict[str, Any]]
) -> None:
    first = snapshot(publish_rows(*before))
    second = publish_rows(*after, previous=first)
    newest = snapshot(second) if second.snapshot else first
    assert publish_rows(*after, previous=newest).snapshot is None


@given(ROWS, ROWS)
def test_no_invalid_row_ever_reaches_a_catalogue(
    before: list[dict[str, Any]], after: list[dict[str, Any]]
) -> None:
    first = snapshot(publish_rows(*before))
    second = publish_rows(*after, previous=first)
    newest = snapshot(second) if second.snapshot else first
    assert not Catalogue.from_snapshot(newest).unreadable
    assert newest["rows"]["rules"].keys() <= {row["rule_id"] for row in after}
    refused = {n.key for n in second.feedback if n.published["status"] == "refused"}
    for key in refused:
        old, new = first["rows"]["rules"].get(key), newest["rows"]["rules"].get(key)
        assert new is None or {**new, "status": ""} == {**(old or {}), "status": ""}
