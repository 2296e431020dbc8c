"""A verb, which is one entry of a rule's `then`, and the problems of an entry."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

from hub.catalogue.domain.verbs.words import Word
from hub.expression.domain.field_types import FieldTypes
from hub.kernel.did_you_mean import find_nearest, format_suggestion, quote_value


@dataclass(frozen=True, slots=True)
class VerbWords:
    """The words of a verb by name. A rule gives exactly one of `either`."""

    required: Mapping[str, Word] = field(default_factory=dict)
    optional: Mapping[str, Word] = field(default_factory=dict)
    either: Mapping[str, Word] = field(default_factory=dict)

    def list_all(self) -> dict[str, Word]:
        return {**self.required, **self.either, **self.optional}

    def find_problems(self, entry: Mapping[Any, Any]) -> Iterator[str]:
        """Yields the problems of an entry of `then`."""
        for name in self.required.keys() - entry.keys():
            yield f"{name} is missing"
        given = self.either.keys() & entry.keys()
        if len(given) > 1:
            yield f"{' and '.join(sorted(given))} are one too many"
        elif self.either and not given:
            yield f"{' or '.join(self.either)} is missing"
        yield from self._check_words(entry)

    def _check_words(self, entry: Mapping[Any, Any]) -> Iterator[str]:
        words = self.list_all()
        for name, value in entry.items():
            if name == "do":
                continue
            if name not in words:
                suggestion = format_suggestion(find_nearest(str(name), words))
                yield f"there is no word {quote_value(name)}{suggestion}"
            elif problem := words[name].check(value):
                yield f"{name} {problem}"


class Verb:
    """What a rule does when it matches. Each verb is a frozen dataclass with a field for each of
    its words; a word that the rule leaves out is None."""

    __slots__ = ()

    do: ClassVar[str]
    words: ClassVar[VerbWords]
    rule_words: ClassVar[tuple[str, ...]] = ()
    """The words that an action of the verb carries only for its template."""

    @classmethod
    def from_words(cls, words: Mapping[str, Any]) -> Self:
        """Takes the words of an entry in which `words` finds no problem."""
        return cls(**words)

    def find_field_conflicts(self, fields: FieldTypes) -> Iterator[str]:  # noqa: ARG002 of EmitEvent
        """Yields a problem for each value that the declared `fields` of events do not allow."""
        yield from ()

    def leads_to(self) -> tuple[str, ...]:
        """The types of the events that the verb causes."""
        return ()

    def list_templates(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Each template that the verb names, with the channels on which it needs a body."""
        return ()

    def list_rule_words(self) -> dict[str, Any]:
        """Returns those of `rule_words` that the rule has, by name."""
        return {name: word for name in self.rule_words if (word := getattr(self, name)) is not None}
