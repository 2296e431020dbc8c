"""Calls as tasks of Amazon Connect. A task shows an agent whom to call, why, and the script."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from hub.delivery.adapters.at_most_once import translate_send_errors
from hub.kernel.errors import Rejected, Uncertain, Unsettled
from hub.platform.adapters.aws_clients import amazon_connect

LONGEST_NAME = 512
LONGEST_SCRIPT = 4096
_REJECTED_CODES = frozenset({"InvalidParameterException", "InvalidRequestException"})


class ConnectTasks:
    """`hub.delivery.ports.CallCentre` on Amazon Connect.

    The idempotency key is the client token: within a week, Connect answers a repeat with the
    contact that exists already. `flow` is the ARN of the flow that routes the task to a queue by
    the attribute `queue`:
    https://docs.aws.amazon.com/connect/latest/APIReference/API_StartTaskContact.html
    """

    def __init__(self, flow: str) -> None:
        instance, _, self._flow = flow.partition("/contact-flow/")
        self._instance = instance.rpartition("/")[2]

    def dispatch(self, task: Mapping[str, Any], key: str) -> str:
        if len(task["script"]) > LONGEST_SCRIPT:
            size = len(task["script"])
            raise Rejected(f"has {size} characters: {LONGEST_SCRIPT} at most", "script")
        with _translate_errors():
            return self._start_task(task, key)

    def withdraw(self, task: str) -> bool:
        """Ends the contact. Returns True also if it has ended already."""
        with _translate_errors():
            try:
                amazon_connect().stop_contact(ContactId=task, InstanceId=self._instance)
            except amazon_connect().exceptions.ContactNotFoundException:
                return True
        return True

    def _start_task(self, task: Mapping[str, Any], key: str) -> str:
        names = ("queue", "reason", "phone", "customer_id", "due_by")
        attributes = {name: str(task[name]) for name in names if task.get(name)}
        title = ": ".join(filter(None, (task["queue"], task.get("reason"))))
        response = amazon_connect().start_task_contact(
            InstanceId=self._instance,
            ContactFlowId=self._flow,
            Name=title[:LONGEST_NAME],
            Description=task["script"],
            References={"phone": {"Type": "STRING", "Value": attributes.get("phone", "")}},
            Attributes={**attributes, "action_id": key},
            ClientToken=key,
        )
        return response["ContactId"]


@contextmanager
def _translate_errors() -> Iterator[None]:
    """Turns what boto3 raises into the hub's errors."""
    try:
        with translate_send_errors("Amazon Connect", _REJECTED_CODES):
            yield
    except Uncertain as error:
        raise Unsettled(error.reason) from error
