"""The receipt: why a decision was made. It is small enough to keep for every event.

Its JSON has these members:

- `event`: {id, type, occurred_at}
- `catalogue`: the number of the catalogue
- `rules`: each with `matched`, or with the `clause` that was false and the value it `saw`
- `more_rules`: how many more rules have the event's type
- `choices`: what became of each verb (see `hub.decisioning.domain.choice`)
- `more_choices`: how many more choices there were
- `moved`: strategy -> [state before, state after]
- `faults`: `<table>/<key>` of the rows on which the hub failed and without which it decided -> why
- `trust`: the level of whoever stated the event, if it is not `trusted`
- `ignored`: field -> why it did not count: the value of a trait is of another kind, or the source
  may not state it
- `more_ignored`: how many more such fields there were
- `time_zone`: that the customer's time zone cannot be used, and which one is used instead
- `sentence`: all this in one sentence that a call-centre agent can read out
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple

from hub.catalogue.domain.rule import Rule
from hub.decisioning.domain.arbitration import ExcludedCandidate, SelectedCandidate
from hub.decisioning.domain.choice import Choice
from hub.kernel.json_types import JsonObject
from hub.kernel.times import to_iso
from hub.model.event import LEFT_OUT, Event
from hub.model.trust import Trust
from hub.profile.domain.trait_kinds import find_ignored_traits

MAX_RULES = 12
MAX_CHOICES = 10
MAX_IGNORED = 20
MAX_STOPPED_CHOICES = 3


class RuleEvaluation(NamedTuple):
    """Whether a rule matched. If not, `clause` was false, and `saw` is what it found instead."""

    rule: Rule
    clause: str = ""
    saw: str = ""

    @property
    def matched(self) -> bool:
        return not self.clause

    def to_dict(self) -> dict[str, Any]:
        data: dict[str, Any] = {"rule": self.rule.rule_id, "matched": self.matched}
        if not self.matched:
            data |= {"clause": self.clause, "saw": self.saw}
        if self.rule.status == "shadow":
            data["shadow"] = True
        return data


def describe_selected(selected: SelectedCandidate, made: str) -> Choice:
    """`made` is the id of the action or timer."""
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
    """Returns one choice for each verb, offer or template, and reason, with all its channels.

    Of candidates that have a score only the first, which is the best, is described."""
    groups: dict[tuple[str, str, str, str], tuple[list[str], float | None]] = {}
    for request, subject, reason, channel, score in excluded:
        key = request.rule_id, request.verb.do, subject, reason
        if key not in groups:
            groups[key] = [channel], score
        elif score is None:
            groups[key][0].append(channel)
    return [
        Choice(
            rule_id=rule_id,
            do=do,
            subject=subject,
            gate=reason,
            channel=", ".join(channels),
            figures=None if score is None else {"score": _round_figure(score)},
        )
        for (rule_id, do, subject, reason), (channels, score) in groups.items()
    ]


def _list_figures(selected: SelectedCandidate) -> dict[str, float]:
    """Returns every factor of the score, and with a draw the selection probability, `chance`."""
    ranked = selected.ranked
    value, cost = ranked.candidate.value, ranked.candidate.cost
    figures = {"value": value, "weight": ranked.weight, "cost": cost}
    if draw := ranked.draw:
        figures |= {"propensity": draw.propensity.mean, "drawn": draw.drawn}
        figures["chance"] = selected.chance
    figures["score"] = ranked.score
    return {name: _round_figure(value) for name, value in figures.items()}


def _round_figure(value: float) -> float:
    """Rounds to four significant digits: enough to recompute the score by hand."""
    return float(f"{value:.4g}")


def write_receipt(
    event: Event,
    catalogue: int,
    evaluations: Sequence[RuleEvaluation],
    *,
    rule_count: int,
    choices: Sequence[Choice],
    moves: Mapping[str, tuple[str, str]],
    zone_problem: str = "",
) -> dict[str, Any]:
    """Returns the receipt of one decision as JSON (see above).

    `evaluations` are all rules that matched, then some that did not. `rule_count` is the number of
    all rules with the event's type. `moves` is strategy -> state before and after."""
    listed_rules = evaluations[:MAX_RULES]
    made_first = sorted(choices, key=lambda choice: not choice.made)
    receipt: dict[str, Any] = {
        "event": {"id": event.id, "type": event.type, "occurred_at": to_iso(event.occurred_at)},
        "catalogue": catalogue,
        "rules": [evaluation.to_dict() for evaluation in listed_rules],
        "choices": [choice.to_dict() for choice in made_first[:MAX_CHOICES]],
        "moved": {strategy: list(states) for strategy, states in moves.items()},
        "sentence": _write_sentence(event, evaluations, rule_count, made_first, moves),
    }
    if len(made_first) > MAX_CHOICES:
        receipt["more_choices"] = len(made_first) - MAX_CHOICES
    if rule_count > len(listed_rules):
        receipt["more_rules"] = rule_count - len(listed_rules)
    if event.trust is not Trust.TRUSTED:
        receipt["trust"] = event.trust.value
    if ignored := {**event.context.get(LEFT_OUT, {}), **find_ignored_traits(event.traits)}:
        listed = dict(islice(ignored.items(), MAX_IGNORED))
        receipt["ignored"] = listed
        reasons = "; ".join(f"{field} {problem}" for field, problem in listed.items())
        receipt["sentence"] += f" Not everything in it counts: {reasons}."
        if len(ignored) > len(listed):
            receipt["more_ignored"] = len(ignored) - len(listed)
    if zone_problem:
        receipt["time_zone"] = zone_problem
    return receipt


def write_repeat_receipt(event: Event, catalogue: int) -> dict[str, Any]:
    """Returns the receipt of a sale, return or payment that came before under another event id.

    It has `repeat`, which is true."""
    receipt = write_receipt(event, catalogue, (), rule_count=0, choices=(), moves={})
    sentence = f"On {event.type}: it came before under another event id, so no rule starts."
    return {**receipt, "repeat": True, "sentence": sentence}


def add_faults(receipt: JsonObject, faults: Mapping[str, str]) -> JsonObject:
    """Returns the receipt with the rows without which the decision was made: row -> why."""
    if not faults:
        return receipt
    rows = ", ".join(sorted(faults))
    sentence = f"{receipt['sentence']} It was decided without {rows}, on which the hub fails."
    return {**receipt, "faults": dict(faults), "sentence": sentence}


def _write_sentence(
    event: Event,
    evaluations: Sequence[RuleEvaluation],
    rule_count: int,
    choices: Sequence[Choice],
    moves: Mapping[str, tuple[str, str]],
) -> str:
    live = [choice for choice in choices if not choice.shadow]
    parts = [_describe_made(choice) for choice in live if choice.made]
    parts = parts or [_describe_stopped(choice) for choice in live[:MAX_STOPPED_CHOICES]]
    parts += [f"the dialogue {name} moved to {states[1]!r}" for name, states in moves.items()]
    return f"On {event.type}: {'; '.join(parts) or _explain_no_choice(evaluations, rule_count)}."


def _describe_made(choice: Choice) -> str:
    on = f" by {choice.channel}" if choice.channel else ""
    if choice.waits:
        return (
            f"{choice.do} {choice.subject}{on} waits for the end of quiet hours at {choice.waits}"
        )
    return f"rule {choice.rule_id} asked to {choice.do} {choice.subject}{on}"


def _describe_stopped(choice: Choice) -> str:
    on = f" by {choice.channel}" if choice.channel else ""
    return f"{choice.do} {choice.subject}{on} was held back by rule {choice.rule_id}: {choice.gate}"


def _explain_no_choice(evaluations: Sequence[RuleEvaluation], rule_count: int) -> str:
    if not evaluations:
        return "no rule listens to this event, so it was only remembered"
    matched = [evaluation.rule for evaluation in evaluations if evaluation.matched]
    if matched and all(rule.status == "shadow" for rule in matched):
        return "the rules that matched only watch (shadow), so nothing was done"
    if matched:
        return f"rule {matched[0].rule_id} matched, but nothing could be sent"
    first = evaluations[0]
    others = f" (and {rule_count - 1} more did not match)" if rule_count > 1 else ""
    mismatch = f"rule {first.rule.rule_id} wanted {first.clause} but saw {first.saw}"
    return f"nothing was done, as {mismatch}{others}"
