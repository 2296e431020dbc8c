"""What the steps need of the world: adapters fulfil it in AWS, fakes in tests, one contract both.

Batch methods take a sequence and return the refusals, index -> reason: an empty mapping means that
all of it is stored. All methods raise `Unavailable` when the service behind them does not answer.
"""

from collections.abc import Collection, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import IO, TYPE_CHECKING, Any, Protocol

from hub.kernel.queue_message import Message
from hub.model.customer import Customer
from hub.model.decision import Action, Claim, Decision, Timer
from hub.model.episode import Episode, Recorded
from hub.model.event import Event
from hub.model.inbound_payload import Delivery
from hub.surroundings.domain.thing_fact import Fact

if TYPE_CHECKING:  # so that only who learns carries the learner, and who merges the ledger
    from hub.delivery.domain.connector.circuit_breaker import Throttle
    from hub.delivery.domain.connector.http_message import Answer, Request
    from hub.delivery.domain.print_batch import Manifest, Printed, Written
    from hub.identity.domain.identity_cluster import Holding
    from hub.identity.domain.merge_record import ConflictRecord, Merge
    from hub.intake.domain.polling_definition import Mark as PollingMark
    from hub.intake.domain.watermark import Watermark
    from hub.learning.domain.decaying_counters import Key
    from hub.learning.domain.feedback import Lesson
    from hub.life_events.domain.occasions import Occasion
    from hub.model.action_trace import Named, Trace
    from hub.model.decision_outcome import Mark
    from hub.model.letter import Letter
    from hub.profile.domain.mart_row import MartRow
    from hub.publishing.domain.catalogue_diff import Edit
    from hub.reporting.domain.report_tables import Told

Refusals = Mapping[int, str]
Row = Mapping[str, Any]


class Clock(Protocol):
    def __call__(self) -> datetime: ...


class Customers(Protocol):
    """The customer table: one item a customer, whose outbox is the episode that wrote it."""

    def read(self, customer_id: str) -> Customer | None:
        """The customer, or whom they were merged into, whose id is then another."""

    def read_all(self, customer_ids: Iterable[str]) -> dict[str, Customer]:
        """By each id asked what `read` gives, or a customer of that id of whom nothing is known."""

    def write(self, customer: Customer, episode: Episode) -> None:
        """Stores it as `version + 1`. Raises `Conflict` if `version` is not the stored one."""


class Everybody(Protocol):
    """The customer table from end to end, for what is asked of all of it."""

    def all(self) -> Iterator[Customer]:
        """Each customer once, in no order, never all in memory; those who were merged into another
        are that other. One who is written in the meantime comes as before or as after."""


class Identities(Protocol):
    """Who owns a key (`email#ann@example.com`), and by which strong keys a customer is known."""

    def owners(self, keys: Iterable[str]) -> dict[str, str]:
        """Key -> customer id, for the keys that have an owner. Reads consistently."""

    def holdings(self, customer_ids: Iterable[str]) -> "dict[str, Holding]":
        """Of every id asked the living customer's, whose id is another's where they were merged."""

    def claim(self, keys: Sequence[str], holding: "Holding", shared: Mapping[str, str]) -> None:
        """Gives the free `keys` to the customer, whose `holding` has the strong ones of them
        already, and makes nobody's what is `shared` (key -> who has it): all or none. Raises
        `Conflict` if the holding is not of the stored version or a key is another's by now."""

    def forget(self, customer_id: str, keys: Iterable[str]) -> None:
        """That they are known by these keys, by their strong ones, and by those of who was merged
        into them. What is another's stays."""


class Conflicts(Protocol):
    """Keys that gave way to stronger ones."""

    def note(self, conflicts: "Sequence[ConflictRecord]") -> None:
        """Noted again, a conflict is one."""

    def forget(self, customer_ids: Collection[str]) -> None:
        """All that is noted of these, be it of their keys or of how they were merged."""


class Merges(Protocol):
    """The ledger of merges, and the one place that writes two customers at once."""

    def merge(self, merge: "Merge", survivor: Customer) -> None:
        """In one transaction: the survivor as given, an alias in the place of the absorbed, their
        keys, and the line. Raises `Conflict` if anything is not as `merge` says it was."""

    def unmerge(
        self,
        merge: "Merge",
        survivor: Customer,
        absorbed: Customer,
        holdings: "tuple[Holding, Holding]",
    ) -> None:
        """In one transaction: both as given, with the strong keys as given, and the line undone.
        Raises `Conflict` if the survivor, their holding or the line has changed."""

    def last(self, customer_id: str) -> "Merge | None":
        """The last merge by which they were absorbed, also where it is undone."""


class Claims(Protocol):
    """Bodies too large for the bus, kept aside (the claim-check pattern)."""

    def put(self, name: str, body: bytes) -> str: ...

    def get(self, claim: str) -> bytes: ...


class Bus(Protocol):
    """The event bus. Every entry's own result is checked."""

    def deliver(self, deliveries: Sequence[Delivery]) -> Refusals: ...

    def publish(self, kind: str, details: Sequence[Mapping[str, Any]]) -> Refusals:
        """`kind` is `segue.event`, `segue.decision` or `segue.outcome`; the detail type is the
        record's own `type` or `event_type`."""


class CustomerQueue(Protocol):
    """The ordered way to `decide`: one group a customer, repeats of an event id dropped."""

    def send(self, events: Sequence[Event]) -> Refusals: ...


class RetryQueue(Protocol):
    """Where `dispatch` sends itself, for later, what it could not publish."""

    def send(self, bodies: Sequence[Mapping[str, Any]]) -> Refusals: ...


class DeadLetters(Protocol):
    """What a stage gave up on: the message as it came and, beside it, why it lies there."""

    def send(self, message: Message, why: Mapping[str, str]) -> None: ...


class Parked(Protocol):
    """What was accepted but cannot be read yet, with the reason, until its mapping is mended."""

    def park(self, delivery: Delivery, field: str, reason: str) -> None: ...


class Topic(Protocol):
    """Actions on their way to the channels."""

    def publish(self, actions: Sequence[Action]) -> Refusals: ...


class Schedule(Protocol):
    """Waits."""

    def set(self, timer: Timer) -> None:
        """Sets it once: a timer that exists already is left as it is."""


class Decisions(Protocol):
    """Every decision with its receipt, for as long as it is kept."""

    def save(self, decisions: Sequence[Decision]) -> None: ...

    def mark(self, marks: "Sequence[Mark]") -> None:
        """Notes what became of decisions; of the same word told often, the earliest time stays."""

    def flag(self, customer_id: str, since: datetime, until: datetime, why: str) -> int:
        """Marks those of that time as taken on a wrong footing, and says how many they are."""


class Archive(Protocol):
    """What was decided and on what, for as long as it may have to be decided again."""

    def keep(self, records: Sequence[Recorded]) -> None:
        """The same records again take the place of the first."""

    def records(self, day: date) -> Iterator[Recorded]:
        """Those decided on that day in UTC, in no order; one may come more than once."""

    def keep_surroundings(self, name: str, facts: Mapping[str, Any]) -> None: ...

    def surroundings(self, name: str) -> dict[str, Any]:
        """Empty for the name of nothing. Raises `Rejected` for one that was never kept."""


class Status(StrEnum):
    """Where an action is: `attempted` and `postponed` are on the way, the others are final.

    A refused one was never sent out, because what it needs is taken.
    An attempt that is found open was cut off in the middle: nobody knows whether it took effect.
    A postponed one is known not to have, and may be attempted again.
    """

    ATTEMPTED = "attempted"
    POSTPONED = "postponed"
    DELIVERED = "delivered"
    DECLINED = "declined"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Entry:
    """The ledger's line of one action. `reference` is the provider's id or our object's key;
    `told` is what the outcome says of the message besides."""

    status: Status
    at: datetime
    reason: str = ""
    reference: str = ""
    told: Mapping[str, Any] = field(default_factory=dict)


class Ledger(Protocol):
    """One line an action: what makes at most one effect of any number of deliveries."""

    def attempt(self, action: Action, at: datetime) -> Entry | None:
        """Opens the action's line. Returns the line that was there already, else None.

        A postponed line is opened anew.
        """

    def settle(self, action: Action, entry: Entry) -> None: ...

    def refuse(self, action: Action, entry: Entry) -> None:
        """Writes the line of an action that is not sent out; a line that is there stays."""


class Traces(Protocol):
    """The ledger's lines, found by how events name their actions."""

    def find(self, names: "Sequence[Named]") -> "list[Trace | None]":
        """For each, in their order, the action of that id, else of that message at its provider,
        else of that promo code. What was sent only now may not be found yet by its message."""


class Capacity(Protocol):
    """Who has how much of what is scarce. Whatever is repeated, in whatever order: never is more
    taken than there is, and no action is answered now this way and now that."""

    def claim(
        self, action_id: str, claims: Sequence[Claim], until: datetime, now: datetime
    ) -> Claim | None:
        """Takes all the shares for the action, or none and returns the one that is not to be had.

        An action that was granted its shares has them, and one that was refused stays refused.
        What is lent (see `hub.surroundings.domain.capacity`) comes back by itself after `until`.
        """

    def give_back(self, action_ids: Sequence[str]) -> None:
        """Returns what the actions have taken; those that come to claim only later take nothing."""

    def complete(self, action_ids: Sequence[str]) -> None:
        """Returns what the actions were only lent; what they have spent stays spent."""

    def taken(self, now: datetime) -> Mapping[str, int]:
        """How much of each capacity is taken, without what is overdue. May lag a moment behind."""


class Things(Protocol):
    """What is so of products, call queues and promotions, each as it was last said."""

    def note(self, facts: Sequence[Fact]) -> None:
        """A fact that comes late changes nothing, but is counted as every other is: once."""

    def read(self) -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
        """Kind -> name -> what is said of it, with `as_of`. May lag a moment behind."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What a channel did: the provider's `reference`, and what is worth telling of the message,
    such as the `segments` of a text."""

    reference: str
    told: Mapping[str, Any] = field(default_factory=dict)


class Channel(Protocol):
    """A way out to a provider. `keyed`: the provider itself drops a repeat of an action id."""

    @property
    def keyed(self) -> bool: ...

    def deliver(self, action: Action, customer: Customer) -> Sent | None:
        """Carries it out once; None where it is laid up to be carried out together with others,
        after which whoever does so tells how it ended.

        Raises `Unavailable` when it surely did not happen and may later, `Rejected` when it never
        will, `Uncertain` when nobody can know.
        """


class Renderer(Protocol):
    """The template language."""

    def render(
        self,
        body: Mapping[str, str],
        scope: Mapping[str, Any],
        snippets: Mapping[str, Mapping[str, str]] = ...,
    ) -> dict[str, str]:
        """Every part of a body rendered; a part named `html` is escaped as HTML. `snippets` are the
        parts of those that it may name. The same again gives the same, whatever the time.

        Raises `Missing` when it asks for what is not there, `Rejected` when it is wrong otherwise.
        """


class Mail(Protocol):
    """E-mail. Raises as `Channel.deliver` does."""

    def send(
        self,
        to: str,
        parts: Mapping[str, str],
        action_id: str,
        headers: Mapping[str, str] = ...,
    ) -> str:
        """`parts` are subject, text and html; `headers` are those besides the usual ones. Returns
        the provider's message id."""


class ReportMail(Protocol):
    """The report in its readers' letter boxes."""

    def send(self, to: Sequence[str], told: "Told", workbook: bytes) -> None:
        """One mail to all of them, with the workbook attached."""


class TextMessages(Protocol):
    """SMS. Raises as `Channel.deliver` does."""

    def send(self, to: str, text: str, purpose: str) -> str:
        """`to` is in E.164. Returns the provider's message id."""


class Push(Protocol):
    """Messages to an app on somebody's device. Raises as `Channel.deliver` does."""

    def send(self, endpoint: str, parts: Mapping[str, str], about: Mapping[str, str]) -> str:
        """`parts` are title and text; `about` is what the app is told, so that it can answer.
        Returns the provider's message id."""


class CallCentre(Protocol):
    """Where calls are dispatched to. Drops a repeat of a key; raises as `Channel.deliver` does."""

    def dispatch(self, task: Mapping[str, Any], key: str) -> str: ...

    def withdraw(self, task: str) -> bool:
        """Whether the task, by its id over there, is done with; False where the call centre takes
        nothing back."""


class Typesetter(Protocol):
    """Sets letters in type, all in one document, each beginning on a page of its own."""

    def __call__(self, letters: "Sequence[Letter]", on: date) -> "Printed":
        """The same for the same letters and date. Raises `Rejected` with the field of a letter that
        cannot be printed."""


class Letters(Protocol):
    """Letters that are written and not yet printed, by their actions."""

    def lay(self, action: Action, letter: "Letter") -> None:
        """Laid up again, a letter stays as it is."""

    def has(self, action_id: str) -> bool: ...

    def all(self) -> "Iterator[Written]": ...

    def claim(self, action_id: str, batch: str) -> bool:
        """Puts it in the batch and says so, unless it is in another or not there any more."""

    def release(self, action_id: str, batch: str) -> None:
        """Takes it out of that batch, if it is in it."""

    def remove(self, action_id: str) -> None: ...


class Press(Protocol):
    """Where batches of letters are put for the printer."""

    def manifest(self, batch: str) -> "Manifest | None": ...

    def put(self, batch: str, name: str, body: bytes) -> str:
        """Where it lies."""

    def commit(self, manifest: "Manifest") -> "Manifest":
        """The one that counts for that batch, which is the first."""


class Http(Protocol):
    """The way out to systems that are called over HTTP."""

    def send(self, request: "Request", seconds: float) -> "Answer":
        """One attempt of at most so long, to the one address that was asked for.

        Raises `Rejected` for an address that the hub does not go to, `Unavailable` when the request
        surely was not sent, `Uncertain` when it may have been.
        """


class Throttles(Protocol):
    """How much each provider is asked and how it does, known to all processes."""

    def read(self, name: str) -> "Throttle":
        """A fresh one where nothing is stored."""

    def write(self, name: str, state: "Throttle") -> None:
        """Stores it as `version + 1`. Raises `Conflict` if `version` is not the stored one."""


class Tokens(Protocol):
    """Tokens that providers gave the hub, by connector: the members of their answer, and
    `expires_at`."""

    def read(self, connector: str) -> Mapping[str, Any]:
        """Empty where there is none."""

    def keep(self, connector: str, token: Mapping[str, Any]) -> None: ...


class Visibility(Protocol):
    """When a message that failed is seen again."""

    def hide(self, message: Message, seconds: int) -> None: ...


class Warehouse(Protocol):
    """Append-only datasets, partitioned by day. The same name again replaces the same record."""

    def append(self, dataset: str, day: date, name: str, record: Mapping[str, Any]) -> str: ...


class Mart(Protocol):
    """The CRM's mart, a row a customer by the mart's own key."""

    def keep(self, row: "MartRow") -> None:
        """A row that comes late changes nothing."""


class Calendar(Protocol):
    """Days that come round, on the page of their day (see `hub.life_events.domain.occasions`)."""

    def note(self, occasions: "Sequence[Occasion]") -> None:
        """Noted again, an occasion is one, and stays ticked off."""

    def open(self, page: str, day: str) -> "Iterator[Occasion]":
        """Those on the page that are not ticked off for `day` or a later one."""

    def tick_off(self, occasion: "Occasion", day: str) -> None: ...


class CatalogueStore(Protocol):
    """Published catalogues: immutable, numbered from 1."""

    def newest(self) -> int:
        """0 before the first publication."""

    def load(self, number: int) -> dict[str, Any]: ...

    def artifact(self, number: int) -> bytes | None:
        """The catalogue as it was prebuilt for this interpreter and release, if it was."""

    def prepare(self, number: int, artifact: bytes) -> None:
        """Stores the prebuilt form of a published catalogue."""

    def publish(
        self, number: int, snapshot: Mapping[str, Any], artifact: bytes | None = None
    ) -> None:
        """Raises `Conflict` unless the newest is `number - 1`."""


class Rollbacks(Protocol):
    """What a marketer wishes to roll back to: written where the newest number is told, and answered
    there."""

    def asked(self) -> object:
        """As it was typed; None where nothing is asked."""

    def answer(self, asked: object, answer: Mapping[str, Any]) -> None:
        """Takes the wish away and puts the answer there, unless something else is asked by now."""


class RecordedEvents(Protocol):
    """A few of what was decided lately, to hold rules against before they decide."""

    def lately(self, event_type: str) -> Sequence[Recorded]:
        """Episodes of the last days with an event of that type: hundreds at most, none perhaps."""


class CatalogueRows(Protocol):
    """The tables that marketers edit. A table is named `rules`, `templates`, ..."""

    def all(self) -> dict[str, list[dict[str, Any]]]: ...

    def edit(self, edits: "Sequence[Edit]") -> None:
        """Carries them out in their order, a hundred at once or none of these."""

    def note(self, table: str, key: str, published: Mapping[str, Any]) -> None:
        """Writes `published` on the row; a row deleted in the meantime stays deleted."""


class Files(Protocol):
    """The bucket that files are dropped in."""

    def open(self, key: str, etag: str = "") -> IO[bytes]:
        """A file to read and seek in, never whole in memory. Raises `Rejected` where there is none
        and, then or while it is read, `Conflict` when it is not the one of `etag` any more."""

    def exists(self, key: str) -> bool: ...

    def aside(self) -> AbstractContextManager[IO[bytes]]:
        """Room to write in, and to read again, until the context ends."""

    def put(self, key: str, chunks: Iterable[bytes]) -> None: ...


class Database(Protocol):
    """A source's own database."""

    def rows(
        self, url: str, query: str, since: "PollingMark", batch: int
    ) -> Generator[Sequence[Row], None, None]:
        """What the query gives, as the database stood when it was asked, never whole in memory.
        Raises `Rejected` where the query or the address is wrong; to be closed."""


class Watermarks(Protocol):
    """How far each source's database was read, and by whom it is being read."""

    def lease(self, source: str, holder: str, now: datetime, until: datetime) -> "Watermark | None":
        """Where to go on from; None while another holder's lease runs."""

    def note(self, source: str, holder: str, watermark: "Watermark") -> None:
        """Raises `Conflict` where the lease is another's by now."""

    def release(self, source: str, holder: str) -> None:
        """Ends the holder's own lease, and nobody else's."""


class Learned(Protocol):
    """The counters that propensities are learned from, an item for each arm and era."""

    def read(self, keys: "Collection[Key]") -> "dict[Key, dict[str, int]]":
        """Sums by name, of the keys that have any. May lag a moment behind what was added."""


class Lessons(Protocol):
    """What there is to learn, for those counters."""

    def learn(self, lessons: "Sequence[Lesson]") -> None:
        """Counts each lesson once, known by its id for `showing.REMEMBERED`, however often it is
        given and wherever that was cut off. Raises `Conflict` while others keep learning the same.
        """
