"""The row above the doctor's signature: is everything there that belongs to this encounter?

Each context answers for what it owns, from its `apps.ready()`:

    from kalon.consultations.queries import completeness

    completeness.add(completeness.Check("photos", "Photos", photos_taken, order=60))

    def photos_taken(consultation) -> completeness.Answer:
        if not wants_photos(consultation):
            return completeness.NOT_NEEDED
        if taken(consultation):
            return completeness.DONE
        return completeness.missing("Take the before photos.", href=reverse("photos:capture", args=[consultation.pk]))

A check that is `blocking` stands in the way of the signature: the `close` move then refuses with its sentence. The
others are shown as open, and the doctor decides. An answer is about the encounter, not about who asks, and it takes
the same number of statements whatever it finds.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from kalon.consultations.models import Consultation
from kalon.kernel.actors import Actor


class State(StrEnum):
    DONE = "done"
    OPEN = "open"
    NOT_NEEDED = "not_needed"


@dataclass(frozen=True, slots=True)
class Answer:
    """Done, not needed here, or open: then with what to do in one sentence, and where (for those who may go there)."""

    state: State
    sentence: str = ""
    href: str = ""
    permission: str = ""

    def link(self, by: Actor) -> str:
        """Where this actor can do what is missing; nothing when somebody else must."""
        return self.href if not self.permission or by.may(self.permission) else ""


DONE = Answer(State.DONE)
NOT_NEEDED = Answer(State.NOT_NEEDED)


def missing(sentence: str, *, href: str = "", permission: str = "") -> Answer:
    """Open: what to do, where, and the permission that the place asks for."""
    return Answer(State.OPEN, sentence, href, permission)


@dataclass(frozen=True, slots=True)
class Check:
    """One word of the row; `blocking` ones must be done or not needed before the doctor can sign."""

    key: str
    label: str
    answer: Callable[[Consultation], Answer]
    order: int = 50
    blocking: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A check with its answer, as the page and the API show it."""

    key: str
    label: str
    state: State
    sentence: str
    href: str
    blocking: bool

    @property
    def done(self) -> bool:
        return self.state is not State.OPEN


_checks: dict[str, Check] = {}


def add(check: Check) -> None:
    """Have a question asked before the signature; a second check of the same key takes its place."""
    _checks[check.key] = check


def row(consultation: Consultation, *, seen_by: Actor) -> list[Line]:
    """Every question and its answer, the lowest order first."""
    answered = [(check, check.answer(consultation)) for check in _in_order()]
    return [
        Line(check.key, check.label, answer.state, answer.sentence, answer.link(seen_by), check.blocking)
        for check, answer in answered
    ]


def before_signing(consultation: Consultation) -> str | None:
    """What a blocking check still asks for, in words; the lifecycle's `close` move waits for it."""
    answers = [check.answer(consultation) for check in _in_order() if check.blocking]
    return " ".join(answer.sentence for answer in answers if answer.state is State.OPEN) or None


def _in_order() -> list[Check]:
    return sorted(_checks.values(), key=lambda check: (check.order, check.key))
