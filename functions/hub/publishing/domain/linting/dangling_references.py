"""Names that one row has of another, and that no row answers to."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from hub.catalogue.domain.offer import Offer, OfferStatus
from hub.catalogue.domain.verb import select_channels
from hub.kernel.did_you_mean import find_nearest, format_suggestion
from hub.model.channels import OUTBOUND_CHANNELS
from hub.publishing.domain.linting.catalogue_rows import ParsedRows, RowKey


def find_dangling_references(parsed_rows: ParsedRows) -> Iterator[tuple[RowKey, str]]:
    for key, position, _, words in parsed_rows.find_verbs("offer"):
        for warning in _check_offer_reference(words, parsed_rows.offers):
            yield ("rules", key), f"then[{position}] {warning}"
    yield from _check_queues(parsed_rows)
    yield from _check_policies(parsed_rows)
    yield from _check_stories(parsed_rows)


def _check_offer_reference(words: Mapping[str, Any], offers: Mapping[str, Offer]) -> Iterator[str]:
    live = {key: offer for key, offer in offers.items() if offer.status is OfferStatus.LIVE}
    if name := words.get("offer"):
        asked, found = f"offer {name!r}", [live[name]] if name in live else []
        if name in offers and not found:
            yield f"{asked}: it is {offers[name].status}, so it is not made"
        elif not found:
            yield f"{asked}: there is no such offer{_suggest(name, offers)}"
    else:
        tag = words["tag"]
        asked, found = f"offer: tag {tag!r}", [o for o in live.values() if tag in o.tags]
        if not found:
            tags = {tag for offer in live.values() for tag in offer.tags}
            yield f"{asked}: no live offer has it{_suggest(tag, tags)}"
    if found and not any(_has_treatment(offer, words) for offer in found):
        where = words.get("placement")
        wanted = " or ".join(select_channels(words, OUTBOUND_CHANNELS)) + (
            f" at {where}" if where else ""
        )
        yield f"{asked}: none of its offers has a treatment for {wanted}"


def _has_treatment(offer: Offer, words: Mapping[str, Any]) -> bool:
    placement = words.get("placement")
    said = filter(None, map(offer.treatments.get, select_channels(words, OUTBOUND_CHANNELS)))
    return any(not (placement and one.placements) or placement in one.placements for one in said)


def _check_queues(parsed_rows: ParsedRows) -> Iterator[tuple[RowKey, str]]:
    """One that a single row calls by, where there are others: most likely mistyped."""
    for queue, places in parsed_rows.queues.items():
        others = [name for name, named in parsed_rows.queues.items() if named - places]
        for place in places if len(places) == 1 and others else ():
            if place[0] != "policies":
                said = f"queue {queue!r}: no capacity policy and no other row names it"
                yield place, said + _suggest(queue, others)


_POLICY_REFERENCES = {
    "offer": "there is no such offer",
    "strategy": "no rule is of it",
    "category": "no offer and no message is of it",
    "tag": "no offer has it",
    "queue": "no rule and no offer calls by it",
}


def _check_policies(parsed_rows: ParsedRows) -> Iterator[tuple[RowKey, str]]:
    """What a policy is about, and nobody uses."""
    called = {
        queue
        for queue, places in parsed_rows.queues.items()
        if any(table != "policies" for table, _ in places)
    }
    known: dict[str, Iterable[str]] = {
        "offer": parsed_rows.offers,
        "strategy": parsed_rows.strategies,
        "category": parsed_rows.categories,
        "tag": parsed_rows.tags,
        "queue": called,
    }
    for key, row in parsed_rows.policies.items():
        for word, said in _POLICY_REFERENCES.items():
            name = str(row.get(word) or "")
            if name and name not in known[word]:
                yield ("policies", key), f"{word} {name!r}: {said}{_suggest(name, known[word])}"


def _check_stories(parsed_rows: ParsedRows) -> Iterator[tuple[RowKey, str]]:
    """A `not` about what there is not holds always."""
    known = {
        "rule": parsed_rows.rules,
        "offer": parsed_rows.offers,
        "template": parsed_rows.templates,
    }
    for key, story in parsed_rows.stories.items():
        for words in (*story.then.messages, *story.then.unwanted_messages):
            for word, there in known.items():
                if word in words and words[word] not in there:
                    said = f"then names the {word} {words[word]!r}, and there is none"
                    yield ("stories", key), said + _suggest(words[word], there)
        for strategy in story.then.states.keys() - parsed_rows.strategies:
            said = f"then.states.{strategy}: no rule is of that strategy"
            yield ("stories", key), said + _suggest(strategy, parsed_rows.strategies)


def _suggest(name: str, known: Iterable[str]) -> str:
    return format_suggestion(find_nearest(name, known))
