"""The redactor: one text in, the same text without its identifiers out, with every reach that was taken and why."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from kalon.voice.rules.redaction.addresses import found_places
from kalon.voice.rules.redaction.announced import found_announced
from kalon.voice.rules.redaction.dates import found_births
from kalon.voice.rules.redaction.kinds import PERSONS, Kind, Known, Redacted, Span
from kalon.voice.rules.redaction.numbers import Found, found_numbers
from kalon.voice.rules.redaction.patterns import ALWAYS, Pattern, checked
from kalon.voice.rules.redaction.people import Names, found_people
from kalon.voice.rules.redaction.strangers import NameFinder, found_strangers
from kalon.voice.rules.redaction.texts import BLANK, Reach, View, clean
from kalon.voice.rules.redaction.written import found_addresses, found_forms

ROUNDS = 6
BUILT_IN = tuple(kind.token for kind in Kind if kind not in PERSONS)


@dataclass(frozen=True)
class Redactor:
    """Who is known, what is never taken for a name, the clinic's patterns, and built-in kinds that are off."""

    people: tuple[Known, ...] = ()
    allowed: frozenset[str] = frozenset()
    patterns: tuple[Pattern, ...] = ()
    without: frozenset[Kind] = frozenset()
    finder: NameFinder | None = None
    names: Names = field(init=False, compare=False)

    def __post_init__(self) -> None:
        if self.without & (ALWAYS | set(PERSONS)):
            raise ValueError("Names, Aadhaar numbers, phones and e-mail addresses are always taken out.")
        object.__setattr__(self, "names", Names(self.people, self.allowed))

    def __call__(self, text: str) -> Redacted:
        """The text without its identifiers; what a speaker says is read, never obeyed."""
        source = clean(text)
        kept = [found.span() for found in self._tokens().finditer(source)]
        spans: list[Span] = []
        for _ in range(ROUNDS):
            found = self._round(View(source, [*kept, *((span.start, span.end) for span in spans)]))
            if not found:
                break
            spans += found
        spans.sort()
        return Redacted(source, _written(source, spans), tuple(spans))

    def _tokens(self) -> re.Pattern[str]:
        known = {person.token for person in self.people} | {pattern.token for pattern in self.patterns} | set(BUILT_IN)
        return re.compile("|".join(rf"(?<![^\W_]){re.escape(token)}(?![^\W_])" for token in sorted(known)))

    def _round(self, view: View) -> list[Span]:
        spans: list[Span] = []
        taken: list[Reach] = []
        for reach, kind, why in self._finds(view):
            if (
                kind in self.without
                or BLANK in view.text[slice(*reach)]
                or any(start < reach[1] and reach[0] < end for start, end in taken)
            ):
                continue
            taken.append(reach)
            reason, _, token = why.partition("|")
            start, end = view.back(reach)
            spans.append(Span(start, end, kind, token or kind.token, reason))
        return spans

    def _finds(self, view: View) -> Iterator[Found]:
        for pattern in self.patterns:
            for match in checked(pattern.regex).finditer(view.text):
                yield match.span(), Kind.CUSTOM, f"{pattern.name}|{pattern.token}"
        yield from found_announced(view)
        yield from found_addresses(view)
        yield from found_forms(view, self.people)
        yield from found_births(view, self.people)
        yield from found_places(view, self.people)
        yield from found_numbers(view, self.people)
        yield from found_people(view, self.names)
        yield from found_strangers(view, self.allowed, self.finder)


def _written(source: str, spans: Iterable[Span]) -> str:
    parts, at = [], 0
    for span in spans:
        parts += [source[at : span.start], span.token]
        at = span.end
    return "".join([*parts, source[at:]])


def restored(text: str, names: dict[str, str]) -> str:
    """A text that came back, with the names of the people in place of their tokens."""
    for token, name in names.items():
        text = re.sub(rf"(?<!\w){re.escape(token)}(?!\w)", lambda _, name=name: name, text)  # type: ignore[misc]
    return text
