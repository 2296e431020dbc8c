"""Cold starts: what importing an adapter asks of the world, and what errors mean."""

import subprocess
import sys
from pathlib import Path

import pytest
from botocore.exceptions import ClientError, NoCredentialsError
from pynamodb.exceptions import CancellationReason, TransactWriteError, VerboseClientError

import hub
from hub.kernel.errors import Conflict, HubError, Rejected, Unavailable
from hub.platform.adapters import aws_clients
from hub.platform.adapters.dynamodb import translate_errors as table_translated

HUB = Path(hub.__file__).parent
FUNCTIONS = HUB.parent
ADAPTERS = sorted(
    ".".join(path.relative_to(FUNCTIONS).with_suffix("").parts)
    for path in HUB.rglob("adapters/[a-z]*.py")
)


def test_every_adapter_imports_without_an_aws_environment() -> None:
    assert len(ADAPTERS) > 60
    lines = "\n".join(f"import {name}" for name in ADAPTERS)
    ran = subprocess.run(  # noqa: S603 - our own interpreter on our own modules
        [sys.executable, "-W", "error", "-c", lines],
        env={"PYTHONPATH": str(FUNCTIONS), "HOME": "/nonexistent"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr


@pytest.mark.parametrize(
    "name",
    [
        "messaging.adapters.claim_check",
        "messaging.adapters.dead_letter_queue",
        "messaging.adapters.event_bus",
        "messaging.adapters.queues",
        "platform.adapters.file_bucket",
        "platform.adapters.secrets",
    ],
)
def test_an_entrance_does_not_carry_pynamodb(name: str) -> None:
    lines = f"import sys, hub.{name}; sys.exit('pynamodb' in sys.modules)"
    ran = subprocess.run(  # noqa: S603 - as above
        [sys.executable, "-c", lines], env={"PYTHONPATH": str(FUNCTIONS)}, check=False
    )
    assert ran.returncode == 0


@pytest.mark.parametrize(
    ("code", "meaning"),
    [
        ("ConditionalCheckFailedException", Conflict),
        ("PreconditionFailed", Conflict),
        ("ValidationException", Rejected),
        ("NoSuchKey", Rejected),
        ("ThrottlingException", Unavailable),
        ("AccessDeniedException", Unavailable),
        ("SomethingNew", Unavailable),
    ],
)
def test_an_error_code_has_a_meaning_and_its_message_is_not_repeated(
    code: str, meaning: type[HubError]
) -> None:
    said = {"Error": {"Code": code, "Message": "ann@example.com is not verified"}}
    with pytest.raises(meaning) as raised, aws_clients.translate_errors():
        raise ClientError(said, "PutItem")  # type: ignore[arg-type]  # less than boto's whole answer
    assert raised.value.reason == f"PutItem: {code}"


def test_missing_credentials_are_unavailable() -> None:
    with pytest.raises(Unavailable, match="NoCredentialsError"), aws_clients.translate_errors():
        raise NoCredentialsError


@pytest.mark.parametrize(
    ("codes", "meaning"),
    [
        ([None, "ConditionalCheckFailed"], Conflict),
        (["TransactionConflict", None], Conflict),
        (["ThrottlingError", None], Unavailable),
        (["ValidationError"], Rejected),
        ([], Unavailable),
    ],
)
def test_a_cancelled_transaction_means_what_its_reasons_mean(
    codes: list[str | None], meaning: type[HubError]
) -> None:
    cause = VerboseClientError(
        {"Error": {"Code": "TransactionCanceledException"}},
        "TransactWriteItems",
        cancellation_reasons=[CancellationReason(code) if code else None for code in codes],
    )
    with pytest.raises(meaning), table_translated():
        raise TransactWriteError("cancelled", cause)
