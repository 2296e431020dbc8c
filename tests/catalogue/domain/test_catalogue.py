"""The published catalogue as `decide` reads it."""

from typing import Any

import pytest

from hub.catalogue.domain.catalogue import EMPTY_SNAPSHOT, Catalogue
from hub.kernel.errors import Rejected


def a_rule(rule_id: str, **row: Any) -> dict[str, Any]:
    rule = {"rule_id": rule_id, "strategy": "s", "event": "a.b", "move_to": "x", "status": "live"}
    return {**rule, **row}


def a_catalogue(*rules: dict[str, Any], templates: tuple[dict[str, Any], ...] = ()) -> Catalogue:
    rows = {
        "rules": {rule["rule_id"]: rule for rule in rules},
        "templates": {template["template_id"]: template for template in templates},
    }
    return Catalogue.from_snapshot({"number": 7, "rows": rows})


def test_rules_are_ordered_by_priority_and_then_by_id() -> None:
    catalogue = a_catalogue(
        a_rule("b", priority=1), a_rule("c", priority=9), a_rule("a", priority=1)
    )
    assert [rule.rule_id for rule in catalogue.rules_for("a.b")] == ["c", "a", "b"]
    assert catalogue.number == 7


def test_only_live_and_shadow_rules_of_the_event_decide() -> None:
    statuses = ("draft", "shadow", "live", "paused")
    catalogue = a_catalogue(
        *(a_rule(status, status=status) for status in statuses), a_rule("other", event="x.y")
    )
    assert [rule.rule_id for rule in catalogue.rules_for("a.b")] == ["live", "shadow"]
    assert catalogue.rules_for("nobody.asked") == ()


def test_an_unknown_template_is_refused() -> None:
    body = {"en": {"subject": "x", "text": "x"}}
    letter = {"template_id": "letter", "purpose": "service", "email": body}
    catalogue = a_catalogue(templates=(letter,))
    assert catalogue.get_template("letter").purpose == "service"
    with pytest.raises(Rejected, match="catalogue 7 has no template card"):
        catalogue.get_template("card")


def test_an_unreadable_row_does_not_affect_the_others() -> None:
    catalogue = a_catalogue(
        a_rule("good"), a_rule("bad", when="1 +"), templates=({"template_id": "bare"},)
    )
    assert [rule.rule_id for rule in catalogue.rules_for("a.b")] == ["good"]
    assert catalogue.unreadable.keys() == {"rules/bad", "templates/bare"}


def test_before_the_first_publication_there_are_no_rules() -> None:
    catalogue = Catalogue.from_snapshot(EMPTY_SNAPSHOT)
    assert catalogue.number == 0
    assert catalogue.rules_for("a.b") == ()
