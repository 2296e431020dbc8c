"""What the steps need of the world: adapters fulfil it in AWS, fakes in tests, one contract both.

Batch methods take a sequence and return the refusals, index -> reason: an empty mapping means that
all of it is stored. All methods raise `Unavailable` when the service behind them does not answer.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

from hub.domain.customer import Customer
from hub.domain.decision import Action, Decision, Timer
from hub.domain.delivery import Delivery
from hub.domain.event import Event
from hub.domain.message import Message

if TYPE_CHECKING:  # so that only who learns carries the learner
    from hub.domain.learning.counters import Key
    from hub.domain.learning.showing import Increment

Refusals = Mapping[int, str]
Row = Mapping[str, Any]


class Clock(Protocol):
    def __call__(self) -> datetime: ...


class Customers(Protocol):
    """The customer table: one item a customer, written with the outbox of what it decided."""

    def read(self, customer_id: str) -> Customer | None: ...

    def write(self, customer: Customer, outbox: Sequence[Decision]) -> None:
        """Stores it as `version + 1`. Raises `Conflict` if `version` is not the stored one."""


class Identities(Protocol):
    """Who owns a key (`email#ann@example.com`)."""

    def owners(self, keys: Iterable[str]) -> dict[str, str]:
        """Key -> customer id, for the keys that have an owner. Reads consistently."""

    def claim(self, keys: Sequence[str], customer_id: str) -> None:
        """Gives all the keys to the customer or none. Raises `Conflict` if one has an owner."""


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


class Status(StrEnum):
    """Where an action is: `attempted` and `postponed` are on the way, the others are final.

    An attempt that is found open was cut off in the middle: nobody knows whether it took effect.
    A postponed one is known not to have, and may be attempted again.
    """

    ATTEMPTED = "attempted"
    POSTPONED = "postponed"
    DELIVERED = "delivered"
    DECLINED = "declined"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Entry:
    """The ledger's line of one action. `reference` is the provider's id or our object's key."""

    status: Status
    at: datetime
    reason: str = ""
    reference: str = ""


class Ledger(Protocol):
    """One line an action: what makes at most one effect of any number of deliveries."""

    def attempt(self, action: Action, at: datetime) -> Entry | None:
        """Opens the action's line. Returns the line that was there already, else None.

        A postponed line is opened anew.
        """

    def settle(self, action: Action, entry: Entry) -> None: ...


class Channel(Protocol):
    """A way out to a provider. `keyed`: the provider itself drops a repeat of an action id."""

    @property
    def keyed(self) -> bool: ...

    def deliver(self, action: Action, customer: Customer) -> str:
        """Carries it out once and returns the provider's reference.

        Raises `Unavailable` when it surely did not happen and may later, `Rejected` when it never
        will, `Uncertain` when nobody can know.
        """


class Renderer(Protocol):
    """The template language. Raises `Rejected` when a template asks for what is missing."""

    def render(self, body: Mapping[str, str], scope: Mapping[str, Any]) -> dict[str, str]:
        """Every part of a body rendered; a part named `html` is escaped as HTML."""


class Mail(Protocol):
    """E-mail. Raises as `Channel.deliver` does."""

    def send(self, to: str, parts: Mapping[str, str], action_id: str) -> str:
        """`parts` are subject, text and html. Returns the provider's message id."""


class CallCentre(Protocol):
    """Where calls are dispatched to. Drops a repeat of a key; raises as `Channel.deliver` does."""

    def dispatch(self, task: Mapping[str, Any], key: str) -> str: ...


class Warehouse(Protocol):
    """Append-only datasets, partitioned by day. The same name again replaces the same record."""

    def append(self, dataset: str, day: date, name: str, record: Mapping[str, Any]) -> str: ...


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


class CatalogueRows(Protocol):
    """The tables that marketers edit. A table is named `rules`, `templates`, ..."""

    def all(self) -> dict[str, list[dict[str, Any]]]: ...

    def note(self, table: str, key: str, published: Mapping[str, Any]) -> None:
        """Writes `published` on the row; a row deleted in the meantime stays deleted."""


class Files(Protocol):
    """The bucket that files are dropped in."""

    def lines(self, key: str, encoding: str, etag: str = "") -> Iterator[str]:
        """Streams the lines with their ends. Raises `Rejected` on a byte the encoding lacks, and
        `Conflict` when an `etag` is given and the file is another by now."""

    def exists(self, key: str) -> bool: ...

    def put(self, key: str, chunks: Iterable[bytes]) -> None: ...


class Learned(Protocol):
    """The counters that propensities are learned from, an item for each arm and era."""

    def read(self, keys: "Collection[Key]") -> "dict[Key, dict[str, int]]":
        """Sums by name, of the keys that have any. May lag a moment behind what was added."""

    def add(self, increments: "Sequence[Increment]") -> None:
        """Adds to each item atomically. Added again they count again: give each outcome once."""
