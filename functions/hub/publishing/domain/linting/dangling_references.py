"""Names that one row has of another, and that no row answers to."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from hub.catalogue.domain.offer import Offer, OfferStatus
from hub.catalogue.domain.verb import wanted_channels
from hub.kernel.did_you_mean import did_you_mean, nearest
from hub.model.channels import OUTBOUND
from hub.publishing.domain.linting.catalogue_rows import Place, Score


def naming_warnings(score: Score) -> Iterator[tuple[Place, str]]:
    for key, position, _, words in score.verbs("offer"):
        for warning in _offer_asked(words, score.offers):
            yield ("rules", key), f"then[{position}] {warning}"
    yield from _queues(score)
    yield from _policies(score)
    yield from _stories(score)


def _offer_asked(words: Mapping[str, Any], offers: Mapping[str, Offer]) -> Iterator[str]:
    live = {key: offer for key, offer in offers.items() if offer.status is OfferStatus.LIVE}
    if name := words.get("offer"):
        asked, found = f"offer {name!r}", [live[name]] if name in live else []
        if name in offers and not found:
            yield f"{asked}: it is {offers[name].status}, so it is not made"
        elif not found:
            yield f"{asked}: there is no such offer{_close(name, offers)}"
    else:
        tag = words["tag"]
        asked, found = f"offer: tag {tag!r}", [o for o in live.values() if tag in o.tags]
        if not found:
            tags = {tag for offer in live.values() for tag in offer.tags}
            yield f"{asked}: no live offer has it{_close(tag, tags)}"
    if found and not any(_sayable(offer, words) for offer in found):
        where = words.get("placement")
        wanted = " or ".join(wanted_channels(words, OUTBOUND)) + (f" at {where}" if where else "")
        yield f"{asked}: none of its offers has a treatment for {wanted}"


def _sayable(offer: Offer, words: Mapping[str, Any]) -> bool:
    placement = words.get("placement")
    said = filter(None, map(offer.treatments.get, wanted_channels(words, OUTBOUND)))
    return any(not (placement and one.placements) or placement in one.placements for one in said)


def _queues(score: Score) -> Iterator[tuple[Place, str]]:
    """One that a single row calls by, where there are others: most likely mistyped."""
    for queue, places in score.queues.items():
        others = [name for name, named in score.queues.items() if named - places]
        for place in places if len(places) == 1 and others else ():
            if place[0] != "policies":
                said = f"queue {queue!r}: no capacity policy and no other row names it"
                yield place, said + _close(queue, others)


_OF_A_POLICY = {
    "offer": "there is no such offer",
    "strategy": "no rule is of it",
    "category": "no offer and no message is of it",
    "tag": "no offer has it",
    "queue": "no rule and no offer calls by it",
}


def _policies(score: Score) -> Iterator[tuple[Place, str]]:
    """What a policy is about, and nobody uses."""
    called = {
        queue
        for queue, places in score.queues.items()
        if any(table != "policies" for table, _ in places)
    }
    known: dict[str, Iterable[str]] = {
        "offer": score.offers,
        "strategy": score.strategies,
        "category": score.categories,
        "tag": score.tags,
        "queue": called,
    }
    for key, row in score.policies.items():
        for word, said in _OF_A_POLICY.items():
            name = str(row.get(word) or "")
            if name and name not in known[word]:
                yield ("policies", key), f"{word} {name!r}: {said}{_close(name, known[word])}"


def _stories(score: Score) -> Iterator[tuple[Place, str]]:
    """A `not` about what there is not holds always."""
    known = {"rule": score.rules, "offer": score.offers, "template": score.templates}
    for key, story in score.stories.items():
        for words in (*story.then.said, *story.then.unsaid):
            for word, there in known.items():
                if word in words and words[word] not in there:
                    said = f"then names the {word} {words[word]!r}, and there is none"
                    yield ("stories", key), said + _close(words[word], there)
        for strategy in story.then.states.keys() - score.strategies:
            said = f"then.states.{strategy}: no rule is of that strategy"
            yield ("stories", key), said + _close(strategy, score.strategies)


def _close(name: str, known: Iterable[str]) -> str:
    return did_you_mean(nearest(name, known))
