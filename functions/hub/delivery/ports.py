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
    """Actions on their way to the channels."""

    def publish(self, actions: Sequence[Action]) -> Refusals: ...


class TimerSchedule(Protocol):
    """Waits."""

    def set(self, timer: Timer) -> None:
        """Sets it once: a timer that exists already is left as it is."""


class ActionStatus(StrEnum):
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
class LedgerEntry:
    """The ledger's line of one action. `reference` is the provider's id or our object's key;
    `told` is what the outcome says of the message besides."""

    status: ActionStatus
    at: datetime
    reason: str = ""
    reference: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)


class ActionLedger(Protocol):
    """One line an action: what makes at most one effect of any number of deliveries."""

    def attempt(self, action: Action, at: datetime) -> LedgerEntry | None:
        """Opens the action's line. Returns the line that was there already, else None.

        A postponed line is opened anew.
        """

    def settle(self, action: Action, entry: LedgerEntry) -> None: ...

    def refuse(self, action: Action, entry: LedgerEntry) -> None:
        """Writes the line of an action that is not sent out; a line that is there stays."""


@dataclass(frozen=True, slots=True)
class DeliveryResult:
    """What a channel did: the provider's `reference`, and what is worth telling of the message,
    such as the `segments` of a text."""

    reference: str
    details: Mapping[str, Any] = field(default_factory=dict)


class DeliveryChannel(Protocol):
    """A way out to a provider. `keyed`: the provider itself drops a repeat of an action id."""

    @property
    def is_idempotent(self) -> bool: ...

    def deliver(self, action: Action, customer: Customer) -> DeliveryResult | None:
        """Carries it out once; None where it is laid up to be carried out together with others,
        after which whoever does so tells how it ended.

        Raises `Unavailable` when it surely did not happen and may later, `Rejected` when it never
        will, `Uncertain` when nobody can know.
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


class TextMessages(Protocol):
    """SMS. Raises as `Channel.deliver` does."""

    def send(self, to: str, text: str, purpose: str) -> str:
        """`to` is in E.164. Returns the provider's message id."""


class PushMessages(Protocol):
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

    def __call__(self, letters: Sequence[Letter], on: date) -> PrintDocument:
        """The same for the same letters and date. Raises `Rejected` with the field of a letter that
        cannot be printed."""


class WaitingLetters(Protocol):
    """Letters that are written and not yet printed, by their actions."""

    def add(self, action: Action, letter: Letter) -> None:
        """Laid up again, a letter stays as it is."""

    def has(self, action_id: str) -> bool: ...

    def read_all(self) -> Iterator[WaitingLetter]: ...

    def assign_batch(self, action_id: str, batch: str) -> bool:
        """Puts it in the batch and says so, unless it is in another or not there any more."""

    def unassign_batch(self, action_id: str, batch: str) -> None:
        """Takes it out of that batch, if it is in it."""

    def remove(self, action_id: str) -> None: ...


class PrintStore(Protocol):
    """Where batches of letters are put for the printer."""

    def read_manifest(self, batch: str) -> PrintManifest | None: ...

    def put_file(self, batch: str, name: str, body: bytes) -> str:
        """Where it lies."""

    def commit(self, manifest: PrintManifest) -> PrintManifest:
        """The one that counts for that batch, which is the first."""


class OutboundHttp(Protocol):
    """The way out to systems that are called over HTTP."""

    def send(self, request: HttpRequest, seconds: float) -> HttpResponse:
        """One attempt of at most so long, to the one address that was asked for.

        Raises `Rejected` for an address that the hub does not go to, `Unavailable` when the request
        surely was not sent, `Uncertain` when it may have been.
        """


class ThrottleStates(Protocol):
    """How much each provider is asked and how it does, known to all processes."""

    def read(self, name: str) -> ThrottleState:
        """A fresh one where nothing is stored."""

    def write(self, name: str, state: ThrottleState) -> None:
        """Stores it as `version + 1`. Raises `Conflict` if `version` is not the stored one."""


class OAuthTokens(Protocol):
    """Tokens that providers gave the hub, by connector: the members of their answer, and
    `expires_at`."""

    def read(self, connector: str) -> Mapping[str, Any]:
        """Empty where there is none."""

    def store(self, connector: str, token: Mapping[str, Any]) -> None: ...


class Warehouse(Protocol):
    """Append-only datasets, partitioned by day. The same name again replaces the same record."""

    def append(self, dataset: str, day: date, name: str, record: Mapping[str, Any]) -> str: ...
