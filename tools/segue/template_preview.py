"""What a template says to one customer on each channel, as it would be sent now."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hub.catalogue.domain.tables import OFFERS
from hub.catalogue.domain.template import Template, read_templates
from hub.content.adapters.liquid_renderer import LiquidRenderer
from hub.content.domain.link_tracking import finish_message
from hub.content.domain.sample_customers import build_sample_event
from hub.content.domain.sms_segments import measure_sms
from hub.content.domain.template_scope import build_scope, choose_locale
from hub.delivery.adapters.letter_pdf import typeset_letter
from hub.kernel.did_you_mean import find_nearest, format_suggestion
from hub.kernel.errors import Rejected
from hub.model.customer import Customer
from hub.model.letter import Letter, postal_address
from hub.model.promo_code import derive_promo_code
from hub.publishing.adapters.row_json_schemas import load_declared_fields
from tools.segue import catalogues, explanation
from tools.segue.browser import take_pictures
from tools.segue.hub import Hub
from tools.segue.local_home import UserError

ACTION = "a-preview"
_LINK = "https://hub.example.com/preferences/preview"
_LINKS = {"url": _LINK, "unsubscribe": _LINK}


@dataclass(frozen=True, slots=True)
class ChannelPreview:
    """One channel.

    `lacking` says why there would be no message; `facts` is the size of a text message; `files` is
    where the parts were written.
    """

    channel: str
    language: str
    parts: Mapping[str, str]
    lacking: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    files: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if value}


def preview_template(
    hub: Hub, template_id: str, asked: str, channel: str, out: Path
) -> list[ChannelPreview]:
    """Render the published template for a customer, on one channel or on all.

    The event is invented. Pages, pictures and PDFs are written to `out`. Raises `UserError`.
    """
    snapshot = (
        catalogues.read_snapshot(hub, catalogues.read_newest_number(hub))
        if catalogues.read_newest_number(hub)
        else {}
    )
    rows: Mapping[str, Any] = snapshot.get("rows", {})
    templates = read_templates(rows.get("templates", {}), snapshot.get("html", {}), {})
    if template_id not in templates:
        close = format_suggestion(find_nearest(template_id, templates))
        raise UserError(f"No template {template_id!r} is published{close}.")
    template = templates[template_id]
    if channel and channel not in template.bodies:
        raise UserError(
            f"{template_id} has nothing for {channel}, only for {', '.join(template.bodies)}."
        )
    customer = Customer.from_dict(explanation.find_customer(hub, asked)[1])
    previews = render_channels(
        customer, template, _find_offer_values(rows, template_id), [channel] if channel else None
    )
    return write_previews(list(previews), customer, out)


def render_channels(
    customer: Customer,
    template: Template,
    offer: Mapping[str, Any],
    channels: list[str] | None = None,
) -> Iterator[ChannelPreview]:
    event = build_sample_event(load_declared_fields())
    decision = {"id": "d-preview", "reference": ACTION, "code": derive_promo_code(ACTION)}
    for channel in channels or template.bodies:
        piece = template.localize(channel, str(customer.contact.get("language", "")))
        links = _LINKS if channel == "email" else {}
        values = {"event": event, "offer": offer, "decision": decision, "action": {}}
        scope = build_scope(
            template, piece, customer, **values, **({"preferences": links} if links else {})
        )
        try:
            parts = LiquidRenderer().render(piece.body, scope, piece.snippets)
        except Rejected as lacking:
            why = f"{lacking.field}: {lacking.reason}"
            yield ChannelPreview(channel, piece.language, {}, lacking=why)
            continue
        done = finish_message(parts, ACTION, _LINKS.values())
        size = asdict(measure_sms(done["text"])) if channel == "sms" else {}
        yield ChannelPreview(channel, piece.language, done, facts=size)


def write_previews(
    shown: list[ChannelPreview], customer: Customer, out: Path
) -> list[ChannelPreview]:
    """Write each part to a file. E-mails and web blocks also become pictures, letters PDFs."""
    out.mkdir(parents=True, exist_ok=True)
    pages: dict[Path, str] = {}
    done = []
    for preview in shown:
        files = [
            _write_part(out, preview.channel, part, text) for part, text in preview.parts.items()
        ]
        if "html" in preview.parts:
            picture = out / f"{preview.channel}.png"
            picture.unlink(missing_ok=True)
            pages[picture] = _wrap_in_page(preview.parts["html"])
            files.append(picture)
        if preview.channel == "letter" and preview.parts:
            files.append(_write_letter(out, preview, customer))
        done.append(replace(preview, files=tuple(map(str, files))))
    take_pictures(pages)
    return done


def _write_part(out: Path, channel: str, part: str, text: str) -> Path:
    place = out / (f"{channel}.html" if part == "html" else f"{channel}.{part}.txt")
    place.write_text(text, encoding="utf-8")
    return place


def _wrap_in_page(html: str) -> str:
    """Return a page with the block on it."""
    if "<html" in html.lower():
        return html
    return f'<!doctype html><meta charset="utf-8"><body style="font-family:sans-serif">{html}'


def _write_letter(out: Path, preview: ChannelPreview, customer: Customer) -> Path:
    address = postal_address(customer) or ("(no postal address is known)",)
    locale = choose_locale(preview.language, customer)
    letter = Letter(preview.parts["subject"], preview.parts["text"], address, locale)
    place = out / "letter.pdf"
    try:
        place.write_bytes(typeset_letter(letter, (), datetime.now(UTC).date()))
    except Rejected as wrong:
        raise UserError(f"The letter cannot be printed: {wrong.reason}.") from wrong
    return place


def _find_offer_values(rows: Mapping[str, Any], template_id: str) -> Mapping[str, Any]:
    """Return the values of the first offer that uses the template."""
    for offer in OFFERS.read_all(rows.get("offers", {})).values():
        if any(preview.template == template_id for preview in offer.treatments.values()):
            return offer.template_values
    return {}
