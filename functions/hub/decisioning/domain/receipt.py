"""The receipt: why this event led to what it led to, small enough to keep for every event.

Its JSON: `event` {id, type, occurred_at}, `catalogue`, `rules` (each with `matched`, or the
`clause` that failed and what it `saw`), `more_rules` (how many more listen to it), `choices`
(each verb with the action or timer it `made`, or the `gate` that closed, on which `channel`, and
the figures it ranked by), `more_choices`, `moved` (strategy -> [from, to]) and `sentence`, which a
call-centre agent could read out.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from hub.catalogue.domain.rule import Rule
from hub.decisioning.domain.arbitration import ExcludedCandidate, SelectedCandidate
from hub.decisioning.domain.choice import Choice
from hub.decisioning.domain.ranking import selection_probability
from hub.kernel.times import to_iso
from hub.model.event import Event

MAX_RULES = 12
MAX_UNMATCHED_RULES = 3
MAX_CHOICES = 10
MAX_STOPPED_CHOICES = 3


class RuleEvaluation(NamedTuple):
    """One rule held against one event; `clause` and `saw` say why it did not match."""

    rule: Rule
    clause: str = ""
    saw: str = ""

    @property
    def matched(self) -> bool:
        return not self.clause

    def to_dict(self) -> dict[str, Any]:
        told: dict[str, Any] = {"rule": self.rule.rule_id, "matched": self.matched}
        if not self.matched:
            told |= {"clause": self.clause, "saw": self.saw}
        if self.rule.status == "shadow":
            told["shadow"] = True
        return told


def describe_selected(selected: SelectedCandidate, made: str) -> Choice:
    request, candidate = selected.ranked.request, selected.ranked.candidate
    return Choice(
        rule_id=request.rule_id,
        do=request.verb.do,
        subject=candidate.subject,
        made=made,
        waits=to_iso(selected.waits_until) if selected.waits_until else "",
        channel=candidate.channel,
        figures=_list_figures(selected),
    )


def describe_excluded(excluded: Iterable[ExcludedCandidate]) -> list[Choice]:
    """Each offer, or template, of a rule once for each reason; the best of those that were only
    outdone."""
    found: dict[tuple[str, str, str, str], tuple[list[str], float | None]] = {}
    for request, subject, reason, channel, score in excluded:
        key = request.rule_id, request.verb.do, subject, reason
        if key not in found:
            found[key] = [channel], score
        elif score is None:
            found[key][0].append(channel)
    return [
        Choice(
            rule_id=rule_id,
            do=do,
            subject=subject,
            gate=reason,
            channel=", ".join(channels),
            figures=None if score is None else {"score": _round_figure(score)},
        )
        for (rule_id, do, subject, reason), (channels, score) in found.items()
    ]


def _list_figures(said: SelectedCandidate) -> dict[str, float]:
    """Every factor of the score, as it was at that moment; `chance` is how likely this one was to
    be chosen, of all that were ranked with it."""
    ranked = said.ranked
    value, cost = ranked.candidate.value, ranked.candidate.cost
    figures = {"value": value, "weight": ranked.weight, "cost": cost}
    if belief := ranked.draw:
        figures |= {"propensity": belief.propensity.mean, "drawn": belief.drawn}
        figures["chance"] = selection_probability(ranked, said.rivals)
    figures["score"] = ranked.score
    return {name: _round_figure(value) for name, value in figures.items()}


def _round_figure(value: float) -> float:
    """Four digits that count: enough to follow the sum by hand."""
    return float(f"{value:.4g}")


def write_receipt(
    event: Event,
    catalogue: int,
    evaluations: Sequence[RuleEvaluation],
    *,
    listening: int,
    choices: Sequence[Choice],
    moved: Mapping[str, tuple[str, str]],
) -> dict[str, Any]:
    """The receipt of one decision. `tried` are the matching rules and the first few others, of all
    `listening` ones."""
    told, chosen = evaluations[:MAX_RULES], sorted(choices, key=lambda choice: not choice.made)
    receipt: dict[str, Any] = {
        "event": {"id": event.id, "type": event.type, "occurred_at": to_iso(event.occurred_at)},
        "catalogue": catalogue,
        "rules": [t.to_dict() for t in told],
        "choices": [choice.to_dict() for choice in chosen[:MAX_CHOICES]],
        "moved": {strategy: list(states) for strategy, states in moved.items()},
        "sentence": _write_sentence(event, evaluations, listening, chosen, moved),
    }
    if len(chosen) > MAX_CHOICES:
        receipt["more_choices"] = len(chosen) - MAX_CHOICES
    if listening > len(told):
        receipt["more_rules"] = listening - len(told)
    return receipt


def _write_sentence(
    event: Event,
    tried: Sequence[RuleEvaluation],
    listening: int,
    choices: Sequence[Choice],
    moved: Mapping[str, tuple[str, str]],
) -> str:
    real = [choice for choice in choices if not choice.shadow]
    parts = [_describe_done(choice) for choice in real if choice.made]
    parts = parts or [_describe_stopped(choice) for choice in real[:MAX_STOPPED_CHOICES]]
    parts += [f"the dialogue {name} moved to {states[1]!r}" for name, states in moved.items()]
    return f"On {event.type}: {'; '.join(parts) or _describe_nothing_done(tried, listening)}."


def _describe_done(choice: Choice) -> str:
    on = f" by {choice.channel}" if choice.channel else ""
    if choice.waits:
        return (
            f"{choice.do} {choice.subject}{on} waits for the end of quiet hours at {choice.waits}"
        )
    return f"rule {choice.rule_id} asked to {choice.do} {choice.subject}{on}"


def _describe_stopped(choice: Choice) -> str:
    on = f" by {choice.channel}" if choice.channel else ""
    return f"{choice.do} {choice.subject}{on} was held back by rule {choice.rule_id}: {choice.gate}"


def _describe_nothing_done(tried: Sequence[RuleEvaluation], listening: int) -> str:
    if not tried:
        return "no rule listens to this event, so it was only remembered"
    matched = [t for t in tried if t.matched]
    if matched and all(t.rule.status == "shadow" for t in matched):
        return "the rules that matched only watch (shadow), so nothing was done"
    if matched:
        return f"rule {matched[0].rule.rule_id} matched, but there is nothing it could say"
    nearest = tried[0]
    others = f" (and {listening - 1} more did not match)" if listening > 1 else ""
    wanted = f"rule {nearest.rule.rule_id} wanted {nearest.clause} but saw {nearest.saw}"
    return f"nothing was done, as {wanted}{others}"
