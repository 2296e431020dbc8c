"""Warnings about rules whose waits and emitted events trigger themselves in an endless loop."""

from collections.abc import Iterator, Mapping, Sequence

from hub.catalogue.domain.rule import Rule


def find_event_loops(rules: Sequence[Rule]) -> Iterator[tuple[Rule, str]]:
    """Yields each rule of a loop in which no rule moves its dialogue to another state."""
    causing = [rule for rule in rules if not _leaves_state(rule) and any(_list_caused_events(rule))]
    by_event: dict[str, list[Rule]] = {}
    for rule in causing:
        by_event.setdefault(rule.event, []).append(rule)
    for rule in causing:
        if path := _find_loop(rule, by_event):
            loop = " > ".join(step.rule_id for step in path)
            yield rule, f"it triggers itself in an endless loop, without a new state: {loop}"


def _leaves_state(rule: Rule) -> bool:
    """Whether the rule moves its dialogue to another state, in which it does not match again."""
    return bool(rule.in_state and rule.move_to and rule.in_state != rule.move_to)


def _list_caused_events(rule: Rule) -> Iterator[str]:
    for verb in rule.then:
        yield from verb.leads_to()


def _find_loop(start: Rule, by_event: Mapping[str, Sequence[Rule]]) -> list[Rule] | None:
    """Finds the shortest path from the rule to itself."""
    paths, seen = [[start]], set[str]()
    while paths:
        path = paths.pop(0)
        for event in _list_caused_events(path[-1]):
            for follower in _find_followers(path[-1], by_event.get(event, ())):
                if follower is start:
                    return [*path, start]
                if follower.rule_id not in seen:
                    seen.add(follower.rule_id)
                    paths.append([*path, follower])
    return None


def _find_followers(rule: Rule, others: Sequence[Rule]) -> Iterator[Rule]:
    """Yields the rules that can match in the state in which the rule leaves its dialogue."""
    state = rule.move_to or rule.in_state
    for other in others:
        needs_state = other.strategy == rule.strategy and other.in_state and state
        if not needs_state or other.in_state == state:
            yield other
