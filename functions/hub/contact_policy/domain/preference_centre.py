"""What somebody wants to hear from us: the link in a message by which they say so without logging
in, and what they say by it.

One-click unsubscribing is RFC 8058: mail programs post `List-Unsubscribe=One-Click` to the link.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from html import escape
from typing import Self
from urllib.parse import parse_qs

from hub.contact_policy.domain.contactability import MARKETING
from hub.kernel.errors import NotFound, Rejected, Unavailable
from hub.kernel.json_types import JsonObject
from hub.kernel.sealed_token import seal, unseal
from hub.kernel.times import to_milliseconds
from hub.model.addresses import find_addresses
from hub.model.channels import CHANNELS, OUTBOUND_CHANNELS
from hub.model.customer import Customer
from hub.model.decision import Action
from hub.model.event import Event

PATH = "/preferences/"
ONE_CLICK = ("List-Unsubscribe", "One-Click")
UNSUBSCRIBED, CHANGED = "email.unsubscribed", "preferences.changed"
SERVICE = "service"

ConsentChoices = Mapping[str, Mapping[str, bool]]
"""Channel -> purpose -> whether they want it."""
_VERSION, _TOKEN_PURPOSE = "p1", b"segue preferences "


@dataclass(frozen=True, slots=True)
class PreferenceLink:
    """Whose choices a link leads to, and by which message it came. It names no address, as links
    end in logs."""

    customer_id: str
    channel: str
    action_id: str

    def to_token(self, key: str) -> str:
        return seal(_VERSION, _TOKEN_PURPOSE, asdict(self), key)

    @classmethod
    def from_token(cls, token: object, keys: Sequence[str]) -> Self:
        """Raises `Unknown` for anything that none of the keys sealed."""
        try:
            return cls(**unseal(_VERSION, _TOKEN_PURPOSE, token, keys))
        except (Rejected, TypeError) as wrong:
            raise NotFound("no link of ours") from wrong


@dataclass(frozen=True, slots=True)
class PreferenceLinks:
    """`base` is the address of the hub's API; `keys` are those that links are sealed with, the
    newest first."""

    base: str
    keys: Callable[[], Sequence[str]]

    def build_links(self, action: Action) -> dict[str, str]:
        """The links as templates name them: where to choose, and where to leave at once. Raises
        `Unavailable` while there is no key, as no message may go out without a way to leave."""
        key = next(iter(self.keys()), "")
        if not key:
            raise Unavailable("there is no key to seal links with")
        token = PreferenceLink(action.customer_id, action.channel, action.id).to_token(key)
        url = f"{self.base.rstrip('/')}{PATH}{token}"
        return {"url": url, "unsubscribe": url}


def parse_link_keys(secret: JsonObject) -> list[str]:
    """`{"key": ..., "former": [...]}`: the stack makes the first, and who rotates keeps it."""
    return [key for key in (secret.get("key"), *secret.get("former", ())) if key]


def one_click_headers(url: str) -> dict[str, str]:
    name, value = ONE_CLICK
    return {"List-Unsubscribe": f"<{url}>", "List-Unsubscribe-Post": f"{name}={value}"}


def parse_choices(body: bytes, current: ConsentChoices) -> ConsentChoices | None:
    """What they want, of a form that was sent; None of a click in a mail program. Raises `Rejected`
    for what is neither."""
    try:
        fields = parse_qs(body.decode(errors="replace"), max_num_fields=50)
    except ValueError as wrong:
        raise Rejected("has more fields than the form", "body") from wrong
    if fields.get(ONE_CLICK[0]) == [ONE_CLICK[1]]:
        return None
    if "choose" not in fields:
        raise Rejected("is neither the form nor a one-click unsubscription", "body")
    wanted = fields.get("wanted", ())
    return {
        channel: {purpose: f"{channel}.{purpose}" in wanted for purpose in purposes}
        for channel, purposes in current.items()
    }


def read_choices(customer: Customer) -> ConsentChoices:
    """By channel and purpose, whether they agreed: to marketing wherever they can be reached, and
    to whatever else they were ever asked."""
    found: dict[str, dict[str, bool]] = {}
    for channel in OUTBOUND_CHANNELS:
        said = customer.consent.get(channel, {})
        offered = MARKETING in CHANNELS[channel].purposes and find_addresses(customer, channel)
        asked = MARKETING in said or offered
        purposes = [*([MARKETING] if asked else []), *([SERVICE] if SERVICE in said else [])]
        if purposes:
            found[channel] = {purpose: said.get(purpose) is True for purpose in purposes}
    return found


def build_unsubscribe_event(invitation: PreferenceLink, now: datetime) -> Event:
    """Each click is an event of its own: they may have come back in between."""
    kind = UNSUBSCRIBED if invitation.channel == "email" else CHANGED
    return _build_event(invitation, kind, {invitation.channel: {MARKETING: False}}, now)


def build_change_event(invitation: PreferenceLink, wanted: ConsentChoices, now: datetime) -> Event:
    return _build_event(invitation, CHANGED, wanted, now)


def _build_event(
    invitation: PreferenceLink, kind: str, consent: ConsentChoices, now: datetime
) -> Event:
    event_id = f"{invitation.action_id}.{kind}.{to_milliseconds(now)}"
    return Event(
        id=event_id,
        type=kind,
        source="answer",
        occurred_at=now,
        received_at=now,
        correlation_id=event_id,
        customer_id=invitation.customer_id,
        traits={"consent": consent},
        properties={"channel": invitation.channel, "message": invitation.action_id},
    )


def mask_address(address: str) -> str:
    """Enough for its owner to know it again: `a•••@example.com`, `•••750`."""
    name, at, domain = address.rpartition("@")
    return f"{name[:1]}•••@{domain}" if at else f"•••{address[-3:]}"


def render_page(customer: Customer, *, saved: bool = False) -> str:
    """A small page that needs neither scripts nor anything from elsewhere."""
    german = str(customer.contact.get("language", "")).startswith("de")
    words = _GERMAN if german else _ENGLISH
    choices = read_choices(customer)
    groups = "".join(
        f"<fieldset>\n<legend>{escape(words[purpose])}</legend>\n{boxes}</fieldset>\n"
        for purpose in (MARKETING, SERVICE)
        if (boxes := "".join(_render_checkboxes(customer, choices, purpose, words)))
    )
    told = f'<p role="status">{escape(words["saved"])}</p>\n' if saved else ""
    named = {name: escape(words[name]) for name in ("language", "title", "intro", "save")}
    return _PAGE.format(told=told, groups=groups, **named)


def _render_checkboxes(
    customer: Customer, choices: ConsentChoices, purpose: str, words: Mapping[str, str]
) -> Iterator[str]:
    for channel, said in choices.items():
        if purpose in said:
            about = CHANNELS[channel]
            known = find_addresses(customer, channel) if about.shows_address else ()
            shown = f" <small>({escape(mask_address(known[0]))})</small>" if known else ""
            named = escape(about.label(words["language"]))
            checked = " checked" if said[purpose] else ""
            yield (
                f'<p><label><input type="checkbox" name="wanted" value="{channel}.{purpose}"'
                f"{checked}> {named}{shown}</label></p>\n"
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
{told}<p>{intro}</p>
<form method="post">
{groups}<button name="choose" value="yes">{save}</button>
</form>
</main>
</body>
</html>
"""
