"""Letters that wait, and where their batches are put."""

import json
from collections.abc import Sequence
from datetime import date

import pytest

from hub.delivery.adapters.letter_pdf import Typesetter
from hub.delivery.adapters.letter_table import WaitingLetters
from hub.delivery.adapters.print_bucket import PrintStore
from hub.delivery.domain.print_batch import PrintManifest, WaitingLetter
from hub.delivery.ports import PrintStore as PressPort
from hub.delivery.ports import Typesetter as TypesetterPort
from hub.delivery.ports import WaitingLetters as LettersPort
from hub.kernel.errors import Rejected
from hub.model.letter import Letter
from hub.platform.adapters import aws_clients
from tests import fakes, moto_resources
from tests.factories import NOON
from tests.records import an_action

LETTER = Letter("Hello", "Dear Ann", ("Ann Lee", "1 High Street", "London N1 1AA"))
BATCH = "2026/11/22/120000-1"


def an_own_action(name: str) -> WaitingLetter:
    return WaitingLetter(an_action(name, channel="letter", event={"amount": 12.5}), LETTER)


class TestLetters:
    @pytest.fixture
    def letters(self, real: bool) -> LettersPort:
        return (
            WaitingLetters(moto_resources.table("letters", "tray", "action_id"))
            if real
            else fakes.WaitingLetters()
        )

    @pytest.fixture
    def laid(self, letters: LettersPort) -> Sequence[WaitingLetter]:
        written = [an_own_action(name) for name in ("a-1", "e 2/thanks/0")]
        for one in written:
            letters.add(one.action, one.letter)
        return written

    def test_what_was_laid_is_there(
        self, letters: LettersPort, laid: Sequence[WaitingLetter]
    ) -> None:
        assert sorted(letters.read_all(), key=lambda one: one.action.id) == laid
        assert letters.has("a-1")
        assert not letters.has("a-3")

    @pytest.mark.usefixtures("laid")
    def test_laid_again_a_letter_stays_as_it_is(self, letters: LettersPort) -> None:
        letters.assign_batch("a-1", BATCH)
        letters.add(an_own_action("a-1").action, Letter("Other", "Other", ("Bob",)))
        [one] = [one for one in letters.read_all() if one.action.id == "a-1"]
        assert (one.batch, one.letter) == (BATCH, LETTER)

    @pytest.mark.usefixtures("laid")
    def test_a_letter_is_in_one_batch_only(self, letters: LettersPort) -> None:
        assert letters.assign_batch("a-1", BATCH)
        assert letters.assign_batch("a-1", BATCH)
        assert not letters.assign_batch("a-1", "another")
        letters.unassign_batch("a-1", "another")
        assert not letters.assign_batch("a-1", "another")
        letters.unassign_batch("a-1", BATCH)
        assert letters.assign_batch("a-1", "another")

    @pytest.mark.usefixtures("laid")
    def test_what_is_taken_out_is_in_no_batch_again(self, letters: LettersPort) -> None:
        letters.remove("a-1")
        letters.remove("a-1")
        assert not letters.assign_batch("a-1", BATCH)
        letters.unassign_batch("a-1", BATCH)
        assert [one.action.id for one in letters.read_all()] == ["e 2/thanks/0"]


class TestPress:
    @pytest.fixture
    def press(self, real: bool) -> PressPort:
        return PrintStore(moto_resources.bucket("printer")) if real else fakes.PrintStore()

    def test_the_first_manifest_of_a_batch_is_the_one_that_counts(self, press: PressPort) -> None:
        first = PrintManifest(BATCH, NOON, {"a-1": 1}, {"a-2": "too late"}, {"letters": "l.pdf"})
        assert press.read_manifest(BATCH) is None
        assert press.commit(first) == first
        assert press.commit(PrintManifest(BATCH, NOON, {}, {}, {})) == first
        assert press.read_manifest(BATCH) == first
        assert press.read_manifest("another") is None

    def test_a_file_lies_in_the_folder_of_its_batch(self, press: PressPort) -> None:
        assert press.put_file(BATCH, "l.pdf", b"%PDF") == f"print/{BATCH}/l.pdf"


@pytest.mark.usefixtures("in_aws")
def test_the_printer_finds_files_of_the_right_type() -> None:
    press = PrintStore(moto_resources.bucket("printer"))
    for name, kind in (("l.pdf", "application/pdf"), ("a.csv", "text/csv; charset=utf-8")):
        found = aws_clients.s3().get_object(Bucket="printer", Key=press.put_file(BATCH, name, b"x"))
        assert (found["ContentType"], found["Body"].read()) == (kind, b"x")
    press.commit(PrintManifest(BATCH, NOON, {"a-1": 1}, {}, {}))
    told = aws_clients.s3().get_object(Bucket="printer", Key=f"print/{BATCH}/manifest.json")
    assert json.loads(told["Body"].read())["letters"] == {"a-1": 1}


class TestTypesetter:
    @pytest.fixture(params=["fake", "adapter"])
    def typeset(self, request: pytest.FixtureRequest) -> TypesetterPort:
        adapter = Typesetter("Tea & Friends, Mariahilfer Straße 1")
        return adapter if request.param == "adapter" else fakes.typeset

    def test_each_letter_has_its_page(self, typeset: TypesetterPort) -> None:
        printed = typeset([LETTER, LETTER], date(2026, 11, 25))
        assert [*printed.first_pages] == [1, 2]
        assert printed.pages == 2
        assert printed == typeset([LETTER, LETTER], date(2026, 11, 25))

    def test_what_cannot_be_printed_is_rejected(self, typeset: TypesetterPort) -> None:
        with pytest.raises(Rejected) as raised:
            typeset([Letter("Hello", "unprintable 茶", LETTER.address)], date(2026, 11, 25))
        assert raised.value.field == "text"


def test_a_return_address_is_parted_by_commas_and_may_be_none() -> None:
    on = date(2026, 11, 25)
    assert Typesetter("None")([LETTER], on) == Typesetter(" , ")([LETTER], on)
    assert Typesetter("Tea, Wien")([LETTER], on) == Typesetter("Tea ,Wien, ")([LETTER], on)
    assert Typesetter("Tea, Wien")([LETTER], on) != Typesetter("none")([LETTER], on)
