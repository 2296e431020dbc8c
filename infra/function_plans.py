"""What each function is built of and how long it may take: one entry a function."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Plan:
    """`seconds`: the longest one call may take; its queue hides a message six times as long.

    `services`: whose models of botocore the bundle carries, out of more than 400.
    `schemas`: the parts of `schemas/` it reads. `memory` is in MB and buys CPU in proportion.
    """

    seconds: int
    services: tuple[str, ...]
    schemas: tuple[str, ...] = ()
    memory: int = 512


_SOURCES = ("sources", "events", "identity.json")

PLANS: Mapping[str, Plan] = MappingProxyType(
    {
        "receive_webhook": Plan(29, ("events", "s3", "secretsmanager"), _SOURCES),
        "receive_file": Plan(900, ("events", "s3", "sqs"), _SOURCES, memory=1024),
        "poll_database": Plan(120, ("dynamodb", "events", "s3", "secretsmanager", "sqs"), _SOURCES),
        "normalize": Plan(60, ("dynamodb", "events", "s3", "sqs"), _SOURCES, memory=1024),
        "decide": Plan(30, ("dynamodb", "s3", "sqs"), ("identity.json",), memory=1024),
        "answer": Plan(
            29, ("dynamodb", "events", "s3", "secretsmanager"), ("identity.json",), memory=1024
        ),
        "dispatch": Plan(60, ("dynamodb", "events", "s3", "scheduler", "sns", "sqs")),
        "send_email": Plan(60, ("dynamodb", "events", "s3", "secretsmanager", "sesv2", "sqs")),
        "send_sms": Plan(60, ("dynamodb", "events", "s3", "sns", "sqs")),
        "send_push": Plan(60, ("dynamodb", "events", "s3", "sns", "sqs")),
        "dispatch_call": Plan(60, ("connect", "dynamodb", "events", "s3", "secretsmanager", "sqs")),
        "call_endpoint": Plan(
            60, ("dynamodb", "events", "s3", "secretsmanager", "sqs"), ("connectors",)
        ),
        "append_warehouse": Plan(60, ("dynamodb", "events", "s3", "sqs")),
        "print_letters": Plan(300, ("dynamodb", "events", "s3", "sqs"), memory=1769),
        "learn": Plan(60, ("dynamodb", "sqs")),
        "keep_mart": Plan(60, ("dynamodb", "sqs")),
        "announce_life_events": Plan(300, ("dynamodb", "sqs")),
        "report": Plan(900, ("dynamodb", "s3", "sesv2", "sqs"), memory=1769),
        "refresh_audiences": Plan(900, ("dynamodb", "s3", "sqs"), memory=1024),
        "guard_catalogue": Plan(
            60,
            ("dynamodb", "s3"),
            (
                *("catalogue", "connectors", "events"),
                *("customer.schema.json", "surroundings.schema.json"),
            ),
            memory=1769,
        ),
    }
)


def group_of(function: str) -> str:
    """The dependency group, and so the lock, of a function."""
    return function.replace("_", "-")
