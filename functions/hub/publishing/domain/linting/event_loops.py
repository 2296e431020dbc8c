"""Rules whose waits and emitted events lead back to themselves, for ever."""

from collections.abc import Iterator, Mapping, Sequence

from hub.catalogue.domain.rule import Rule

_LEADS_TO: Mapping[str, str] = {"wait": "then", "emit": "event"}


def find_event_loops(rules: Sequence[Rule]) -> Iterator[tuple[Rule, str]]:
    """Each rule on a circle on which no dialogue leaves a state for another."""
    turning = [rule for rule in rules if not _leaves_state(rule) and any(_list_caused_events(rule))]
    by_event: dict[str, list[Rule]] = {}
    for rule in turning:
        by_event.setdefault(rule.event, []).append(rule)
    for rule in turning:
        if path := _find_loop(rule, by_event):
            circle = " > ".join(one.rule_id for one in path)
            yield rule, f"it leads back to itself, again and again, without a new state: {circle}"


def _leaves_state(rule: Rule) -> bool:
    """Once it has fired, its dialogue stands elsewhere and it does not match again."""
    return bool(rule.in_state and rule.move_to and rule.in_state != rule.move_to)


def _list_caused_events(rule: Rule) -> Iterator[str]:
    for verb in rule.then:
        event = verb.words.get(_LEADS_TO.get(verb.do, ""))
        if isinstance(event, str):
            yield event


def _find_loop(start: Rule, by_event: Mapping[str, Sequence[Rule]]) -> list[Rule] | None:
    """The shortest, from the rule to itself."""
    ways, seen = [[start]], set[str]()
    while ways:
        way = ways.pop(0)
        for event in _list_caused_events(way[-1]):
            for following in _find_followers(way[-1], by_event.get(event, ())):
                if following is start:
                    return [*way, start]
                if following.rule_id not in seen:
                    seen.add(following.rule_id)
                    ways.append([*way, following])
    return None


def _find_followers(rule: Rule, others: Sequence[Rule]) -> Iterator[Rule]:
    """Those that the state in which the rule leaves its dialogue does not rule out."""
    state = rule.move_to or rule.in_state
    for other in others:
        apart = other.strategy == rule.strategy and other.in_state and state
        if not apart or other.in_state == state:
            yield other
