"""What prescribing shows on the pages of others: the doctor's page, and the patient's."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse

from kalon.consultations.lifecycles import Status as Encounter
from kalon.consultations.queries import dashboard
from kalon.kernel import audit
from kalon.patients.queries import timeline
from kalon.people import queries as people
from kalon.prescribing import queries
from kalon.prescribing.lifecycles import IN_FORCE, READ, WRITE, Status
from kalon.prescribing.pages.building import builder_context

SHOWN = 50


def builder_card(request: HttpRequest, consultation: Any) -> str | None:
    """The prescriptions of this consultation: finished ones in a line each, one's own draft as the builder."""
    by = request.actor  # type: ignore[attr-defined]
    if not by.may(READ):
        return None
    found = list(queries.of_consultation(consultation.pk, seen_by=by))
    audit.reads(by, found, purpose="doctor's page")
    me = people.staff_of(by)
    is_open = consultation.status in (Encounter.IN_CONSULTATION, Encounter.PLAN_CREATED)
    is_mine = me is not None and consultation.doctor_id in (None, me.pk)
    drafts = [row for row in found if row.is_draft and me is not None and row.doctor_id == me.pk]
    context: dict[str, Any] = {
        "consultation": consultation,
        "finished": [row for row in found if row not in drafts[:1]],
        "may_start": is_open and is_mine and by.may(WRITE) and not drafts,
    }
    if drafts:
        context |= builder_context(drafts[0], by=by)
    elif not found and not context["may_start"]:
        return None
    return render_to_string("prescribing/_panel.html", context, request=request)


def prescribed_before(request: HttpRequest, consultation: Any) -> str | None:
    """In the summary of the last visit: what was prescribed last, as the patient takes it."""
    by = request.actor  # type: ignore[attr-defined]
    if not by.may(READ):
        return None
    rows = queries.of_patient(consultation.patient_id, seen_by=by).filter(status__in=IN_FORCE)
    last = rows.exclude(consultation_id=consultation.pk).first()
    if last is None:
        return None
    audit.read(by, last, purpose="summary of the last visit")
    return render_to_string("prescribing/_before.html", {"prescription": last}, request=request)


def patient_tab(request: HttpRequest, patient: Any) -> str:
    """Every prescription of a patient, the latest first."""
    by = request.actor  # type: ignore[attr-defined]
    rows = list(queries.of_patient(patient.pk, seen_by=by)[:SHOWN])
    audit.reads(by, rows, purpose="patient page, prescriptions")
    context = {"rows": rows, "shown": SHOWN, "taking": queries.taking(patient.pk, seen_by=by)}
    return render_to_string("prescribing/_tab.html", context, request=request)


def waiting_count(actor: Any) -> int | None:
    """How many prescriptions wait at the counter of this branch."""
    branch = people.own_branch(actor)
    return queries.waiting(branch_id=branch.pk, seen_by=actor).count() or None


def unsigned(ask: dashboard.Ask) -> int:
    """The doctor's own drafts."""
    drafts = queries.prescriptions(seen_by=ask.by).filter(status=Status.DRAFT, doctor_id=ask.doctor_id)
    return drafts.order_by().count()


def story(ask: timeline.Ask) -> Iterable[timeline.Entry]:
    """What was prescribed, on the patient's timeline."""
    return [
        timeline.Entry(
            at=row.finalized_at,
            id=row.pk,
            title=f"Prescription {row.number}",
            text=", ".join(item.name for item in row.items.all()),
            icon="pill",
            tone="info",
            tag="Medicine",
            href=reverse("prescribing:prescription", args=[row.pk]),
        )
        for row in ask.of(queries.of_patient(ask.patient_id, seen_by=ask.by), at="finalized_at")
        if row.finalized_at is not None
    ]
