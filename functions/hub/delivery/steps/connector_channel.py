"""The channel of one connector: carries out actions over HTTP."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from hub.contact_policy.ports import PreferenceLinks
from hub.delivery.domain.connector.definition import IdempotencyMode, Operation
from hub.delivery.domain.connector.request_builder import evaluate
from hub.delivery.domain.connector.response_meaning import choose_unknown_error
from hub.delivery.domain.connector.verb_fields import convert_fields
from hub.delivery.ports import DeliveryResult
from hub.delivery.steps.connector_exchange import ConnectorExchange, before_any_effect
from hub.delivery.steps.message_channels import MessageContent
from hub.kernel.errors import Rejected
from hub.model.action_content import Call, ConnectorCall, Message
from hub.model.customer import Customer
from hub.model.decision import Action

EMAIL = "email"


@dataclass(frozen=True, slots=True)
class ConnectorChannel:
    """The `DeliveryChannel` of one connector. `read_secret` returns the secret of a connector by
    its name."""

    exchange: ConnectorExchange
    content: MessageContent
    read_secret: Callable[[str], Mapping[str, Any]]
    preference_links: PreferenceLinks

    @property
    def is_idempotent(self) -> bool:
        return self.exchange.connector.mode is IdempotencyMode.KEYED

    def deliver(self, action: Action, customer: Customer) -> DeliveryResult:
        """Looks the action up first if the provider allows it, since an earlier attempt may have
        been interrupted."""
        operation, mode = self._find_operation(action), self.exchange.connector.mode
        scope = self._build_scope(operation, action, customer)
        self.exchange.throttle.admit()
        with before_any_effect():
            if earlier := self._find_reference(operation, scope):
                return DeliveryResult(earlier)
            for name, template in operation.before.items():
                answer = self.exchange.call(template, scope, IdempotencyMode.KEYED)
                scope["before"][name] = answer["body"]
        connector = self.exchange.connector
        answer = {**scope, **self.exchange.call(operation.request, scope, mode)}
        if reference := evaluate(operation.reference, answer, "reference"):
            return DeliveryResult(str(reference))
        reason = f"{connector.name} answered {answer['status']} without a reference"
        raise choose_unknown_error(mode, reason)

    def look_up(self, action: Action, customer: Customer) -> DeliveryResult | None:
        """Returns the action as the provider has it, or None if the provider does not have it.

        Raises `Unavailable` if the provider does not say."""
        operation = self._find_operation(action)
        scope = self._build_scope(operation, action, customer)
        self.exchange.throttle.admit()
        reference = self._find_reference(operation, scope)
        return DeliveryResult(reference) if reference else None

    def _find_operation(self, action: Action) -> Operation:
        """Raises `Rejected`, also if the operation would reach a person whose consent was not
        checked."""
        connector, what = self.exchange.connector, action.what
        called = what if isinstance(what, ConnectorCall) else ConnectorCall()
        if connector.reaches and called.channel != connector.reaches:
            raise Rejected(f"{connector.name} reaches people by {connector.reaches}", "channel")
        operation = connector.find_operation(called.operation)
        if operation is None:
            raise Rejected(f"{connector.name} has no such operation", "operation")
        return operation

    def _build_scope(
        self, operation: Operation, action: Action, customer: Customer
    ) -> dict[str, Any]:
        """Builds the scope of the requests' JMESPath. `others` are the fields that the operation
        does not name."""
        what = action.what
        values = (what.fields if isinstance(what, ConnectorCall) else None) or {}
        texts = {name: text for name, text in values.items() if isinstance(text, str)}
        rendered = {**values, **self.content.render_texts(texts, action, customer)}
        fields = convert_fields(operation.fields, rendered)
        by_mail = self.exchange.connector.channel == EMAIL
        preferences = self.preference_links.build_links(action) if by_mail else {}
        return {
            "action": action.to_dict(),
            "before": {},
            "content": self.content.render_template(action, customer, preferences)
            if isinstance(what, Message | Call)
            else {},
            "preferences": preferences,
            "customer": customer.to_dict(),
            "fields": fields,
            "others": {name: fields[name] for name in fields.keys() - operation.fields.keys()},
            "secret": self.read_secret(self.exchange.connector.name),
        }

    def _find_reference(self, operation: Operation, scope: Mapping[str, Any]) -> str:
        """Returns the provider's reference of the action, empty if the provider has none or cannot
        be asked."""
        if not operation.lookup:
            return ""
        answer = self.exchange.call(operation.lookup, scope, IdempotencyMode.KEYED)
        return str(evaluate(operation.found, {**scope, **answer}, "found") or "")
