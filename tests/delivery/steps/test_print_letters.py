"""However a print run is repeated, cut off or run twice at once: each letter is in one batch, and
its end is told as that batch's manifest has it."""

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest

from hub.catalogue.domain.template import template_from_row
from hub.content.adapters.liquid_renderer import LiquidRenderer
from hub.delivery.domain.print_batch import PrintManifest
from hub.delivery.ports import ActionStatus
from hub.delivery.steps.carry_out_actions import CarryOutActions
from hub.delivery.steps.message_channels import LetterChannel, MessageContent
from hub.delivery.steps.print_letters import PrintLetters
from hub.kernel.errors import HubError, Rejected, Unavailable
from hub.kernel.queue_message import QueueMessage
from hub.kernel.times import to_iso
from hub.model.contact_history import NO_CONTACT_HISTORY
from tests import fakes
from tests.factories import NOON, a_customer, later
from tests.records import an_action

THANKS = {
    "template_id": "thanks",
    "purpose": "marketing",
    "letter": {
        "en": {"subject": "Thank you", "text": "Dear {{ customer.person.first_name }}"},
        "de": {"subject": "Danke", "text": "{{ event.properties.missing }}"},
        "fr": {"subject": "Merci", "text": "unprintable"},
    },
}
HOME = {"street": "1 High Street", "postcode": "N1 1AA", "city": "London", "country": "UK"}
LINES = "Ann\n1 High Street\nLondon N1 1AA\nUK"
BOUGHT = NO_CONTACT_HISTORY.reach_goal("order.completed", later(hours=1))


class Cut(Exception):
    """The machine goes down."""


@dataclass
class Cutting:
    """Anything that goes down at its nth call of a name, before or after that took effect."""

    inner: Any
    at: tuple[str, int, bool]
    calls: Counter[str] = field(default_factory=Counter)

    def __getattr__(self, name: str) -> Any:
        def call(*given: Any) -> Any:
            self.calls[name] += 1
            cut = self.at[:2] == (name, self.calls[name])
            if cut and not self.at[2]:
                raise Cut
            answer = getattr(self.inner, name)(*given)
            if cut:
                raise Cut
            return answer

        return call


@dataclass
class Scene:
    customers: fakes.Customers = field(default_factory=fakes.Customers)
    ledger: fakes.ActionLedger = field(default_factory=fakes.ActionLedger)
    bus: fakes.Bus = field(default_factory=fakes.Bus)
    clock: fakes.FixedClock = field(default_factory=fakes.FixedClock)
    letters: Any = field(default_factory=fakes.WaitingLetters)
    press: Any = field(default_factory=fakes.PrintStore)

    def room(self, **parts: Any) -> PrintLetters:
        template = template_from_row(THANKS)
        content = MessageContent(lambda _: {"thanks": template}, LiquidRenderer())
        its = {name: parts.get(name, getattr(self, name)) for name in ("letters", "press")}
        channel = LetterChannel(content, its["letters"], fakes.typeset)
        ledger, bus = parts.get("ledger", self.ledger), parts.get("bus", self.bus)
        writer = CarryOutActions(channel, self.customers, ledger, bus, self.clock)
        return PrintLetters(writer, its["letters"], its["press"], fakes.typeset)

    def knows(self, name: str, **given: Any) -> None:
        customer = a_customer(consent=False, **{"place": HOME, **given})
        agreed = customer.with_changes(customer_id=name, consent={"letter": {"marketing": True}})
        self.customers.put(agreed)

    def write(self, *names: str, **given: Any) -> dict[str, HubError]:
        for name in names:
            if not self.customers.read(f"c-{name}"):
                self.knows(f"c-{name}")
        actions = [a_letter(name, **given) for name in names]
        return dict(self.room()([QueueMessage(a.id, a.to_dict()) for a in actions]))

    def tick(self, hours: float = 0, **parts: Any) -> dict[str, HubError]:
        """`parts` take the place of the scene's own."""
        return dict(self.room(**parts)([a_tick(hours)]))

    @property
    def told(self) -> dict[str, str]:
        """Action to how it ended; that two ends are told of one is an error."""
        ends: dict[str, set[str]] = {}
        for _, outcome in self.bus.published:
            name = outcome["properties"]["action_id"]
            ends.setdefault(name, set()).add(outcome["id"].rpartition(".")[2])
        return {name: end for name, [end] in ends.items()}

    @property
    def manifests(self) -> list[PrintManifest]:
        return [found for name in self.press.manifests if (found := self.press.read_manifest(name))]


def a_letter(name: str, **given: Any) -> Any:
    words = {"what": {"template": "thanks", "purpose": "marketing"}, "address": LINES, **given}
    return an_action(name, channel="letter", customer_id=f"c-{name}", **words)


def a_tick(hours: float = 0) -> QueueMessage:
    at = to_iso(NOON + timedelta(hours=hours))
    return QueueMessage("tick", {"detail-type": "Scheduled Event", "time": at})


def test_letters_are_collected_and_told_only_when_they_are_printed() -> None:
    scene = Scene()
    assert scene.write("a-1", "a-2") == {}
    assert scene.told == {}
    assert scene.ledger.lines["a-1"].status is ActionStatus.ATTEMPTED
    assert scene.tick() == {}
    assert scene.told == {"a-1": "delivered", "a-2": "delivered"}
    [manifest] = scene.manifests
    assert manifest.letters == {"a-1": 1, "a-2": 2}
    assert scene.press.files[manifest.files["letters"]].decode().count("Dear Ann") == 2
    entry = scene.ledger.lines["a-2"]
    assert entry.reference == manifest.files["letters"]
    assert entry.details == {"batch": "2026/11/22/120000-1", "page": 2}


def test_the_address_list_has_a_line_for_each_letter_and_no_formula() -> None:
    scene = Scene()
    scene.knows("c-a-1", person={"first_name": "=HYPERLINK(1)"})
    scene.write("a-1", address=LINES.replace("Ann", "=HYPERLINK(1)"))
    scene.tick()
    [manifest] = scene.manifests
    text = scene.press.files[manifest.files["addresses"]].decode("utf-8-sig")
    [header, line] = csv.reader(StringIO(text))
    assert header[:3] == ["page", "action_id", "line_1"]
    assert line == ["1", "a-1", "'=HYPERLINK(1)", "1 High Street", "London N1 1AA", "UK"]


def test_a_purchase_before_the_batch_recalls_the_letter() -> None:
    scene = Scene()
    scene.write("a-1", "a-2", goal="order.completed")
    scene.knows("c-a-1", contact_history=BOUGHT)
    assert scene.tick() == {}
    assert scene.told == {"a-1": "declined", "a-2": "delivered"}
    [manifest] = scene.manifests
    assert manifest.letters == {"a-2": 1}
    assert "order.completed was reached" in manifest.recalled["a-1"]


def test_who_moved_or_refused_gets_no_letter_and_no_file_is_made() -> None:
    scene = Scene()
    scene.write("a-1", "a-2")
    scene.customers.put(a_customer(place=HOME).with_changes(customer_id="c-a-1"))
    scene.knows("c-a-2", place={**HOME, "street": "2 High Street"})
    scene.tick()
    [manifest] = scene.manifests
    assert (manifest.letters, manifest.files, scene.press.files) == ({}, {}, {})
    assert manifest.recalled["a-1"].startswith("no consent")
    assert manifest.recalled["a-2"] == "the address is no longer theirs"


def test_a_letter_that_comes_again_while_it_waits_is_left_alone() -> None:
    scene = Scene()
    for _ in range(3):
        scene.write("a-1")
    scene.customers.put(a_customer(place=HOME).with_changes(customer_id="c-a-1"))
    assert scene.write("a-1") == {}
    assert scene.told == {}
    scene.tick()
    assert scene.told == {"a-1": "declined"}


def test_a_letter_that_comes_again_after_it_was_printed_is_only_told_again() -> None:
    scene = Scene()
    scene.write("a-1")
    scene.tick()
    assert scene.write("a-1") == {}
    assert scene.tick(hours=1) == {}
    assert scene.told == {"a-1": "delivered"}
    assert len(scene.manifests) == 1


@pytest.mark.parametrize(("language", "field"), [("de", "text"), ("fr", "text")])
def test_what_cannot_be_printed_is_refused_alone_and_holds_up_no_batch(
    language: str, field: str
) -> None:
    scene = Scene()
    scene.knows("c-a-1", contact={"language": language})
    failed = scene.write("a-1", "a-2")
    assert [*failed] == ["a-1"]
    assert isinstance(failed["a-1"], Rejected)
    assert failed["a-1"].field == field
    assert scene.tick() == {}
    assert scene.told == {"a-2": "delivered"}


@pytest.mark.parametrize(
    ("language", "locale"),
    [("EN_gb", "en-GB"), ("en", "en-UK"), ("it-IT", "en-UK"), (None, "en-UK")],
)
def test_the_date_of_a_letter_is_in_its_language_and_of_the_customers_country(
    language: str | None, locale: str
) -> None:
    scene = Scene()
    scene.knows("c-a-1", contact={"language": language})
    assert scene.write("a-1") == {}
    assert scene.letters.waiting["a-1"].letter.language == locale


def test_a_day_without_letters_makes_no_batch() -> None:
    scene = Scene()
    assert scene.tick() == {}
    assert scene.manifests == []


def test_a_tick_without_a_time_is_rejected() -> None:
    failed = Scene().room()([QueueMessage("tick", {"detail-type": "Scheduled Event"})])
    assert isinstance(failed["tick"], Rejected)


def test_many_letters_are_more_than_one_batch() -> None:
    scene = Scene()
    scene.write("a-1", "a-2", "a-3", "a-4")
    room = replace(scene.room(), at_once=3, most=2)
    assert isinstance(room([a_tick()])["tick"], Unavailable)
    assert room([a_tick(hours=24)]) == {}
    assert [*map(len, (m.letters for m in scene.manifests))] == [2, 1, 1]
    assert set(scene.told.values()) == {"delivered"}


def cuts() -> Iterator[tuple[str, tuple[str, int, bool]]]:
    places = {
        "letters": [("assign_batch", 1), ("assign_batch", 2), ("remove", 1), ("remove", 2)],
        "press": [("put_file", 1), ("put_file", 2), ("commit", 1)],
        "ledger": [("settle", 1), ("settle", 2)],
        "bus": [("publish_one", 1), ("publish_one", 2)],
    }
    for part, moments in places.items():
        for name, nth in moments:
            for after in (False, True):
                yield part, (name, nth, after)


@pytest.mark.parametrize("again", ["the same tick", "the next one"])
@pytest.mark.parametrize(("part", "at"), [*cuts()])
def test_a_run_that_is_cut_off_anywhere_loses_and_doubles_nothing(
    part: str, at: tuple[str, int, bool], again: str
) -> None:
    """Between the cut and the next run one of them buys, and a new letter is written."""
    scene = Scene()
    scene.write("a-1", "a-2", goal="order.completed")
    with pytest.raises(Cut):
        scene.tick(0, **{part: Cutting(getattr(scene, part), at)})
    scene.knows("c-a-1", contact_history=BOUGHT)
    scene.write("a-3")
    hours = 0 if again == "the same tick" else 24
    assert scene.tick(hours) == {}
    assert scene.tick(hours + 24) == {}
    printed = [name for manifest in scene.manifests for name in manifest.letters]
    recalled = [name for manifest in scene.manifests for name in manifest.recalled]
    assert sorted([*printed, *recalled]) == ["a-1", "a-2", "a-3"]
    assert scene.told == {
        **dict.fromkeys(printed, "delivered"),
        **dict.fromkeys(recalled, "declined"),
    }
    assert scene.letters.waiting == {}


def test_two_runs_at_once_print_each_letter_in_one_batch() -> None:
    """The second run begins while the first is about to commit, and takes over its batch; a letter
    that comes in between waits for the next."""
    scene = Scene()
    scene.write("a-1", "a-2")

    class Slow(fakes.PrintStore):
        def commit(self, manifest: PrintManifest) -> PrintManifest:
            scene.knows("c-a-3")
            scene.write("a-3")
            assert scene.tick(hours=1) == {}
            return super().commit(manifest)

    slow = Slow()
    slow.manifests = scene.press.manifests
    slow.files = scene.press.files
    assert scene.tick(press=slow) == {}
    assert scene.tick(hours=2) == {}
    printed = [name for manifest in scene.manifests for name in manifest.letters]
    assert sorted(printed) == ["a-1", "a-2", "a-3"]
    assert set(scene.told.values()) == {"delivered"}
