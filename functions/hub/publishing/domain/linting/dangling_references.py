"""Warnings about names of offers, queues, tags and the like that no other row has."""

from collections.abc import Iterable, Iterator, Mapping

from hub.catalogue.domain.offer import Offer, OfferStatus
from hub.catalogue.domain.verbs.offer import MakeOffer
from hub.kernel.did_you_mean import find_nearest, format_suggestion
from hub.publishing.domain.linting.catalogue_rows import ParsedRows, RowKey


def find_dangling_references(parsed_rows: ParsedRows) -> Iterator[tuple[RowKey, str]]:
    """Yields the rows that name what does not exist, each with the warning."""
    for key, position, verb in parsed_rows.find_verbs(MakeOffer):
        for warning in _check_offer_reference(verb, parsed_rows.offers):
            yield ("rules", key), f"then[{position}] {warning}"
    yield from _check_queues(parsed_rows)
    yield from _check_policies(parsed_rows)
    yield from _check_stories(parsed_rows)


def _check_offer_reference(verb: MakeOffer, offers: Mapping[str, Offer]) -> Iterator[str]:
    live = {key: offer for key, offer in offers.items() if offer.status is OfferStatus.LIVE}
    if name := verb.offer:
        request, candidates = f"offer {name!r}", [live[name]] if name in live else []
        if name in offers and not candidates:
            yield f"{request}: it is {offers[name].status}, so no customer gets it"
        elif not candidates:
            yield f"{request}: there is no such offer{_suggest(name, offers)}"
    else:
        tag = verb.tag or ""
        request, candidates = f"offer: tag {tag!r}", [o for o in live.values() if tag in o.tags]
        if not candidates:
            tags = {tag for offer in live.values() for tag in offer.tags}
            yield f"{request}: no live offer has it{_suggest(tag, tags)}"
    if candidates and not any(_has_treatment(offer, verb) for offer in candidates):
        at = f" at {verb.placement}" if verb.placement else ""
        wanted = " or ".join(verb.list_channels()) + at
        yield f"{request}: none of its offers has a treatment for {wanted}"


def _has_treatment(offer: Offer, verb: MakeOffer) -> bool:
    placement = verb.placement
    treatments = filter(None, map(offer.treatments.get, verb.list_channels()))
    return any(
        not (placement and treatment.placements) or placement in treatment.placements
        for treatment in treatments
    )


def _check_queues(parsed_rows: ParsedRows) -> Iterator[tuple[RowKey, str]]:
    """Finds queues that a single row names although there are others: most likely mistyped."""
    for queue, rows in parsed_rows.queues.items():
        others = [name for name, naming in parsed_rows.queues.items() if naming - rows]
        for row_key in rows if len(rows) == 1 and others else ():
            if row_key[0] != "policies":
                warning = f"queue {queue!r}: no capacity policy and no other row names it"
                yield row_key, warning + _suggest(queue, others)


_POLICY_REFERENCES = {
    "offer": "there is no such offer",
    "strategy": "no rule has this strategy",
    "category": "no offer and no message has this category",
    "tag": "no offer has this tag",
    "queue": "no rule and no offer uses this queue",
}


def _check_policies(parsed_rows: ParsedRows) -> Iterator[tuple[RowKey, str]]:
    """Finds policies about an offer, strategy, category, tag or queue that no row uses."""
    used_queues = {
        queue
        for queue, rows in parsed_rows.queues.items()
        if any(table != "policies" for table, _ in rows)
    }
    names_in_use: dict[str, Iterable[str]] = {
        "offer": parsed_rows.offers,
        "strategy": parsed_rows.strategies,
        "category": parsed_rows.categories,
        "tag": parsed_rows.tags,
        "queue": used_queues,
    }
    for key, row in parsed_rows.policies.items():
        for word, reason in _POLICY_REFERENCES.items():
            name, names = str(row.get(word) or ""), names_in_use[word]
            if name and name not in names:
                yield ("policies", key), f"{word} {name!r}: {reason}{_suggest(name, names)}"


def _check_stories(parsed_rows: ParsedRows) -> Iterator[tuple[RowKey, str]]:
    """Finds stories that name unknown rows: a `not` about an unknown row is always true."""
    rows_by_word = {
        "rule": parsed_rows.rules,
        "offer": parsed_rows.offers,
        "template": parsed_rows.templates,
    }
    for key, story in parsed_rows.stories.items():
        for words in (*story.then.messages, *story.then.unwanted_messages):
            for word, rows in rows_by_word.items():
                if word in words and words[word] not in rows:
                    warning = f"then names the {word} {words[word]!r}, which does not exist"
                    yield ("stories", key), warning + _suggest(words[word], rows)
        for strategy in story.then.states.keys() - parsed_rows.strategies:
            warning = f"then.states.{strategy}: no rule has this strategy"
            yield ("stories", key), warning + _suggest(strategy, parsed_rows.strategies)


def _suggest(name: str, candidates: Iterable[str]) -> str:
    return format_suggestion(find_nearest(name, candidates))
