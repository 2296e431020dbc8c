"""Routes each action to the step of its connector."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from hub.delivery.steps.carry_out_actions import CarryOutActions
from hub.kernel.errors import HubError, Rejected
from hub.kernel.queue_message import QueueMessage
from hub.model.action_content import ConnectorCall, content_from_dict


@dataclass(frozen=True, slots=True)
class RouteToConnector:
    """`get_step` returns the step of one of the connectors. `serving` is channel -> connector, for
    actions whose rule names a channel and no connector."""

    get_step: Callable[[str], CarryOutActions]
    connector_names: Collection[str]
    serving: Mapping[str, str]

    def __call__(self, messages: Sequence[QueueMessage]) -> Mapping[str, HubError]:
        """Returns the failures by message id."""
        failures: dict[str, HubError] = {}
        for message in messages:
            try:
                failures |= self.get_step(self._find_connector(message))([message])
            except HubError as error:
                failures[message.id] = error
        return failures

    def _find_connector(self, message: QueueMessage) -> str:
        channel = str(message.body.get("channel", ""))
        what = content_from_dict(channel, message.body.get("what", {}))
        named = what.connector if isinstance(what, ConnectorCall) else ""
        name = named or self.serving.get(channel, "")
        if name not in self.connector_names:
            raise Rejected(f"there is no connector for {name or channel or 'nothing'}", "connector")
        return str(name)
