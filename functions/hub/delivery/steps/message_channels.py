"""The channels: each turns an action into a request to its provider, with rendered content."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from hub.catalogue.domain.template import Template
from hub.contact_policy.domain.preference_centre import SERVICE, one_click_headers
from hub.contact_policy.ports import PreferenceLinks
from hub.content.domain.link_tracking import finish_message
from hub.content.domain.sms_segments import check_sms_length, measure_sms
from hub.content.domain.template_scope import build_scope, choose_locale, describe_decision
from hub.content.ports import Renderer
from hub.delivery.ports import (
    CallCentre,
    DeliveryResult,
    Mail,
    PushMessages,
    TextMessages,
    Typesetter,
    WaitingLetters,
    Warehouse,
)
from hub.kernel.errors import Rejected
from hub.model.action_content import Call, Message, Record, Withdrawal
from hub.model.customer import Customer
from hub.model.decision import Action
from hub.model.letter import Letter

LoadTemplates = Callable[[int], Mapping[str, Template]]
_NO_LINKS: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class MessageContent:
    """Renders the template that an action names, from the catalogue by which it was decided.

    `load_templates` returns the templates of a published catalogue, by id.
    """

    load_templates: LoadTemplates
    renderer: Renderer

    def render_template(
        self, action: Action, customer: Customer, preferences: Mapping[str, str] = _NO_LINKS
    ) -> dict[str, str]:
        """Returns the rendered parts. `preferences` are the links of the preference centre, which
        are not tracked."""
        template = self.find_template(action)
        localized = template.localize(action.channel, customer.contact.get("language", ""))
        variables: dict[str, Mapping[str, Any]] = {
            "decision": describe_decision(action),
            "action": action.to_dict(),
        }
        if isinstance(action.what, Message | Call) and action.what.offer is not None:
            variables["offer"] = action.what.offer
        if preferences:
            variables["preferences"] = preferences
        scope = build_scope(template, localized, customer, event=action.event, **variables)
        parts = self.renderer.render(localized.body, scope, localized.snippets)
        return finish_message(parts, action.id, preferences.values())

    def choose_locale(self, action: Action, customer: Customer) -> str:
        """The tag by which dates are formatted in the message, such as `en-GB`."""
        template = self.find_template(action)
        piece = template.localize(action.channel, customer.contact.get("language", ""))
        return choose_locale(piece.language, customer)

    def render_texts(
        self, texts: Mapping[str, str], action: Action, customer: Customer
    ) -> dict[str, str]:
        """Renders texts that are part of no template, with the variables of this action."""
        scope = {
            "customer": customer.to_dict(),
            "decision": describe_decision(action),
            "event": action.event,
            "action": action.to_dict(),
        }
        return self.renderer.render(texts, scope)

    def find_template(self, action: Action) -> Template:
        """Raises `Rejected` if the catalogue has no such template."""
        what = action.what
        name = what.template if isinstance(what, Message | Call) else ""
        template = self.load_templates(action.catalogue).get(name)
        if template is None:
            raise Rejected(f"catalogue {action.catalogue} has no such template", "template")
        return template


@dataclass(frozen=True, slots=True)
class EmailChannel:
    is_idempotent: ClassVar[bool] = False
    content: MessageContent
    mail: Mail
    preference_links: PreferenceLinks

    def deliver(self, action: Action, customer: Customer) -> DeliveryResult:
        """Sends the e-mail. A marketing message has the headers for one-click unsubscription."""
        preferences = self.preference_links.build_links(action)
        parts = self.content.render_template(action, customer, preferences)
        service = action.what.purpose == SERVICE
        headers = {} if service else one_click_headers(preferences["unsubscribe"])
        return DeliveryResult(self.mail.send(action.address, parts, action.id, headers))


@dataclass(frozen=True, slots=True)
class SmsChannel:
    is_idempotent: ClassVar[bool] = False
    content: MessageContent
    messages: TextMessages

    def deliver(self, action: Action, customer: Customer) -> DeliveryResult:
        """Sends the text. The outcome has its segments and encoding, which determine its price."""
        text = self.content.render_template(action, customer)["text"].strip()
        if problem := check_sms_length(text) if text else "the text is empty":
            raise Rejected(problem, "text")
        size = measure_sms(text)
        reference = self.messages.send(action.address, text, action.what.purpose)
        return DeliveryResult(reference, {"segments": size.segments, "encoding": size.encoding})


@dataclass(frozen=True, slots=True)
class PushChannel:
    is_idempotent: ClassVar[bool] = False
    content: MessageContent
    push: PushMessages

    def deliver(self, action: Action, customer: Customer) -> DeliveryResult:
        """Sends the message with the ids of action and decision, so that the app can report a
        response."""
        parts = self.content.render_template(action, customer)
        about = {"action_id": action.id, "decision_id": action.decision_id}
        return DeliveryResult(self.push.send(action.address, parts, about))


@dataclass(frozen=True, slots=True)
class CallChannel:
    is_idempotent: ClassVar[bool] = True
    content: MessageContent
    call_centre: CallCentre

    def deliver(self, action: Action, customer: Customer) -> DeliveryResult:
        what = action.what
        if isinstance(what, Withdrawal):
            return DeliveryResult(what.task, {"withdrawn": self.call_centre.withdraw(what.task)})
        if not isinstance(what, Call):
            raise Rejected("is no call", "what")
        task = {
            "queue": what.queue,
            "reason": what.reason,
            "phone": action.address,
            "customer_id": customer.customer_id,
            "script": self.content.render_template(action, customer)["script"],
            "due_by": action.to_dict()["expires_at"],
        }
        return DeliveryResult(self.call_centre.dispatch(task, action.id))


@dataclass(frozen=True, slots=True)
class LetterChannel:
    """Stores letters for the next batch. It typesets each one first, so that a letter that cannot
    be printed does not stop a batch."""

    is_idempotent: ClassVar[bool] = True
    content: MessageContent
    letters: WaitingLetters
    typeset: Typesetter

    def deliver(self, action: Action, customer: Customer) -> None:
        parts = self.content.render_template(action, customer)
        lines = tuple(action.address.splitlines())
        language = self.content.choose_locale(action, customer)
        letter = Letter(parts["subject"], parts["text"].strip(), lines, language)
        self.typeset([letter], action.decided_at.date())
        self.letters.add(action, letter)


@dataclass(frozen=True, slots=True)
class WarehouseChannel:
    is_idempotent: ClassVar[bool] = True
    warehouse: Warehouse

    def deliver(self, action: Action, customer: Customer) -> DeliveryResult:
        record: Mapping[str, Any] = {
            "action_id": action.id,
            "customer_id": customer.customer_id,
            "rule_id": action.rule_id,
            "decided_at": action.to_dict()["decided_at"],
            "event": action.event,
        }
        if not isinstance(action.what, Record):
            raise Rejected("is no record", "what")
        day, dataset = action.decided_at.date(), action.what.dataset
        return DeliveryResult(self.warehouse.append(dataset, day, action.id, record))
