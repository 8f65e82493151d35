"""Measuring, and saying that one has seen what is abnormal."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError

from kalon.consultations import queries, rules
from kalon.consultations.lifecycles import Status
from kalon.consultations.models import AlertSeen, Vitals
from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.errors import IllegalMove, Invalid, NotFound
from kalon.kernel.lookup import one
from kalon.kernel.tenancy import verb
from kalon.people import queries as people


@verb
def record_vitals(
    pk: UUID, *, measured: Mapping[str, Any], units: Mapping[str, str] | None = None, note: str = "", by: Actor
) -> Vitals:
    """Write down one set of measurements; a mistake is corrected by measuring again.

    `units` names the unit of a measurement that was not taken in the one it is kept in (`{"temperature": "°F"}`).
    What lies outside the limits of the patient's age today is kept with it, for the doctor to see.
    """
    by.must("consultations.triage", do="record vitals")
    consultation = queries.consultation(pk, seen_by=by, lock=True)
    if not consultation.is_open or consultation.status == Status.SCHEDULED:
        raise IllegalMove(
            f"Vitals are taken between check-in and closing; this consultation is "
            f"{consultation.get_status_display().lower()}.",
            status_is=consultation.status,
        )
    vitals = Vitals(
        organization_id=consultation.organization_id,
        patient=consultation.patient,
        consultation=consultation,
        note=note,
        taken_by=people.staff_of(by),
        taken_at=clock.now(),
        **rules.in_stored_unit(measured, units or {}),
    )
    _check(vitals)
    today = clock.today(ZoneInfo(consultation.branch.timezone))
    vitals.abnormal = [alert.kept() for alert in rules.alerts(vitals, born=consultation.patient.born, on=today)]
    vitals.save(force_insert=True)
    return vitals


@verb
def see_alerts(pk: UUID, *, vitals_id: UUID, by: Actor) -> AlertSeen:
    """Say that one has seen what is abnormal in a set of measurements; said twice, the first time counts."""
    by.must("consultations.conduct", do="acknowledge abnormal vitals")
    consultation = queries.consultation(pk, seen_by=by, lock=True)
    vitals = one(queries.vitals_of(consultation).filter(pk=vitals_id))
    if vitals is None:
        raise NotFound("There are no such measurements in this consultation.")
    if seen := queries.seen_of(vitals):
        return seen
    signer = people.staff_of(by)
    if signer is None:
        raise Invalid("Only a member of staff can acknowledge; sign in as the doctor.")
    if not vitals.abnormal:
        raise IllegalMove("Nothing in these measurements is outside its limits.")
    seen = AlertSeen(
        organization_id=consultation.organization_id,
        patient=consultation.patient,
        consultation=consultation,
        vitals=vitals,
        shown="\n".join(alert.sentence for alert in vitals.alerts),
        seen_by=signer,
        seen_at=clock.now(),
    )
    seen.save(force_insert=True)
    return seen


def _check(vitals: Vitals) -> None:
    given = {field for field in rules.MEASURES if getattr(vitals, field) is not None}
    if not given:
        raise Invalid("Write at least one measurement.")
    if (vitals.systolic is None) != (vitals.diastolic is None):
        raise Invalid("Blood pressure needs both numbers.", field="systolic")
    if vitals.systolic is not None and vitals.diastolic is not None and vitals.systolic <= vitals.diastolic:
        raise Invalid("The upper blood pressure is larger than the lower one.", field="systolic")
    try:
        vitals.clean_fields(exclude={field.name for field in Vitals._meta.fields} - given)
    except ValidationError as error:
        fields = {
            name: [f"{text.rstrip('.')}. Check the number." for text in texts]
            for name, texts in error.message_dict.items()
        }
        raise Invalid("Some measurements cannot be right.", errors=fields) from error
