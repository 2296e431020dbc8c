"""The preference centre: its page, and the events of the choices.

The link in a message identifies the customer, so that nobody has to log in.

One-click unsubscribing is RFC 8058: mail programs post `List-Unsubscribe=One-Click` to the link.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from html import escape
from urllib.parse import parse_qsl

from hub.contact_policy.domain.contactability import MARKETING
from hub.kernel.errors import Rejected
from hub.kernel.form_body import is_multipart, parse_fields
from hub.kernel.language_tag import choose_language
from hub.kernel.times import to_milliseconds
from hub.model.addresses import find_addresses
from hub.model.channels import CHANNELS, OUTBOUND_CHANNELS
from hub.model.customer import Customer
from hub.model.event import Event
from hub.model.trust import Trust

_MOST_FIELDS = 50
ONE_CLICK = ("List-Unsubscribe", "One-Click")
UNSUBSCRIBED, CHANGED = "email.unsubscribed", "preferences.changed"
SERVICE = "service"

ConsentChoices = Mapping[str, Mapping[str, bool]]
"""Channel -> purpose -> whether the customer wants these messages."""


@dataclass(frozen=True, slots=True)
class PreferenceLink:
    """The customer whose preferences a link opens, and the message that contains it. It has no
    address, because links get into logs."""

    customer_id: str
    channel: str
    action_id: str


def one_click_headers(url: str) -> dict[str, str]:
    name, value = ONE_CLICK
    return {"List-Unsubscribe": f"<{url}>", "List-Unsubscribe-Post": f"{name}={value}"}


def parse_choices(
    body: bytes, current: ConsentChoices, content_type: str = ""
) -> ConsentChoices | None:
    """Parses the choices of the submitted form; None for a one-click unsubscription.

    RFC 8058 lets mail programs post either kind of form. Raises `Rejected` for any other body.
    """
    fields = _parse_fields(body, content_type)
    if fields.get(ONE_CLICK[0]) == [ONE_CLICK[1]]:
        return None
    if "choose" not in fields:
        raise Rejected("is neither the form nor a one-click unsubscription", "body")
    wanted = fields.get("wanted", ())
    return {
        channel: {purpose: f"{channel}.{purpose}" in wanted for purpose in purposes}
        for channel, purposes in current.items()
    }


def _parse_fields(body: bytes, content_type: str) -> dict[str, list[str]]:
    """Reads the fields leniently, because nobody may be kept for a slip of their mail program."""
    try:
        pairs = (
            parse_fields(body, content_type)
            if is_multipart(content_type)
            else parse_qsl(body.decode(errors="replace"))
        )
    except ValueError as wrong:
        raise Rejected("is no form in UTF-8", "body") from wrong
    if len(pairs) > _MOST_FIELDS:
        raise Rejected("has more fields than the form", "body")
    fields: dict[str, list[str]] = {}
    for name, value in pairs:
        if text := value.strip():
            fields.setdefault(name.strip(), []).append(text)
    return fields


def read_choices(customer: Customer) -> ConsentChoices:
    """Returns whether the customer agreed, by channel and purpose.

    It has marketing on every channel that reaches the customer, and every purpose for which the
    customer has consented or refused.
    """
    choices: dict[str, dict[str, bool]] = {}
    for channel in OUTBOUND_CHANNELS:
        consent = customer.consent.get(channel, {})
        is_reached = MARKETING in CHANNELS[channel].purposes and find_addresses(customer, channel)
        purposes = [MARKETING] if MARKETING in consent or is_reached else []
        if SERVICE in consent:
            purposes.append(SERVICE)
        if purposes:
            choices[channel] = {purpose: consent.get(purpose) is True for purpose in purposes}
    return choices


def build_unsubscribe_event(link: PreferenceLink, now: datetime) -> Event:
    """Builds the event of one click. Each click is an event of its own, because the customer may
    have subscribed again in between."""
    kind = UNSUBSCRIBED if link.channel == "email" else CHANGED
    return _build_event(link, kind, {link.channel: {MARKETING: False}}, now)


def build_change_event(link: PreferenceLink, choices: ConsentChoices, now: datetime) -> Event:
    return _build_event(link, CHANGED, choices, now)


def _build_event(link: PreferenceLink, kind: str, consent: ConsentChoices, now: datetime) -> Event:
    event_id = f"{link.action_id}.{kind}.{to_milliseconds(now)}"
    return Event(
        id=event_id,
        type=kind,
        source="answer",
        occurred_at=now,
        received_at=now,
        correlation_id=event_id,
        customer_id=link.customer_id,
        traits={"consent": consent},
        properties={"channel": link.channel, "message": link.action_id},
        trust=Trust.VOUCHED,
    )


def mask_address(address: str) -> str:
    """Masks an address so that only its owner recognises it: `a•••@example.com`, `•••750`."""
    name, at, domain = address.rpartition("@")
    return f"{name[:1]}•••@{domain}" if at else f"•••{address[-3:]}"


def render_page(customer: Customer, *, saved: bool = False) -> str:
    """Renders the page, in German or English. It needs no scripts and loads nothing."""
    words = _WORDS[choose_language(_WORDS, customer.contact.get("language"), "en")]
    choices = read_choices(customer)
    groups = "".join(
        f"<fieldset>\n<legend>{escape(words[purpose])}</legend>\n{boxes}</fieldset>\n"
        for purpose in (MARKETING, SERVICE)
        if (boxes := "".join(_render_checkboxes(customer, choices, purpose, words)))
    )
    status = f'<p role="status">{escape(words["saved"])}</p>\n' if saved else ""
    texts = {name: escape(words[name]) for name in ("language", "title", "intro", "save")}
    return _PAGE.format(status=status, groups=groups, **texts)


def _render_checkboxes(
    customer: Customer, choices: ConsentChoices, purpose: str, words: Mapping[str, str]
) -> Iterator[str]:
    for name, purposes in choices.items():
        if purpose in purposes:
            channel = CHANNELS[name]
            addresses = find_addresses(customer, name) if channel.shows_address else ()
            hint = f" <small>({escape(mask_address(addresses[0]))})</small>" if addresses else ""
            label = escape(channel.label(words["language"]))
            checked = " checked" if purposes[purpose] else ""
            yield (
                f'<p><label><input type="checkbox" name="wanted" value="{name}.{purpose}"'
                f"{checked}> {label}{hint}</label></p>\n"
            )


_ENGLISH = {
    "language": "en",
    "title": "What you hear from us",
    "intro": "Choose where we may write to you. You can change it at any time.",
    "marketing": "News and offers by",
    "service": "Messages about your orders and questions by",
    "save": "Save",
    "saved": "Saved. It holds from now on.",
}
_GERMAN = {
    "language": "de",
    "title": "Was Sie von uns hören",
    "intro": "Wählen Sie, wo wir Ihnen schreiben dürfen. Sie können es jederzeit ändern.",
    "marketing": "Neuigkeiten und Angebote per",
    "service": "Nachrichten zu Ihren Bestellungen und Fragen per",
    "save": "Speichern",
    "saved": "Gespeichert. Es gilt ab sofort.",
}
_WORDS = {words["language"]: words for words in (_ENGLISH, _GERMAN)}
_PAGE = """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{title}</title>
<style>
body {{ font: 1.1rem/1.5 system-ui, sans-serif; max-width: 34rem; margin: 3rem auto }}
fieldset {{ border: 1px solid #767676; border-radius: .3rem }}
button {{ font: inherit; padding: .5rem 1.5rem; margin-top: 1rem }}
</style>
</head>
<body>
<main>
<h1>{title}</h1>
{status}<p>{intro}</p>
<form method="post">
{groups}<button name="choose" value="yes">{save}</button>
</form>
</main>
</body>
</html>
"""
