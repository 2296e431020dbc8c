"""The proofreader: problems and warnings of a template before it is published."""

from typing import Any

import pytest

from hub.catalogue.domain.catalogue import EMPTY_SNAPSHOT
from hub.catalogue.domain.shared_content import read_shared_content
from hub.catalogue.domain.template import template_from_row
from hub.content.domain.proof import Proof
from hub.content.wiring import build_proofread_template
from hub.model.customer import Customer
from hub.model.episode import Episode, RecordedEpisode
from hub.publishing.adapters.row_json_schemas import RowSchemas, load_declared_fields
from hub.publishing.domain.publication import Publication, make_row_check, publish
from tests.factories import NOON, a_customer, an_event
from tests.in_memory import EXAMPLE, rows_of

FIELDS = load_declared_fields()
PROOFREAD = build_proofread_template(FIELDS)
CHECK = make_row_check(RowSchemas(), FIELDS)


def proof(channel: str, **parts: str) -> Proof:
    row = {"template_id": "t", "purpose": "service", channel: {"en": parts}}
    return PROOFREAD(template_from_row(row))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{{ customer.teir }}", "customer.teir is not known"),
        (
            "Hi\n{{ customer.person.frist_name }}",
            (
                "line 2: customer.person.frist_name is not known:"
                " did you mean customer.person.first_name?"
            ),
        ),
        (
            "{% if customer.loyalty.teir == 'gold' %}x{% endif %}y",
            "line 1: customer.loyalty.teir is not known: did you mean customer.loyalty.tier?",
        ),
        ("{{ custmer.person.title }}", "line 1: custmer is not known: did you mean customer?"),
        ("{{ decision.cod }}", "decision.cod is not known: did you mean decision.code?"),
        ("{{ preferences.url }}", "line 1: preferences is not known"),
        ("{{ 5 | mony: 'EUR' }}", "there is no filter mony: did you mean money?"),
        ("{% if true %}", "expected tag endif"),
        ("{% if false %}x{% endif %}", "is empty"),
        ("{{ customer.person.last_name | date }}", "line 1: 'Featherstone' is not a time"),
        (
            "{{ customer.person.first_name | sum }}",
            "line 1: 'Alexandra' | sum cannot be worked out",
        ),
        ("{{ 5 | divided_by: 0 }}", "line 1: divided_by: can't divide by 0"),
        ("{{ event.occurred_at | date: 'dd.mm.yyyy' }}", "line 1: 'mm' is the minutes: write M"),
        ("{{ event.occurred_at | date: 'DD.MM.yyyy' }}", "line 1: 'DD' is the day of the year"),
        ("{{ event.occurred_at | date: 'dd.MM.YYYY' }}", "line 1: 'YYYY' is the year that a week"),
        ("{{ event.occurred_at | date: 'dddd' }}", "line 1: 'dddd' is not part of a date pattern"),
        ("{{ event.occurred_at | date: '%d %Q' }}", "line 1: '%Q' is not part of a date pattern"),
        ('{{ event.occurred_at | date: "d MMMM\'" }}', "is not closed"),
        ("{{ event.occurred_at | time: 'HHHH' }}", "line 1: 'HHHH' is not part of a date pattern"),
        ("{% if false %}{{ 5 | money: 'EURO' }}{% endif %}x", "line 1: 'EURO' is not a currency"),
        ("{{ 5 | money }}", "line 1: 5 | money cannot be worked out"),
        ("{% assign x = 5 | money: 'EURO' %}{{ x }}", "line 1: 'EURO' is not a currency"),
        ("x" * 1600, "the text takes 11 segments in GSM-7: 10 at most"),
    ],
)
def test_a_mistake_that_affects_everybody_is_a_problem(text: str, problem: str) -> None:
    problems = proof("sms", text=text).problems
    assert len(problems) == 1
    assert problems[0].startswith("sms.en.text ")
    assert problem in problems[0]


@pytest.mark.parametrize(
    ("text", "warning"),
    [
        (
            "{{ customer.person.first_name }} {{ customer.person.first_name }}",
            (
                "sms.en.text: customer.person.first_name is not known of a customer"
                " with few fields, who would get nothing: use default or if"
            ),
        ),
        ("{{ event.properties.totl }}", "event.properties.totl is not known"),
        ("x" * 161, "sms.en.text takes 2 segments in GSM-7"),
        ("“" + "x" * 80, "2 segments in UCS-2 because it has characters outside the SMS"),
        ("{{ event.properties.subject | date }}", "'subject' is not a time"),
    ],
)
def test_a_mistake_that_affects_some_is_a_warning(text: str, warning: str) -> None:
    result = proof("sms", text=text)
    assert result.problems == []
    assert any(warning in sentence for sentence in result.warnings), result.warnings


@pytest.mark.parametrize(
    "text",
    [
        "Hi {{ customer.person.first_name | default: 'friend' }}",
        "{% if customer.loyalty.tier %}{{ customer.loyalty.tier }}{% else %}none{% endif %}",
        "{{ customer.interests.coffee | default: 'tea' }} {{ offer.price | default: 0 }}",
        "{{ event.properties.items.size | default: 0 }} things",
        "{% for i in (1..2) %}{{ forloop.index }}{{ i }}{% endfor %}",
        "{% assign x = 5 %}{% capture y %}{{ x }}{% endcapture %}{{ y }}",
        "{{ customer.purchases.spent.GBP | default: 0 | money: 'GBP' }}",
    ],
)
def test_a_template_with_defaults_has_no_warnings(text: str) -> None:
    assert proof("sms", text=text) == Proof([], [], {})


def test_a_date_may_be_written_as_the_manual_of_liquid_has_it() -> None:
    text = "Ordered on {{ event.occurred_at | date: '%d %B %Y' }}"
    assert proof("sms", text=text) == Proof([], [], {})


def test_a_mistake_in_a_snippet_is_a_problem_of_the_template_that_renders_it() -> None:
    snippet = {"template_id": "s", "kind": "snippet", "body": {"en": {"text": "{{ n | sum }}"}}}
    row = {
        "template_id": "t",
        "purpose": "service",
        "sms": {"en": {"text": "{% assign n = 'x' %}{% render 's', n: n %}"}},
    }
    shared = read_shared_content({"s": snippet})
    (problem,) = PROOFREAD(template_from_row(row, shared)).problems
    assert "'x' | sum cannot be worked out" in problem


@pytest.mark.parametrize(
    ("before", "bare"),
    [
        ("<a title=", "title={{"),
        ("<a href=/for/", "href=/for/{{"),
        ("<a title='1 > 0' href=", "href={{"),
        ("<a ", "{{"),
    ],
)
def test_a_value_in_a_tag_needs_quotes(before: str, bare: str) -> None:
    result = proof("web", html=before + "{{ customer.person.last_name | default: 'x' }}>x</a>")
    assert result.problems == [f"web.en.html {bare} needs quotes around the value"]


@pytest.mark.parametrize(
    "html",
    [
        "<a href=\"/for/{{ customer.person.last_name | default: 'x' }}\">x</a>",
        '<a href=\'/for/{{ customer.person.last_name | default: "x" }}\' title="y">x</a>',
        "<p>a < b {{ customer.person.last_name | default: 'x' }}</p>",
        '<a {% if customer.loyalty.tier %}class="{{ customer.loyalty.tier }}"{% endif %}>x</a>',
    ],
)
def test_a_value_in_quotes_or_between_tags_is_no_problem(html: str) -> None:
    assert proof("web", html=html).problems == []


def test_invalid_mjml_is_a_problem_with_its_line() -> None:
    body = {"subject": "x", "text": "x", "mjml": "<mjml><mj-bdy></mj-bdy></mjml>"}
    assert proof("email", **body).problems == [
        "email.en.mjml line 1: there is no element mj-bdy: did you mean mj-body?"
    ]


def retail(**changed: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The example, with templates of these names changed."""
    rows = rows_of(EXAMPLE)
    current = {row["template_id"]: row for row in rows["templates"]}
    rows["templates"] = [*(current | changed).values()]
    return rows


def feedback_on(publication: Publication, key: str, table: str = "templates") -> dict[str, Any]:
    published = {(row.table, row.key): dict(row.published) for row in publication.feedback}
    return published[table, key]


def test_the_example_has_no_problems_and_no_warnings() -> None:
    publication = publish(retail(), EMPTY_SNAPSHOT, NOON, CHECK, PROOFREAD)
    for feedback in publication.feedback:
        assert not feedback.published["problems"], feedback
        if feedback.table == "templates":
            assert "warnings" not in feedback.published, feedback


def test_a_template_with_a_deleted_snippet_does_not_run_and_neither_do_its_rules() -> None:
    first = publish(retail(), EMPTY_SNAPSHOT, NOON, CHECK, PROOFREAD)
    assert first.snapshot
    rows = retail()
    rows["templates"] = [row for row in rows["templates"] if row["template_id"] != "footer"]
    after = publish(rows, first.snapshot, NOON, CHECK, PROOFREAD)
    assert after.snapshot
    assert any(
        "there is no snippet 'footer'" in p for p in feedback_on(after, "welcome")["problems"]
    )
    assert feedback_on(after, "welcome")["running"] == 0
    assert "welcome" not in after.snapshot["rows"]["templates"]
    assert "welcome" not in after.snapshot["rows"]["rules"]
    assert "welcome" not in after.snapshot["html"]


def test_a_changed_snippet_changes_the_html_of_all_its_templates() -> None:
    first = publish(retail(), EMPTY_SNAPSHOT, NOON, CHECK, PROOFREAD)
    assert first.snapshot
    footer = next(r for r in retail()["templates"] if r["template_id"] == "footer")
    body = footer["body"]["en"]
    changed = {
        **footer,
        "body": {"en": {**body, "mjml": body["mjml"].replace("Unsub", "Really unsub")}},
    }
    after = publish(retail(footer=changed), first.snapshot, NOON, CHECK, PROOFREAD)
    assert after.snapshot
    for template in ("welcome", "thanks-offer"):
        assert "Really unsub" in after.snapshot["html"][template]["en"]
    assert "Really unsub" not in first.snapshot["html"]["welcome"]["en"]


def test_templates_keep_the_last_valid_version_of_an_invalid_snippet() -> None:
    first = publish(retail(), EMPTY_SNAPSHOT, NOON, CHECK, PROOFREAD)
    assert first.snapshot
    salutation = next(r for r in retail()["templates"] if r["template_id"] == "salutation")
    slip = {**salutation, "body": {"en": {"text": "Dear {{ customer.person.frist_name }}"}}}
    after = publish(retail(salutation=slip), first.snapshot, NOON, CHECK, PROOFREAD)
    assert feedback_on(after, "salutation")["problems"] == [
        (
            "body.en.text line 1: customer.person.frist_name is not known:"
            " did you mean customer.person.first_name?"
        )
    ]
    assert after.snapshot is None


def test_an_unchanged_template_is_not_proofread_again() -> None:
    read = list[str]()

    def proofread(content: Any, samples: Any) -> Proof:
        read.append(getattr(content, "template_id", "snippet"))
        return PROOFREAD(content, samples)

    first = publish(retail(), EMPTY_SNAPSHOT, NOON, CHECK, proofread)
    assert first.snapshot
    assert {"welcome", "snippet"} <= set(read)
    read.clear()
    assert publish(retail(), first.snapshot, NOON, CHECK, proofread).snapshot is None
    assert read == []
    card = {"template_id": "card", "purpose": "service", "sms": {"en": {"text": "Hello"}}}
    after = publish(retail(card=card), first.snapshot, NOON, CHECK, proofread)
    assert after.snapshot
    assert set(read) == {"card"}
    assert after.snapshot["html"] == first.snapshot["html"]


def test_a_rule_cannot_send_a_snippet() -> None:
    rows = retail()
    rows["rules"] = [
        dict(rows["rules"][0], then=[{"do": "send", "channel": "email", "template": "footer"}])
    ]
    publication = publish(rows, EMPTY_SNAPSHOT, NOON, CHECK, PROOFREAD)
    assert feedback_on(publication, rows["rules"][0]["rule_id"], "rules")["problems"] == [
        "then[1] 'footer' is a snippet, not a template"
    ]


def test_a_template_is_tried_on_recorded_events_without_quoting_them() -> None:
    rows = retail()
    rule = next(row for row in rows["rules"] if "complaint" in row["event"])
    template = rule["then"][0]["template"]
    event = an_event(rule["event"], properties={"subject": "Ann's private trouble"})
    nobody = Customer(customer_id="c-1")
    ann = a_customer()

    def recall(event_type: str) -> list[RecordedEpisode]:
        if event_type != event.type:
            return []
        bare = an_event(event.type, properties={})
        return [a_record(ann, event), a_record(nobody, bare)]

    publication = publish(rows, EMPTY_SNAPSHOT, NOON, CHECK, PROOFREAD, recall=recall)
    warnings = feedback_on(publication, template)["warnings"]
    assert any(
        f"event.properties.subject is not known of a customer with a recorded {event.type}"
        in warning
        for warning in warnings
    )
    assert "private" not in str(warnings)


def a_record(before: Customer, event: Any) -> RecordedEpisode:
    return RecordedEpisode(
        before,
        Episode(
            customer_id="c-1",
            version=1,
            decided_at=NOON,
            catalogue=1,
            surroundings="",
            seed="s",
            events=(event,),
            decisions=(),
        ),
    )


SQUARED = "{% assign n = 9 %}{% for i in (1..40) %}{% assign n = n | times: n %}{% endfor %}{{ n }}"


def test_a_template_without_end_is_the_problem_of_its_row_alone() -> None:
    rows = [
        {"template_id": name, "purpose": "service", "push": {"en": {"title": "x", "text": text}}}
        for name, text in (("endless", SQUARED), ("good", "Hello"))
    ]
    publication = publish({"templates": rows}, EMPTY_SNAPSHOT, NOON, CHECK, PROOFREAD)
    feedback = {update.key: update.published for update in publication.feedback}
    [problem] = feedback["endless"]["problems"]
    assert problem == (
        "push.en.text line 1: times makes a number of more than 40 digits"
        " (tried on a customer with all fields)"
    )
    assert feedback["good"]["status"] == "live"


def test_what_is_over_budget_for_a_customer_with_few_fields_is_a_problem() -> None:
    text = "{% unless customer.person.first_name %}" + SQUARED + "{% endunless %}x"
    [problem] = proof("push", title="x", text=text).problems
    assert problem.endswith("(tried on a customer with few fields)")


def test_all_texts_of_a_row_have_one_budget_together() -> None:
    text = "{% for i in (1..9000) %}{{ i | size }}{% endfor %}"
    languages = {f"{a}{b}": {"title": "x", "text": text} for a in "abcd" for b in "efghi"}
    row = {"template_id": "t", "purpose": "service", "push": languages, "default_language": "ae"}
    [problem] = PROOFREAD(template_from_row(row)).problems
    assert problem == "with all its texts and samples it takes more than 1,000,000 steps"
