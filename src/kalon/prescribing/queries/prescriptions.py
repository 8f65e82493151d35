"""Reads of prescriptions, and what the checks need to know of a patient."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from kalon.consultations import queries as consultations
from kalon.inventory import queries as inventory
from kalon.inventory.lifecycles import VIEW as STOCK
from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.errors import NotFound
from kalon.kernel.lookup import one
from kalon.patients import queries as patients
from kalon.people import queries as people
from kalon.prescribing import rules
from kalon.prescribing.lifecycles import IN_FORCE, READ, Status
from kalon.prescribing.models import Favourite, KeptFinding, Prescription, PrescriptionItem

# How long a medicine without an end counts as taken.
OPEN_END = timedelta(days=180)
MOST_STOCKED = 5


@dataclass(frozen=True, slots=True)
class Judged:
    """A finding with the reason that was given for passing it, if any."""

    finding: rules.Finding
    reason: str = ""

    @property
    def is_open(self) -> bool:
        """Whether it still stands in the way."""
        return self.finding.is_stop and not self.reason


def prescriptions(*, seen_by: Actor) -> QuerySet[Prescription]:
    """Every prescription the actor may read, newest first: the clinic's, or a patient's own once it is finalised.

    A draft is part of a consultation: who may not read those sees it when it is signed.
    """
    seen_by.must(READ, do="read prescriptions")
    rows = Prescription.objects.filter(organization_id=seen_by.organization_id)
    if seen_by.is_patient:
        rows = rows.filter(patient_id__person=seen_by.own_patient_id).exclude(status=Status.DRAFT).exclude(number=None)
    elif not seen_by.may("consultations.read"):
        rows = rows.exclude(status=Status.DRAFT)
    items = PrescriptionItem.objects.select_related("patient").order_by("position", "id")
    return rows.select_related("patient", "doctor", "branch", "finalized_by").prefetch_related(
        Prefetch("items", queryset=items)
    )


def prescription(pk: UUID | str, *, seen_by: Actor, lock: bool = False) -> Prescription:
    """One prescription with its medicines, or a refusal that says nothing of whether it exists."""
    rows = prescriptions(seen_by=seen_by).filter(pk=pk)
    if lock:
        rows = rows.select_for_update(of=("self",))
    found = one(rows)
    if found is None:
        raise NotFound("There is no such prescription.")
    return found


def of_consultation(consultation_id: UUID, *, seen_by: Actor) -> QuerySet[Prescription]:
    """What was prescribed in a consultation, in the order it was written; not what was cancelled."""
    rows = prescriptions(seen_by=seen_by).filter(consultation_id=consultation_id)
    return rows.exclude(status=Status.CANCELLED).order_by("id")


def summary_lines(of: Any, seen_by: Actor) -> list[str]:
    """The medicines of a visit, signed and not cancelled, for the summary that the patient takes home."""
    if not seen_by.may(READ):
        return []
    signed = of_consultation(of.pk, seen_by=seen_by).exclude(status=Status.DRAFT)
    return [_in_a_line(item) for one in signed for item in one.items.all()]


def _in_a_line(item: PrescriptionItem) -> str:
    name = " ".join(word for word in (item.name, item.strength, item.form) if word)
    how = ", ".join(word for word in (item.sentence, item.when) if word)
    return ". ".join(word for word in (f"{name}: {how}" if how else name, str(item.instructions).strip()) if word)


def of_patient(patient_id: UUID, *, seen_by: Actor) -> QuerySet[Prescription]:
    """A patient's prescriptions, newest first."""
    return prescriptions(seen_by=seen_by).filter(patient_id__person=patient_id)


def last_of(patient_id: UUID, *, before: Prescription, seen_by: Actor) -> Prescription | None:
    """The patient's last finalised prescription, to be repeated."""
    rows = of_patient(patient_id, seen_by=seen_by).filter(status__in=IN_FORCE).exclude(pk=before.pk)
    return rows.order_by("-finalized_at").first()


def favourites(*, seen_by: Actor) -> QuerySet[Favourite]:
    """What this doctor prescribes often."""
    mine = Favourite.objects.filter(organization_id=seen_by.organization_id)
    me = people.staff_of(seen_by)
    return mine.filter(staff_id=me.pk) if me else mine.none()


def lines_of(items: Sequence[PrescriptionItem]) -> list[rules.Line]:
    """The medicines as the checks take them."""
    known = rules.load().medicines
    return [
        rules.Line(
            name=item.name,
            medicine=known.get(item.medicine),
            strength=item.strength,
            course=item.course,
            route=item.route,
        )
        for item in items
    ]


def person_of(prescription: Prescription, *, seen_by: Actor) -> rules.Person:
    """What is known of the patient: allergies, age, weight, and what is taken already."""
    patient = prescription.patient
    banner = patients.banner(patient)
    weighed = consultations.latest_weight(patient.pk, seen_by=seen_by)
    return rules.Person(
        age=banner.age,
        may_be_pregnant=patient.gender != "male",
        pregnancy=prescription.pregnancy,
        kidneys=prescription.kidneys,
        weight_kg=weighed.weight if weighed else None,
        allergy_state=banner.allergy_state,
        allergies=tuple(allergy.substance for allergy in banner.allergies),
        taking=taking(patient.pk, other_than=prescription.pk, seen_by=seen_by),
    )


def taking(patient_id: UUID, *, other_than: UUID | None = None, seen_by: Actor) -> tuple[str, ...]:
    """What a patient takes already: as they told it, and what is prescribed here and still runs."""
    told = [item.text for item in patients.history(patient_id, seen_by=seen_by) if item.kind == "MEDICATION"]
    running = [
        item.name
        for row in of_patient(patient_id, seen_by=seen_by).filter(status__in=IN_FORCE)[:30]
        for item in row.items.all()
        if row.pk != other_than and _still_runs(row, item)
    ]
    return tuple(dict.fromkeys([*told, *running]))


def judged(prescription: Prescription, *, seen_by: Actor) -> list[Judged]:
    """What the checks say now about a draft, with the reasons given; what was kept of a finalised one."""
    kept = list(
        KeptFinding.objects.filter(prescription=prescription).select_related("patient").order_by("created_at", "id")
    )
    if not prescription.is_draft:
        return [Judged(_as_kept(row), row.reason or "") for row in kept]
    reasons = {row.key: row.reason or "" for row in kept}
    items = list(prescription.items.all())
    if not items:
        return []
    found = rules.check(lines_of(items), person_of(prescription, seen_by=seen_by))
    return [Judged(finding, reasons.get(finding.key, "") if finding.is_stop else "") for finding in found]


def _as_kept(row: KeptFinding) -> rules.Finding:
    return rules.Finding(row.key, row.severity, row.title, row.mechanism, row.action, row.source)


def _still_runs(row: Prescription, item: PrescriptionItem) -> bool:
    begun: date = row.prescribed_on or clock.now().date()
    days = item.course.total_days()
    if item.frequency == "STAT":
        days = 1
    length = timedelta(days=days * (1 + row.refills)) if days else OPEN_END
    return begun + length >= clock.now().date()


def suggestions(text: str, *, branch_id: UUID, seen_by: Actor) -> list[dict[str, Any]]:
    """What a doctor means by the first letters typed: what is on the shelf first, then the formulary.

    Something of the store comes with its strength and form, and is then handed out from there (`stock`).
    """
    known = rules.load()
    stocked = []
    if seen_by.may(STOCK):
        found = inventory.in_stock(text, branch_id=branch_id, seen_by=seen_by, kinds=("MEDICINE",))
        stocked = [
            {
                "code": row.generic,
                "stock": row.item_id,
                "name": row.name,
                "form": " ".join(word for word in (known.medicines[row.generic].name, row.strength) if word),
                "aside": f"{rules.counted(row.available, row.unit)} in stock",
            }
            for row in found
            if row.available > 0 and row.generic in known.medicines
        ]
    listed = [
        {"code": one.code, "name": one.name, "form": one.forms[0].name if one.forms else "", "aside": one.usual}
        for one in known.search(text)
    ]
    return [*stocked[:MOST_STOCKED], *listed]


def from_stock(item_id: UUID | str, *, seen_by: Actor) -> rules.LineDetails:
    """A line as an item of the store begins it: its medicine, strength and form, handed out from there."""
    item = inventory.item(item_id, seen_by=seen_by)
    known = rules.load().medicines.get(item.generic)
    if known is None:
        raise NotFound("This item names no medicine of the formulary. Write its name instead.")
    begun = rules.begun_with(known)
    is_spread = begun.dose_unit in ("application", "drop")
    counted_in = next((unit for unit in rules.DOSE_UNITS if unit.lower() == item.unit.lower()), begun.dose_unit)
    return replace(
        begun,
        strength=item.strength,
        form=item.form or begun.form,
        dose_unit=begun.dose_unit if is_spread else counted_in,
        quantity=Decimal(1) if is_spread else None,
        is_in_house=True,
        stock_item=item.pk,
    )


def medicine_names() -> list[str]:
    """Every medicine of the formulary by its name, in the order of the alphabet."""
    return sorted({one.name for one in rules.load().medicines.values()})
