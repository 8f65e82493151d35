"""Telling a patient how to prepare for an operation: when it stands, when it moves, and the day before."""

from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format

from kalon.catalog import queries as catalog
from kalon.kernel import audit, clock
from kalon.kernel.actors import Actor, system
from kalon.kernel.errors import Clash, Invalid, NotFound
from kalon.kernel.tenancy import verb
from kalon.messaging import actions as messaging
from kalon.people import queries as people
from kalon.plans import queries as plans
from kalon.theatre import queries, rules
from kalon.theatre.actions.naming import acting_staff
from kalon.theatre.lifecycles import STATE, Anaesthesia, CaseStatus
from kalon.theatre.models import Case, Preparation, StoppedMedicine
from kalon.theatre.queries.preparing import FIRST, LAST, key_of
from kalon.theatre.rules.preparing import LONGEST_STOP, last_taken, times_of
from kalon.web.papers import draw

PAPER = Path(__file__).parent.parent / "templates" / "theatre" / "paper" / "before.typ"
OPEN_PLANS = ("APPROVED", "CONSENT_PENDING", "CONSENT_SIGNED", "SCHEDULED")
ON_SHEET = {"arrive": "arrive_wall", "starts": "starts_wall", "food": "food_wall", "water": "water_wall"}
MINUTE, DAY = "l j F, H:i", "l j F"
FACTS = ("starts_at", "arrive_at", "food_until", "water_until", "medicines")


@verb
def stop_medicine(plan_id: UUID, name: str, days_before: int, *, by: Actor) -> StoppedMedicine:
    """Write which medicine is stopped before the operation: last taken so many days before it. The patient is told."""
    by.must(STATE, do="write which medicines are stopped")
    plan = plans.plan(plan_id, seen_by=by, lock=True)
    if plan.plan_type != "SURGICAL" or plan.status not in OPEN_PLANS:
        raise Invalid("Medicines are stopped for an operation that is approved and still ahead.", field="name")
    said = rules.needed(name, field="name", otherwise="Write which medicine.")
    if len(said) > 120:
        raise Invalid("Keep the name under 120 characters.", field="name")
    if not 1 <= days_before <= LONGEST_STOP:
        raise Invalid(f"Between 1 and {LONGEST_STOP} days before.", field="days_before")
    _still_ahead(plan, days_before, by)
    held = queries.stopped_medicines(plan.pk, seen_by=by)
    if any(str(one.name).casefold() == said.casefold() for one in held):
        raise Clash("This medicine stands on the list already. Take it off first, to change its days.", field="name")
    made = StoppedMedicine(
        organization_id=plan.organization_id, patient=plan.patient, plan=plan, name=said, days_before=days_before,
        written_by=acting_staff(by, "write which medicines are stopped"),
    )  # fmt: skip
    made.save(force_insert=True)
    audit.note(by, audit.Kind.CHANGE, made, facts={"days_before": days_before})
    _tell_of_plan(plan.pk, by)
    return made


@verb
def take_again(pk: UUID, *, by: Actor) -> StoppedMedicine:
    """A medicine is not to be stopped after all. The patient is told."""
    by.must(STATE, do="write which medicines are stopped")
    rows = StoppedMedicine.objects.filter(organization_id=by.organization_id, pk=pk).select_related("patient")
    found = rows.select_for_update(of=("self",)).first()
    if found is None:
        raise NotFound("There is no such medicine on the list.")
    if found.ended_at is not None:
        raise Clash("It is off the list already.")
    found.ended_at, found.ended_by = clock.now(), acting_staff(by, "write which medicines are stopped")
    found.save(update_fields=["ended_at", "ended_by"])
    audit.note(by, audit.Kind.CHANGE, found, facts={"stopped": False})
    _tell_of_plan(found.plan_id, by)
    return found


@verb
def prepare(case_id: UUID, *, by: Actor) -> Preparation | None:
    """Tell the patient of a case that stands how to prepare for it; None where they were told exactly this."""
    found = queries.case(case_id, seen_by=by, lock=True)
    if found.status != CaseStatus.SCHEDULED or found.reservation is None:
        return None
    said = _said(found, by)
    held = Preparation.objects.filter(case=found, ended_at=None).select_related("patient").first()
    if held is not None and all(getattr(held, name) == said[name] for name in FACTS):
        return None
    _end(Preparation.objects.filter(case=found))
    made = Preparation(
        organization_id=found.organization_id, patient=found.patient, case=found, plan=found.plan, **said
    )
    made.save(force_insert=True)
    _send(queries.preparation(made.pk, seen_by=by), FIRST, by)
    return made


@verb
def tell_again(pk: UUID, *, by: Actor) -> Any:
    """The day before: once more what to do from when. None where it was told already or cannot reach the patient."""
    return _send(queries.preparation(pk, seen_by=by), LAST, by)


@verb
def before_pdf(pk: UUID, *, by: Actor) -> bytes:
    """How to prepare, on A5, in the patient's language; each reading is logged."""
    held = queries.preparation(pk, seen_by=by)
    audit.read(by, held, purpose="instructions before an operation on paper")
    return draw(PAPER, sheet_data(held, by=by))


def forget(case_id: UUID) -> None:
    """A case lost its date: what was told of it holds no longer."""
    _end(Preparation.objects.filter(case_id=case_id))


def sheet_data(held: Preparation, *, by: Actor) -> dict[str, Any]:
    """What stands on the sheet, as plain data."""
    plan, language = held.plan, str(held.patient.language)
    entries = [line.entry_id for line in plans.lines_of(plan) if line.entry_id]
    told = catalog.instructions_for(entries, language, seen_by=by)
    today = clock.today(plan.branch.timezone)
    with translation.override(language):
        said = {key: date_format(at, MINUTE) if (at := getattr(held, name)) else "" for key, name in ON_SHEET.items()}
        medicines = [(name, date_format(day, DAY)) for name, day in held.last_days]
    return {
        **people.letterhead(plan.branch, seen_by=by),
        "number": plan.number,
        "date": f"{today.day} {today:%B %Y}",
        "language": language,
        "patient": str(held.patient.name),
        "doctor": plan.doctor.name if plan.doctor else "",
        **said,
        "medicines": medicines,
        "parts": [
            {"name": procedure.name, "text": one.text, "language": one.language}
            for procedure, texts in told for one in texts if one.kind == "PRE_OP"
        ],
    }  # fmt: skip


def _said(found: Case, by: Actor) -> dict[str, Any]:
    """What a patient is to be told of a case as it stands now."""
    assert found.reservation is not None
    visit, policy = found.reservation.appointment, queries.policy(seen_by=by)
    times = times_of(
        visit.period.lower, arrive_minutes=policy.arrive_minutes, food_hours=policy.food_hours,
        water_hours=policy.water_hours, fasts=found.anaesthesia != Anaesthesia.LOCAL,
    )  # fmt: skip
    day = visit.local_start.date()
    stopped = queries.stopped_medicines(found.plan_id, seen_by=by)
    medicines = [[str(one.name), last_taken(day, one.days_before).isoformat()] for one in stopped]
    return {
        "starts_at": times.starts_at, "arrive_at": times.arrive_at, "food_until": times.food_until,
        "water_until": times.water_until, "medicines": medicines,
    }  # fmt: skip


def _send(held: Preparation, code: str, by: Actor) -> Any:
    """The message: no word of which operation it is, only when, and where to read on."""
    plan = held.plan
    return messaging.send(
        code,
        to_patient=held.patient,
        data={
            "arrive": held.arrive_wall,
            "food_until": held.food_wall,
            "water_until": held.water_wall,
            "medicines": tuple(held.last_days) or None,
            "doctor": plan.doctor.name if plan.doctor else "",
            "branch": plan.branch.name,
            "address": plan.branch.address,
            "phone": plan.branch.phone,
            "link": f"{settings.KALON_URL.rstrip('/')}{reverse('portal:plan', args=[plan.pk])}",
        },
        once=key_of(code, held.pk),
        branch=plan.branch,
        about_id=held.pk,
        until=held.starts_at,
        by=by,
    )


def _still_ahead(plan: Any, days_before: int, by: Actor) -> None:
    """Refused where the last day to take it is over: nobody is told to stop something last week."""
    waiting = queries.of_plan(plan.pk, seen_by=by)
    if waiting is None:
        return
    left = (waiting.surgery_date - clock.today(plan.branch.timezone)).days
    if days_before <= left:
        return
    day = date_format(waiting.surgery_date, DAY)
    if left < 1:
        raise Invalid(f"The operation is on {day}: too late to stop anything. Tell the surgeon.", field="days_before")
    raise Invalid(
        f"The operation is on {day}: at most {left} day{'s' if left > 1 else ''} before. Is that too few, tell the "
        "surgeon or move the operation.", field="days_before",
    )  # fmt: skip


def _tell_of_plan(plan_id: UUID, by: Actor) -> None:
    standing = queries.cases_of_plan(plan_id, seen_by=by).filter(status=CaseStatus.SCHEDULED, urgency="ELECTIVE")
    for pk in list(standing.values_list("pk", flat=True)):
        prepare(pk, by=system("theatre", by.organization_id))


def _end(rows: Any) -> None:
    rows.filter(ended_at=None).update(ended_at=clock.now())
