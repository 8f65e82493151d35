"""The visits that a change leaves outside, as a page asks about them and reads what was answered."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from django import forms
from django.db import transaction
from django.http import HttpRequest, QueryDict

from kalon.kernel import audit
from kalon.scheduling.actions import Affected, Answer, Answers, Do, VisitsChanged, VisitsOutside
from kalon.scheduling.rules import Slot
from kalon.web.fronts import actor_of, refusals_on

FIELD, EDITION, MESSAGE, ALL = "visit-", "edition-", "message", "for_all"
TOLD = "We are sorry: your visit cannot take place at this time. Please choose another time, or call us."


@dataclass(frozen=True, slots=True)
class Option:
    """One thing that may become of a visit: the value it is sent as, and the words beside it."""

    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """One visit, with what may become of it."""

    affected: Affected
    options: list[Option]

    @property
    def name(self) -> str:
        return f"{FIELD}{self.affected.visit.pk}"

    @property
    def edition_name(self) -> str:
        return f"{EDITION}{self.affected.visit.pk}"


@dataclass(slots=True)
class Question:
    """What a page asks before a change is made; `rows` is None while nothing needs to be asked."""

    rows: list[Asked] | None = None
    told: str = ""
    message: str = TOLD
    _posted: QueryDict = field(default_factory=QueryDict)

    def ask(self, refusal: VisitsOutside | VisitsChanged) -> None:
        for_all = self._posted.get(ALL, "")
        self.told = refusal.detail
        self.message = self._posted.get(MESSAGE) or TOLD
        self.rows = [
            Asked(one, _options(one, for_all or self._posted.get(f"{FIELD}{one.visit.pk}", "")))
            for one in refusal.affected
        ]

    @property
    def is_open(self) -> bool:
        return self.rows is not None


@contextmanager
def asking(request: HttpRequest, form: forms.BaseForm) -> Iterator[Question]:
    """Make a change; where visits would lie outside it is undone, and the page asks what becomes of them."""
    question = Question(_posted=request.POST)
    with refusals_on(form):
        try:
            with transaction.atomic():
                yield question
        except (VisitsOutside, VisitsChanged) as refusal:
            question.ask(refusal)
            visits = [one.visit for one in refusal.affected]
            audit.reads(actor_of(request), visits, purpose="change of hours")


def answers_in(posted: QueryDict) -> Answers:
    """What was answered for each visit; what cannot be read is asked again.

    A button that answers for all of them only fills in the answers: they are looked at once more.
    """
    if posted.get(ALL):
        return {}
    found: dict[UUID, Answer] = {}
    for key, value in posted.items():
        answer = _answer(str(value), posted, key.removeprefix(FIELD)) if key.startswith(FIELD) else None
        if answer is not None:
            found[UUID(key.removeprefix(FIELD))] = answer
    return found


def _answer(value: str, posted: QueryDict, pk: str) -> Answer | None:
    try:
        UUID(pk)
        name, _, at = value.partition("@")
        start = datetime.fromisoformat(at) if at else None
        edition = int(posted.get(f"{EDITION}{pk}", ""))
        return Answer(do=Do(name), start=start, message=posted.get(MESSAGE, ""), edition=edition)
    except ValueError:
        return None


def _options(one: Affected, posted: str) -> list[Option]:
    values = [(Do.KEEP.value, "Keep it as it is")]
    if one.may_move:
        values += [(f"move@{slot.start.astimezone(UTC).isoformat()}", _when(slot)) for slot in one.free]
        values.append((Do.CANCEL.value, "Cancel and tell the patient"))
    if posted == Do.MOVE.value:  # "move all": each to the first time it is offered
        posted = next((value for value, _ in values if value.startswith("move@")), Do.KEEP.value)
    if posted not in dict(values):
        posted = Do.KEEP.value
    return [Option(value, label, value == posted) for value, label in values]


def _when(slot: Slot) -> str:
    return f"{slot.start:%a %-d %b, %H:%M}"
