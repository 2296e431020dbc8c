"""The channels: how an action becomes what a provider understands, said in the customer's words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from hub.catalogue.domain.template import Template
from hub.contact_policy.domain.preference_centre import SERVICE, Invitations, one_click_headers
from hub.content.domain.link_tracking import finished
from hub.content.domain.sms_segments import length, too_long
from hub.content.domain.template_scope import decision_told, scope_of
from hub.content.ports import Renderer
from hub.delivery.ports import (
    CallCentre,
    Letters,
    Mail,
    Push,
    Sent,
    TextMessages,
    Typesetter,
    Warehouse,
)
from hub.kernel.errors import Rejected
from hub.model.customer import Customer
from hub.model.decision import WITHDRAWS, Action
from hub.model.letter import Letter

TemplatesOf = Callable[[int], Mapping[str, Template]]
_NO_LINKS: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Content:
    """Renders the template that an action names, as it stood when the action was decided.

    `templates_of` gives a published catalogue's templates by id.
    """

    templates_of: TemplatesOf
    renderer: Renderer

    def of(
        self, action: Action, customer: Customer, preferences: Mapping[str, str] = _NO_LINKS
    ) -> dict[str, str]:
        """`preferences` are the links by which somebody leaves: they are not followed up."""
        template = self.template(action)
        piece = template.piece(action.channel, customer.contact.get("language", ""))
        told: dict[str, Mapping[str, Any]] = {
            "decision": decision_told(action),
            "action": action.to_dict(),
        }
        if "offer" in action.what:
            told["offer"] = action.what["offer"]
        if preferences:
            told["preferences"] = preferences
        scope = scope_of(template, piece, customer, event=action.event, **told)
        parts = self.renderer.render(piece.body, scope, piece.snippets)
        return finished(parts, action.id, preferences.values())

    def rendered(
        self, texts: Mapping[str, str], action: Action, customer: Customer
    ) -> dict[str, str]:
        """Texts that are of no template, in the words of this action and customer."""
        scope = {
            "customer": customer.to_dict(),
            "decision": decision_told(action),
            "event": action.event,
            "action": action.to_dict(),
        }
        return self.renderer.render(texts, scope)

    def template(self, action: Action) -> Template:
        """Raises `Rejected` where the catalogue has none of that name."""
        template = self.templates_of(action.catalogue).get(action.what["template"])
        if template is None:
            raise Rejected(f"catalogue {action.catalogue} has no such template", "template")
        return template


@dataclass(frozen=True, slots=True)
class EmailChannel:
    keyed: ClassVar[bool] = False
    content: Content
    mail: Mail
    invitations: Invitations

    def deliver(self, action: Action, customer: Customer) -> Sent:
        """Whatever is not of service can be left with one click in the mail program."""
        preferences = self.invitations.of(action)
        parts = self.content.of(action, customer, preferences)
        service = action.what.get("purpose") == SERVICE
        headers = {} if service else one_click_headers(preferences["unsubscribe"])
        return Sent(self.mail.send(action.address, parts, action.id, headers))


@dataclass(frozen=True, slots=True)
class SmsChannel:
    keyed: ClassVar[bool] = False
    content: Content
    messages: TextMessages

    def deliver(self, action: Action, customer: Customer) -> Sent:
        """The outcome tells what it costs: the segments, and the encoding that they are in."""
        text = self.content.of(action, customer)["text"].strip()
        if wrong := too_long(text) if text else "the text is empty":
            raise Rejected(wrong, "text")
        purpose, size = action.what.get("purpose", ""), length(text)
        reference = self.messages.send(action.address, text, purpose)
        return Sent(reference, {"segments": size.segments, "encoding": size.encoding})


@dataclass(frozen=True, slots=True)
class PushChannel:
    keyed: ClassVar[bool] = False
    content: Content
    push: Push

    def deliver(self, action: Action, customer: Customer) -> Sent:
        """The app is told the decision, so that it can report what became of the message."""
        parts = self.content.of(action, customer)
        about = {"action_id": action.id, "decision_id": action.decision_id}
        return Sent(self.push.send(action.address, parts, about))


@dataclass(frozen=True, slots=True)
class CallChannel:
    keyed: ClassVar[bool] = True
    content: Content
    call_centre: CallCentre

    def deliver(self, action: Action, customer: Customer) -> Sent:
        if WITHDRAWS in action.what:
            task_id = action.what["task"]
            return Sent(task_id, {"withdrawn": self.call_centre.withdraw(task_id)})
        task = {
            "queue": action.what["queue"],
            "reason": action.what.get("reason", ""),
            "phone": action.address,
            "customer_id": customer.customer_id,
            "script": self.content.of(action, customer)["script"],
            "due_by": action.to_dict()["expires_at"],
        }
        return Sent(self.call_centre.dispatch(task, action.id))


@dataclass(frozen=True, slots=True)
class LetterChannel:
    """What cannot be printed is found out here, alone, and not when it holds up a batch."""

    keyed: ClassVar[bool] = True
    content: Content
    letters: Letters
    typeset: Typesetter

    def deliver(self, action: Action, customer: Customer) -> None:
        parts = self.content.of(action, customer)
        lines = tuple(action.address.splitlines())
        language = customer.contact.get("language", "en")
        letter = Letter(parts["subject"], parts["text"].strip(), lines, language)
        self.typeset([letter], action.decided_at.date())
        self.letters.lay(action, letter)


@dataclass(frozen=True, slots=True)
class WarehouseChannel:
    keyed: ClassVar[bool] = True
    warehouse: Warehouse

    def deliver(self, action: Action, customer: Customer) -> Sent:
        record: Mapping[str, Any] = {
            "action_id": action.id,
            "customer_id": customer.customer_id,
            "rule_id": action.rule_id,
            "decided_at": action.to_dict()["decided_at"],
            "event": action.event,
        }
        day = action.decided_at.date()
        return Sent(self.warehouse.append(action.what["dataset"], day, action.id, record))
