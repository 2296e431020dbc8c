"""What decisions teach is learned once, and not when it comes too late to be sure of that."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

import pytest

from hub.catalogue.domain.catalogue import Catalogue
from hub.decisioning.steps.read_learned_counters import Recall
from hub.kernel.errors import Rejected
from hub.kernel.queue_message import Message
from hub.kernel.times import iso
from hub.learning.domain.decaying_counters import Arm, Counts, Decay, Key, hour
from hub.learning.domain.feedback import LATEST, REMEMBERED, Lesson, Showing
from hub.learning.domain.propensity import Learner
from hub.learning.steps.learn_from_feedback import Student
from hub.surroundings.domain.surroundings import Surroundings
from tests import fakes
from tests.factories import NOON

MENS = Arm("mens", "email")


@pytest.fixture
def learned() -> fakes.Learned:
    return fakes.Learned()


@pytest.fixture
def student(learned: fakes.Learned) -> Student:
    return Student(learned, fakes.FixedClock())


def trials(learned: fakes.Learned) -> float:
    return round(Counts(learned.items, Decay(), NOON).of(MENS).cell().trials, 2)


def a_message(name: str = "m-1", *lessons: str, ago: timedelta = timedelta(0)) -> Message:
    """A decision with a lesson of each id, as it comes off the bus."""
    told = [Lesson(lesson, Showing(MENS, ("tier=gold",), NOON), 1).to_dict() for lesson in lessons]
    decision = {"id": "d-1", "decided_at": iso(NOON - ago), "lessons": told}
    return Message(id=name, body={"source": "segue.decision", "detail": decision})


def test_a_batch_is_learned_from(student: Student, learned: fakes.Learned) -> None:
    assert student([a_message("m-1", "a", "b"), a_message("m-2", "c")]) == {}
    assert trials(learned) == 3


def test_a_decision_that_comes_again_teaches_nothing_new(
    student: Student, learned: fakes.Learned
) -> None:
    student([a_message("m-1", "a", "b")])
    student([a_message("m-2", "b", "a"), a_message("m-3", "a", "c")])
    assert trials(learned) == 3


def test_one_that_comes_when_its_mark_may_be_gone_is_refused_and_holds_up_nobody(
    student: Student, learned: fakes.Learned
) -> None:
    late = a_message("m-1", "a", ago=LATEST + timedelta(seconds=1))
    failures = student([late, a_message("m-2", "b", ago=LATEST)])
    assert failures.keys() == {"m-1"}
    assert isinstance(failures["m-1"], Rejected)
    assert "28 days" in failures["m-1"].reason
    assert trials(learned) == 1


def test_a_mark_outlives_the_last_moment_at_which_its_lesson_is_learned() -> None:
    assert timedelta(days=14) < LATEST < REMEMBERED, "SQS keeps a message 14 days"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"detail": {}},
        {"detail": {"lessons": [], "decided_at": "soon"}},
        {"detail": {"lessons": [{"id": "a"}], "decided_at": iso(NOON)}},
        {"detail": {"lessons": 3, "decided_at": iso(NOON)}},
    ],
)
def test_what_is_no_decision_with_lessons_is_refused(
    student: Student, body: dict[str, Any]
) -> None:
    failures = student([Message(id="m-1", body=body), a_message("m-2", "a")])
    assert failures.keys() == {"m-1"}
    assert isinstance(failures["m-1"], Rejected)


class Watched:
    """Counters that tell how often they were read."""

    def __init__(self, learned: fakes.Learned) -> None:
        self._learned, self.reads = learned, 0

    def read(self, keys: Collection[Key]) -> dict[Key, dict[str, int]]:
        self.reads += 1
        return self._learned.read(keys)


def a_catalogue(*offers: str) -> Catalogue:
    rows = {
        offer: {
            "offer_id": offer,
            "name": offer,
            "status": "live",
            "treatments": {"email": {"template": "letter"}},
        }
        for offer in offers
    }
    return Catalogue.from_snapshot({"number": 1, "rows": {"offers": rows}})


def test_what_was_learned_of_the_live_offers_is_recalled(
    student: Student, learned: fakes.Learned
) -> None:
    student([a_message("m-1", "a", "b")])
    around = Surroundings(learned=Recall(learned)(a_catalogue("mens"), NOON), as_of=hour(NOON))
    believed = around.beliefs(Learner())
    assert believed.counts.of(MENS).cell("tier=gold").trials == pytest.approx(2, rel=1e-3)
    assert believed.counts.arms() == [Arm("*", "email"), MENS]
    assert Recall(learned)(a_catalogue(), NOON) == {}


def test_it_is_read_once_a_minute_and_at_once_for_another_offer(learned: fakes.Learned) -> None:
    watched = Watched(learned)
    recall = Recall(watched)
    for seconds in (0, 59):
        recall(a_catalogue("mens"), NOON + timedelta(seconds=seconds))
    assert watched.reads == 1
    recall(a_catalogue("mens", "womens"), NOON + timedelta(seconds=59))
    assert watched.reads == 2
    recall(a_catalogue("mens", "womens"), NOON + timedelta(seconds=119))
    assert watched.reads == 3
