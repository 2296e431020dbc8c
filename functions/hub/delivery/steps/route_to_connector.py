"""The switch: each action to the actor of the connector that it is for."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from hub.delivery.steps.carry_out_actions import CarryOutActions
from hub.kernel.errors import HubError, Rejected
from hub.kernel.queue_message import QueueMessage
from hub.model.action_content import ConnectorCall, content_from_dict


@dataclass(frozen=True, slots=True)
class RouteToConnector:
    """`actor_of` gives the actor of one of the `known` connectors; `serving` is channel ->
    connector, for what goes out on a channel rather than to a system that a rule names."""

    step_of: Callable[[str], CarryOutActions]
    connector_names: Collection[str]
    serving: Mapping[str, str]

    def __call__(self, messages: Sequence[QueueMessage]) -> Mapping[str, HubError]:
        """Returns the failures by message id."""
        failures: dict[str, HubError] = {}
        for message in messages:
            try:
                failures |= self.step_of(self._connector_name(message))([message])
            except HubError as error:
                failures[message.id] = error
        return failures

    def _connector_name(self, message: QueueMessage) -> str:
        channel = str(message.body.get("channel", ""))
        what = content_from_dict(channel, message.body.get("what", {}))
        called = what.connector if isinstance(what, ConnectorCall) else ""
        name = called or self.serving.get(channel, "")
        if name not in self.connector_names:
            raise Rejected(f"there is no connector for {name or channel or 'nothing'}", "connector")
        return str(name)
