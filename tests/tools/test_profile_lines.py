"""What `segue explain` says of a customer is read by people, who count no milliseconds."""

from hub.kernel.times import parse_time
from tools.segue.profile_lines import format_blocks

AT = round(parse_time("2026-11-22T12:00:00.000Z").timestamp() * 1000)


def test_each_part_of_the_contact_history_has_a_line() -> None:
    contacts = [[AT - n * 60_000, "email", "coffee", "", f"a-{n}"] for n in range(7)]
    contacts[0][3], contacts[1][2] = "beans", ""
    limits = {
        "contacts": contacts,
        "goals": {"order.completed": ["2026-11-22T11:00:00.000Z", "2026-11-01T11:00:00.000Z"]},
        "suppressed": {"category:tea": "2026-12-01T00:00:00.000Z"},
        "showings": {"beans": {"bins": ["tier=gold"], "id": "a-0"}},
        "claims": {"a-0": "2026-11-22T16:00:00.000Z"},
    }
    assert format_blocks({"limits": limits}) == {
        "contacts": "2026-11-22 12:00 email beans; 2026-11-22 11:59 email a-1; "
        "2026-11-22 11:58 email coffee; 2026-11-22 11:57 email coffee; "
        "2026-11-22 11:56 email coffee; and 2 more in 33 days",
        "goals reached": "order.completed=2026-11-22T11:00:00.000Z",
        "suppressed": "category:tea=2026-12-01T00:00:00.000Z",
    }


def test_a_call_is_on_its_way_or_with_the_call_centre() -> None:
    call = {"what": {"queue": "retention"}, "expires_at": "2026-11-22T16:00:00.000Z"}
    told = format_blocks(
        {"limits": {"calls": {"a-1": call, "a-2": {**call, "reference": "task-1"}}}}
    )
    assert told == {
        "calls": "retention until 2026-11-22 16:00, on its way; "
        "retention until 2026-11-22 16:00, with the call centre"
    }


def test_daily_counts_are_summed_and_other_blocks_are_shown_unchanged() -> None:
    days = {"2026-11-21": {"GBP": 100}, "2026-11-22": {"GBP": 50, "EUR": 7}}
    told = format_blocks(
        {
            "identities": {"email": ["ann@example.com", "a@example.com"]},
            "engagement": {"email": {"sent": 2}},
            "activity": {"order.completed": [20_778, 1, 2]},
            "amounts": {"order.completed": {"GBP": [20_778, 100, 50], "EUR": [20_779, 7]}},
            "recent": {"page.viewed": [AT - 9], "order.completed": [AT, AT - 5]},
            "mart": {"days": days},
            "service": {},
        }
    )
    assert told == {
        "identities": "email=ann@example.com and a@example.com",
        "engagement": "email=(sent=2)",
        "activity": "order.completed=3",
        "amounts": "order.completed=(GBP=150, EUR=7)",
        "recent": "order.completed, page.viewed",
    }
