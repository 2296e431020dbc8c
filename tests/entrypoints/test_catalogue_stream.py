"""Which records of the streams are a marketer's edits, and whose."""

from typing import Any

from hub.entrypoints.catalogue_stream import find_editors, has_manual_edits

OLD = {"rule_id": {"S": "cart"}, "priority": {"N": "1"}, "published": {"M": {}}}
NEWEST = {"name": {"S": "newest"}, "number": {"N": "7"}}


def was_edited(old: Any, new: Any) -> bool:
    images = {"OldImage": old, "NewImage": new}
    return has_manual_edits({"Records": [{"dynamodb": {k: v for k, v in images.items() if v}}]})


def test_a_changed_field_is_an_edit() -> None:
    assert was_edited(OLD, {**OLD, "priority": {"N": "2"}})


def test_a_new_row_and_a_deleted_row_are_edits() -> None:
    assert was_edited(None, OLD)
    assert was_edited(OLD, None)


def test_the_same_row_typed_anew_lost_its_note_and_is_an_edit() -> None:
    assert was_edited(OLD, {name: OLD[name] for name in OLD if name != "published"})


def test_a_round_without_records_looks_at_everything() -> None:
    assert has_manual_edits({"source": "aws.events"})


def test_the_guards_own_note_is_no_edit() -> None:
    assert not was_edited(OLD, {**OLD, "published": {"M": {"at": {"S": "now"}}}})


def pointed(**changed: Any) -> bool:
    record = {"Keys": {"name": NEWEST["name"]}, "OldImage": NEWEST, "NewImage": NEWEST | changed}
    return has_manual_edits({"Records": [{"dynamodb": record}]})


def test_a_wish_to_roll_back_is_an_edit() -> None:
    assert pointed(roll_back_to={"N": "3"})


def test_the_guards_own_publication_is_no_edit() -> None:
    assert not pointed(number={"N": "8"})
    assert not pointed(rolled_back={"M": {}})


def test_the_stream_may_tell_who_it_was() -> None:
    told = {"userIdentity": {"type": "Service", "principalId": "dynamodb.amazonaws.com"}}
    records = [{"dynamodb": {}}, {"dynamodb": {}, **told}, {"dynamodb": {}, "userIdentity": None}]
    assert find_editors({"Records": records}) == {"dynamodb.amazonaws.com"}
    assert find_editors({"source": "aws.events"}) == frozenset()
