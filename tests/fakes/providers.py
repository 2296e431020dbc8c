"""The providers that actions end at."""

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any

from hub.kernel.errors import Rejected
from hub.reporting.domain.report_tables import PeriodReport


class Mail:
    """`sent` holds (to, parts, action id) in order, a repeat as often as it was sent; `headers`
    are what each had besides."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, Mapping[str, str], str]] = []
        self.headers: list[Mapping[str, str]] = []

    def send(
        self,
        to: str,
        parts: Mapping[str, str],
        action_id: str,
        headers: Mapping[str, str] = MappingProxyType({}),
    ) -> str:
        if "@" not in to:
            raise Rejected("no such address")
        self.sent.append((to, parts, action_id))
        self.headers.append(headers)
        return f"mail-{len(self.sent)}"


class TextMessages:
    """`sent` holds (to, text, purpose) in order, a repeat as often as it was sent."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str, str]] = []

    def send(self, to: str, text: str, purpose: str) -> str:
        self.sent.append((to, text, purpose))
        return f"text-{len(self.sent)}"


class PushMessages:
    """`sent` holds (endpoint, parts, about) in order; `gone` are the endpoints of apps that were
    removed."""

    def __init__(self, *gone: str) -> None:
        self.gone = gone
        self.sent: list[tuple[str, Mapping[str, str], Mapping[str, str]]] = []

    def send(self, endpoint: str, parts: Mapping[str, str], about: Mapping[str, str]) -> str:
        if endpoint in self.gone or "/" not in endpoint:
            raise Rejected("no such endpoint")
        self.sent.append((endpoint, parts, about))
        return f"push-{len(self.sent)}"


class ReportMail:
    """`sent` is to whom, the report's last day, and the workbook."""

    def __init__(self) -> None:
        self.sent: list[tuple[tuple[str, ...], date, bytes]] = []

    def send(self, to: Sequence[str], period_report: PeriodReport, workbook: bytes) -> None:
        self.sent.append((tuple(to), period_report.last, workbook))


class CallCentre:
    """`tasks` is key -> task: a repeat of a key is the same task."""

    def __init__(self) -> None:
        self.tasks: dict[str, Mapping[str, Any]] = {}

    def dispatch(self, task: Mapping[str, Any], key: str) -> str:
        self.tasks.setdefault(key, task)
        return f"task-{key}"

    def withdraw(self, task: str) -> bool:
        self.tasks.pop(task.removeprefix("task-"), None)
        return True
