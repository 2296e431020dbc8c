"""Ports: the action ledger, the channels and their providers."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Protocol

from hub.delivery.domain.connector.circuit_breaker import ThrottleState
from hub.delivery.domain.connector.http_message import HttpRequest, HttpResponse
from hub.delivery.domain.print_batch import PrintDocument, PrintManifest, WaitingLetter
from hub.messaging.ports import Refusals
from hub.model.customer import Customer
from hub.model.decision import Action, Timer
from hub.model.letter import Letter


class ActionTopic(Protocol):
    """The topic from which the queues of the channels get their actions."""

    def publish(self, actions: Sequence[Action]) -> Refusals: ...


class TimerSchedule(Protocol):
    """The timers of waits."""

    def set(self, timer: Timer) -> None:
        """Sets the timer. One that exists already stays as it is."""


class ActionStatus(StrEnum):
    """The status of an action. `attempted` and `postponed` are not final, the others are.

    A refused action was not sent, because a capacity that it needs is used up.
    If a line is still `attempted`, the attempt was interrupted, and its effect is not known. With
    a reason, the attempt has ended.
    A postponed action had no effect and may be attempted again.
    """

    ATTEMPTED = "attempted"
    POSTPONED = "postponed"
    DELIVERED = "delivered"
    DECLINED = "declined"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """The ledger's line of one action. `reference` is the provider's id or the key of our object.
    `details` become properties of the outcome."""

    status: ActionStatus
    at: datetime
    reason: str = ""
    reference: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)


class ActionLedger(Protocol):
    """One line for each action, so that an action takes effect at most once."""

    def attempt(self, action: Action, at: datetime) -> LedgerEntry | None:
        """Opens the action's line. Returns None, or the line that exists already.

        A postponed line is opened again.
        """

    def settle(self, action: Action, entry: LedgerEntry) -> None: ...

    def refuse(self, action: Action, entry: LedgerEntry) -> None:
        """Writes the line of an action that is not sent. A line that exists already stays."""


@dataclass(frozen=True, slots=True)
class DeliveryResult:
    """What a channel did. `reference` is the provider's id, and `details` become properties of the
    outcome, such as the `segments` of a text."""

    reference: str
    details: Mapping[str, Any] = field(default_factory=dict)


class DeliveryChannel(Protocol):
    """A way to reach a customer or system through one provider."""

    @property
    def is_idempotent(self) -> bool:
        """Whether the provider recognises a repeated action by its idempotency key."""

    def deliver(self, action: Action, customer: Customer) -> DeliveryResult | None:
        """Carries the action out once. Returns None if it is stored for a batch; the step that
        carries out the batch then settles the action.

        Raises `Unavailable` if the action had no effect and may be tried later, `Rejected` if it
        must not be tried again, `Uncertain` if its effect is not known. `Unsettled` is raised if
        its effect is not known and it may be tried later.
        """


class Mail(Protocol):
    """E-mail. Raises as `DeliveryChannel.deliver` does."""

    def send(
        self,
        to: str,
        parts: Mapping[str, str],
        action_id: str,
        headers: Mapping[str, str] = ...,
    ) -> str:
        """Sends `parts`: subject, text and html. `headers` are additional ones. Returns the
        provider's message id."""


class TextMessages(Protocol):
    """SMS. Raises as `DeliveryChannel.deliver` does."""

    def send(self, to: str, text: str, purpose: str) -> str:
        """Sends a text to a number in E.164. Returns the provider's message id."""


class PushMessages(Protocol):
    """Messages to an app on somebody's device. Raises as `DeliveryChannel.deliver` does."""

    def send(self, endpoint: str, parts: Mapping[str, str], about: Mapping[str, str]) -> str:
        """Sends `parts`: title and text. `about` has the ids with which the app reports a response.
        Returns the provider's message id."""


class CallCentre(Protocol):
    """The system that gives calls to agents. Raises as `DeliveryChannel.deliver` does."""

    def dispatch(self, task: Mapping[str, Any], key: str) -> str:
        """Creates a task, once for each idempotency key. Returns its id over there."""

    def withdraw(self, task: str) -> bool:
        """Withdraws a task by its id over there. Returns False if the call centre cannot do so."""


class Typesetter(Protocol):
    """Makes one document of letters, each from a new page."""

    def __call__(self, letters: Sequence[Letter], on: date) -> PrintDocument:
        """Returns the same document for the same letters and date. Raises `Rejected` with the field
        of a letter that cannot be printed."""


class WaitingLetters(Protocol):
    """Letters that are written and not yet printed, by the ids of their actions."""

    def add(self, action: Action, letter: Letter) -> None:
        """Adds a letter. One that is there already stays as it is."""

    def has(self, action_id: str) -> bool: ...

    def read_all(self) -> Iterator[WaitingLetter]: ...

    def assign_batch(self, action_id: str, batch: str) -> bool:
        """Puts the letter in the batch. Returns False if it is in another one or not there."""

    def unassign_batch(self, action_id: str, batch: str) -> None:
        """Takes the letter out of the batch, if it is in it."""

    def remove(self, action_id: str) -> None: ...


class PrintStore(Protocol):
    """The batches of letters for the printer."""

    def read_manifest(self, batch: str) -> PrintManifest | None: ...

    def put_file(self, batch: str, name: str, body: bytes) -> str:
        """Stores a file of a batch. Returns its key."""

    def commit(self, manifest: PrintManifest) -> PrintManifest:
        """Stores the manifest, unless the batch has one. Returns the one that the batch has."""


class OutboundHttp(Protocol):
    """HTTP requests to other systems."""

    def send(self, request: HttpRequest, seconds: float) -> HttpResponse:
        """Makes one attempt of at most `seconds`, and follows no redirect.

        Raises `Rejected` for an address that is not allowed, `Unavailable` if the request was not
        sent, `Uncertain` if it may have been sent.
        """


class ThrottleStates(Protocol):
    """The rate and the failures of each provider. All processes share them."""

    def read(self, name: str) -> ThrottleState:
        """Returns a new state if nothing is stored."""

    def write(self, name: str, state: ThrottleState) -> None:
        """Stores it as `version + 1`. Raises `Conflict` if `version` is not the stored one."""


class OAuthTokens(Protocol):
    """Tokens that providers gave the hub, by connector: the members of their answer, and
    `expires_at`."""

    def read(self, connector: str) -> Mapping[str, Any]:
        """Returns an empty map if there is no token."""

    def store(self, connector: str, token: Mapping[str, Any]) -> None: ...


class Warehouse(Protocol):
    """Append-only data sets, partitioned by day."""

    def append(self, dataset: str, day: date, name: str, record: Mapping[str, Any]) -> str:
        """Stores a record, in place of one with the same name. Returns the key of the object."""
