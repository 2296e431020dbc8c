"""The environment of each function: read once, checked at once. Nothing else reads `os.environ`."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Protocol, TypeVar


class SettingsError(Exception):
    """The function was deployed with names missing or unreadable; the text lists all of them."""


class QueueSettings(Protocol):
    """What every function behind a queue is told."""

    @property
    def dead_letters_url(self) -> str: ...

    @property
    def max_receives(self) -> int: ...


@dataclass(frozen=True, slots=True)
class ReceiveWebhookSettings:
    bus_name: str
    claims_bucket: str
    source_secrets: str


@dataclass(frozen=True, slots=True)
class ReceiveFileSettings:
    bus_name: str
    files_bucket: str
    retry_queue_url: str
    events_queue_url: str
    customer_queue_url: str
    dead_letters_url: str
    max_receives: int


@dataclass(frozen=True, slots=True)
class PollDatabaseSettings:
    bus_name: str
    claims_bucket: str
    database_secrets: str
    parked_table: str
    watermarks_table: str
    dead_letters_url: str
    max_receives: int


@dataclass(frozen=True, slots=True)
class NormalizeSettings:
    bus_name: str
    claims_bucket: str
    identities_table: str
    ledger_table: str
    merges_table: str
    parked_table: str
    surroundings_table: str
    customer_queue_url: str
    dead_letters_url: str
    max_receives: int


@dataclass(frozen=True, slots=True)
class DecideSettings:
    archive_bucket: str
    capacity_table: str
    customers_table: str
    surroundings_table: str
    identities_table: str
    merges_table: str
    decisions_table: str
    customer_queue_url: str
    catalogue_table: str
    catalogue_bucket: str
    learned_table: str
    dead_letters_url: str
    max_receives: int


@dataclass(frozen=True, slots=True)
class AnswerSettings:
    archive_bucket: str
    asker_keys: str
    bus_name: str
    capacity_table: str
    catalogue_bucket: str
    catalogue_table: str
    customers_table: str
    decisions_table: str
    identities_table: str
    learned_table: str
    link_keys: str
    surroundings_table: str


@dataclass(frozen=True, slots=True)
class DispatchSettings:
    actions_topic: str
    archive_bucket: str
    capacity_table: str
    identities_table: str
    ledger_table: str
    merges_table: str
    decisions_table: str
    bus_name: str
    customer_queue_arn: str
    customer_queue_url: str
    schedule_group: str
    schedule_role_arn: str
    schedule_dead_letters_arn: str
    retry_queue_url: str
    dead_letters_url: str
    max_receives: int


@dataclass(frozen=True, slots=True)
class SendEmailSettings:
    customers_table: str
    ledger_table: str
    catalogue_bucket: str
    bus_name: str
    link_keys: str
    public_url: str
    sender: str
    dead_letters_url: str
    max_receives: int


@dataclass(frozen=True, slots=True)
class SendSmsSettings:
    customers_table: str
    ledger_table: str
    catalogue_bucket: str
    bus_name: str
    dead_letters_url: str
    max_receives: int


@dataclass(frozen=True, slots=True)
class SendPushSettings:
    customers_table: str
    ledger_table: str
    catalogue_bucket: str
    bus_name: str
    dead_letters_url: str
    max_receives: int


@dataclass(frozen=True, slots=True)
class CallEndpointSettings:
    """`serving` tells which connector serves which channel, `fax=interfax x=x`;
    `egress` is `public`, or `local` where there is nothing but this machine."""

    customers_table: str
    ledger_table: str
    throttles_table: str
    catalogue_bucket: str
    bus_name: str
    connector_secrets: str
    connector_tokens: str
    link_keys: str
    public_url: str
    serving: str
    egress: str
    dead_letters_url: str
    max_receives: int


@dataclass(frozen=True, slots=True)
class DispatchCallSettings:
    """`call_centre` is `http` or the flow of Amazon Connect; `egress` as `CallEndpointSettings`."""

    customers_table: str
    ledger_table: str
    catalogue_bucket: str
    bus_name: str
    call_centre: str
    connector_secrets: str
    egress: str
    dead_letters_url: str
    max_receives: int


@dataclass(frozen=True, slots=True)
class AppendWarehouseSettings:
    customers_table: str
    ledger_table: str
    warehouse_bucket: str
    bus_name: str
    dead_letters_url: str
    max_receives: int


@dataclass(frozen=True, slots=True)
class PrintLettersSettings:
    bus_name: str
    catalogue_bucket: str
    customers_table: str
    ledger_table: str
    letters_table: str
    print_bucket: str
    return_address: str
    dead_letters_url: str
    max_receives: int


@dataclass(frozen=True, slots=True)
class LearnSettings:
    learned_table: str
    lessons_table: str
    dead_letters_url: str
    max_receives: int


@dataclass(frozen=True, slots=True)
class KeepMartSettings:
    mart_table: str
    dead_letters_url: str
    max_receives: int


@dataclass(frozen=True, slots=True)
class AnnounceLifeEventsSettings:
    calendar_table: str
    customer_queue_url: str
    customers_table: str
    dead_letters_url: str
    max_receives: int


@dataclass(frozen=True, slots=True)
class RefreshAudiencesSettings:
    audiences_bucket: str
    catalogue_bucket: str
    catalogue_table: str
    customers_table: str
    time_zone: str
    dead_letters_url: str
    max_receives: int


@dataclass(frozen=True, slots=True)
class ReportSettings:
    archive_bucket: str
    catalogue_bucket: str
    catalogue_table: str
    reports_bucket: str
    report_to: str
    sender: str
    time_zone: str
    dead_letters_url: str
    max_receives: int


@dataclass(frozen=True, slots=True)
class GuardCatalogueSettings:
    archive_bucket: str
    stories_table: str
    audiences_table: str
    rules_table: str
    offers_table: str
    policies_table: str
    templates_table: str
    catalogue_table: str
    catalogue_bucket: str


S = TypeVar("S")


def names(settings: type[Any]) -> frozenset[str]:
    """The environment variables that a settings class is read from."""
    return frozenset(field.name.upper() for field in fields(settings))


def read(settings: type[S], environ: Mapping[str, str] = os.environ) -> S:
    """Reads each field from its name in upper case. Raises `SettingsError` naming every fault."""
    wrong = []
    values: dict[str, str | int] = {}
    for name, kind in settings.__annotations__.items():
        text = environ.get(name.upper(), "").strip()
        values[name] = text
        if not text:
            wrong.append(f"{name.upper()} is missing")
        elif kind is int and not (text.isascii() and text.isdigit()):
            wrong.append(f"{name.upper()} is not a whole number")
        elif kind is int:
            values[name] = int(text)
    if wrong:
        raise SettingsError(f"{settings.__name__}: {', '.join(wrong)}")
    return settings(**values)
