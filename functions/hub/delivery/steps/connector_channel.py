"""Calling: an action carried out by a connector, over HTTP."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from hub.contact_policy.domain.preference_centre import Invitations
from hub.delivery.domain.connector.definition import Mode, Operation, Template
from hub.delivery.domain.connector.request_builder import value
from hub.delivery.domain.connector.response_meaning import unknown_to
from hub.delivery.domain.connector.verb_fields import typed
from hub.delivery.ports import Sent
from hub.delivery.steps.connector_exchange import Exchange
from hub.delivery.steps.message_channels import Content
from hub.kernel.errors import Rejected
from hub.model.customer import Customer
from hub.model.decision import Action

EMAIL = "email"


@dataclass(frozen=True, slots=True)
class ConnectorChannel:
    """A `Channel` to the one system that `exchange` speaks with. `secret_of` a connector's name is
    what its owner put into Secrets Manager for it."""

    exchange: Exchange
    content: Content
    secret_of: Callable[[str], Mapping[str, Any]]
    invitations: Invitations

    @property
    def keyed(self) -> bool:
        return self.exchange.connector.mode is Mode.KEYED

    def deliver(self, action: Action, customer: Customer) -> Sent:
        """A provider that can be asked is asked first, for nobody here knows of an attempt that was
        cut off before it left a trace."""
        operation, mode = self._operation(action), self.exchange.connector.mode
        scope = self._scope(operation, action, customer)
        self.exchange.throttling.admit()
        if operation.lookup and (known := self._known(operation.lookup, operation.found, scope)):
            return Sent(known)
        for name, template in operation.before.items():
            scope["before"][name] = self.exchange.ask(template, scope, Mode.KEYED)["body"]
        connector = self.exchange.connector
        answer = {**scope, **self.exchange.ask(operation.request, scope, mode)}
        if reference := value(operation.reference, answer, "reference"):
            return Sent(str(reference))
        said = f"{connector.name} answered {answer['status']}, but not as is documented"
        raise unknown_to(mode, said)

    def _operation(self, action: Action) -> Operation:
        """Raises `Rejected`, also for what would reach a person without a look at their consent."""
        connector = self.exchange.connector
        if connector.reaches and action.what.get("channel") != connector.reaches:
            raise Rejected(f"{connector.name} reaches people by {connector.reaches}", "channel")
        operation = connector.operation(action.what.get("operation", ""))
        if operation is None:
            raise Rejected(f"{connector.name} has no such operation", "operation")
        return operation

    def _scope(self, operation: Operation, action: Action, customer: Customer) -> dict[str, Any]:
        """What the requests are made of; `others` are the fields that the operation does not
        name."""
        given = action.what.get("fields", {})
        texts = {name: text for name, text in given.items() if isinstance(text, str)}
        rendered = {**given, **self.content.rendered(texts, action, customer)}
        fields = typed(operation.fields, rendered)
        by_mail = self.exchange.connector.channel == EMAIL
        preferences = self.invitations.of(action) if by_mail else {}
        spoken = "template" in action.what
        return {
            "action": action.to_dict(),
            "before": {},
            "content": self.content.of(action, customer, preferences) if spoken else {},
            "preferences": preferences,
            "customer": customer.to_dict(),
            "fields": fields,
            "others": {name: fields[name] for name in fields.keys() - operation.fields.keys()},
            "secret": self.secret_of(self.exchange.connector.name),
        }

    def _known(self, lookup: Template, found: str, scope: Mapping[str, Any]) -> str:
        """The reference under which the provider knows of the action already; else empty."""
        answer = self.exchange.ask(lookup, scope, Mode.KEYED)
        return str(value(found, {**scope, **answer}, "found") or "")
