"""What would still name somebody if a text left the house now."""

from collections.abc import Iterable
from dataclasses import dataclass

from kalon.voice.rules.redaction.addresses import found_places
from kalon.voice.rules.redaction.announced import found_announced
from kalon.voice.rules.redaction.dates import found_births
from kalon.voice.rules.redaction.digits import runs
from kalon.voice.rules.redaction.kinds import Kind, Known
from kalon.voice.rules.redaction.numbers import LONG, found_numbers
from kalon.voice.rules.redaction.passes import BUILT_IN
from kalon.voice.rules.redaction.people import Names, found_people
from kalon.voice.rules.redaction.texts import View, clean
from kalon.voice.rules.redaction.written import found_addresses, found_forms


@dataclass(frozen=True)
class Leak:
    """One reason not to send a text: what it is, where it begins, how long it is; never the thing itself."""

    kind: Kind
    at: int
    length: int
    why: str


def leaks(text: str, people: Iterable[Known], allowed: frozenset[str] = frozenset()) -> list[Leak]:
    """Everything in a text that names a registered person, and every row of seven digits or more."""
    people = tuple(people)
    source = clean(text)
    tokens = [*BUILT_IN, *(person.token for person in people)]
    taken = sorted((at, at + len(token)) for token in tokens for at in _each(source, token))
    view = View(source, taken)
    found = [
        *found_announced(view), *found_addresses(view), *found_forms(view, people), *found_births(view, people),
        *found_places(view, people), *found_numbers(view, people), *found_people(view, Names(people, allowed)),
    ]  # fmt: skip
    named = [Leak(kind, *_where(view, reach), why.partition("|")[0]) for reach, kind, why in found]
    rows = [
        Leak(Kind.NUMBER, *_where(view, (view.words[run.first].start, view.words[run.last].end)), "digits in a row")
        for run in runs(view)
        if len(run.digits) >= LONG and run.surely_one
    ]
    return sorted(named + rows, key=lambda leak: leak.at)


def _each(source: str, token: str) -> list[int]:
    found, at = [], source.find(token)
    while at >= 0:
        found.append(at)
        at = source.find(token, at + 1)
    return found


def _where(view: View, reach: tuple[int, int]) -> tuple[int, int]:
    start, end = view.back(reach)
    return start, end - start
