"""Preference cards: the version that counts for a procedure and a surgeon, and the cards of a case."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from kalon.kernel.actors import Actor
from kalon.plans import queries as plans
from kalon.theatre.lifecycles import VIEW, Anaesthesia, CaseStatus
from kalon.theatre.models import Case, PreferenceCard, Reservation
from kalon.theatre.queries.cases import cases_of_plan

SAID = ("position", "room_setup", "instruments", "sutures", "drugs", "implants", "dressing", "notes")


@dataclass(frozen=True, slots=True)
class Preferred:
    """A card as theatre reads it: for which procedure, whose, and what it says, heading by heading."""

    card: PreferenceCard

    @property
    def whose(self) -> str:
        return self.card.surgeon.name if self.card.surgeon else "The house's own"

    @property
    def said(self) -> list[tuple[str, str]]:
        fields = ((PreferenceCard._meta.get_field(name), getattr(self.card, name)) for name in SAID)
        return [(str(field.verbose_name), words) for field, words in fields if words]  # type: ignore[union-attr]


def cards(*, seen_by: Actor) -> "QuerySet[PreferenceCard]":
    """Every version of every card of the clinic."""
    seen_by.must(VIEW, do="see how operations are prepared")
    rows = PreferenceCard.objects.filter(organization_id=seen_by.organization_id)
    return rows.select_related("procedure", "surgeon", "written_by")


def cards_of(procedure_id: UUID, surgeon_id: UUID | None, *, seen_by: Actor) -> "QuerySet[PreferenceCard]":
    """The versions of one card, the newest first."""
    return cards(seen_by=seen_by).filter(procedure_id=procedure_id, surgeon_id=surgeon_id).order_by("-version")


def card_of(procedure_id: UUID, surgeon_id: UUID | None, *, seen_by: Actor) -> PreferenceCard | None:
    """The version that counts; None where there is no card, or it was ended."""
    found = cards_of(procedure_id, surgeon_id, seen_by=seen_by).first()
    return found if found is not None and found.is_active else None


def counting_cards(*, seen_by: Actor, surgeon_id: UUID | None = None) -> "QuerySet[PreferenceCard]":
    """The cards that count, by procedure; `surgeon_id`: one surgeon's and the house's own."""
    newest = PreferenceCard.objects.filter(organization_id=seen_by.organization_id)
    newest = newest.order_by("procedure_id", "surgeon_id", "-version").distinct("procedure_id", "surgeon_id")
    kept = cards(seen_by=seen_by).filter(pk__in=newest.values("pk"), is_active=True)
    if surgeon_id is not None:
        kept = kept.filter(Q(surgeon_id=surgeon_id) | Q(surgeon=None))
    return kept.order_by("procedure__name", "surgeon__name", "id")


def preferred(procedure_ids: Iterable[UUID], surgeon_id: UUID | None, *, seen_by: Actor) -> list[Preferred]:
    """For each procedure the surgeon's card, else the house's own; none where neither is written."""
    return preferred_by({surgeon_id: procedure_ids}, seen_by=seen_by)


def preferred_by(wanted: Mapping[UUID | None, Iterable[UUID]], *, seen_by: Actor) -> list[Preferred]:
    """The same for the procedures of several surgeons at once, each card once."""
    asked = {surgeon: list(dict.fromkeys(procedures)) for surgeon, procedures in wanted.items()}
    theirs = Q(surgeon=None) | Q(surgeon_id__in=[surgeon for surgeon in asked if surgeon])
    done = {pk for procedures in asked.values() for pk in procedures}
    rows = counting_cards(seen_by=seen_by).filter(theirs, procedure_id__in=done)
    found = {(card.surgeon_id, card.procedure_id): card for card in rows}
    counting = (
        found.get((surgeon, pk)) or found.get((None, pk)) for surgeon, procedures in asked.items() for pk in procedures
    )
    return [Preferred(card) for card in {card.pk: card for card in counting if card}.values()]


def preferred_of(case: Case, *, seen_by: Actor) -> list[Preferred]:
    """The cards for what is done in a case, by its surgeon."""
    entries = [line.entry_id for line in case.lines.all() if line.entry_id]
    return preferred(entries, case.surgeon_id, seen_by=seen_by)


def usual_anaesthesia(kept: Reservation, *, seen_by: Actor) -> str:
    """What a postponed case of the plan had; else what the surgeon's cards say, the deepest of several; general where
    one of them is silent."""
    waiting = cases_of_plan(kept.plan_id, seen_by=seen_by).filter(status=CaseStatus.POSTPONED).first()
    if waiting is not None:
        return waiting.anaesthesia
    entries = {line.entry_id for line in plans.lines_of(kept.plan)}
    surgeon = kept.appointment.doctor_id or kept.plan.doctor_id
    cards_said = preferred((pk for pk in entries if pk), surgeon, seen_by=seen_by)
    said = {one.card.anaesthesia for one in cards_said}
    if len(cards_said) < len(entries) or not said or "" in said:
        return Anaesthesia.GENERAL
    return next(kind for kind in Anaesthesia.values if kind in said)  # they are listed from the deepest


def usual(plan: Any, lines: Iterable[Any], *, seen_by: Actor) -> tuple[int, list[UUID]]:
    """How long a plan's operation takes and who comes, by its surgeon's cards; minutes of the plan where none says."""
    held = list(lines)
    found = {
        one.card.procedure_id: one.card
        for one in preferred([line.entry_id for line in held if line.entry_id], plan.doctor_id, seen_by=seen_by)
    }
    minutes = sum(
        (found[line.entry_id].minutes if line.entry_id in found else None) or line.minutes or 0 for line in held
    )
    return minutes, list(dict.fromkeys(pk for card in found.values() for pk in card.team))
