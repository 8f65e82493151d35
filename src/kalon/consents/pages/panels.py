"""What consents show on the pages of others: the patient's tab, and lines on the timeline."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse

from kalon.consents import queries
from kalon.consents.lifecycles import OF_PATIENT, PRESENT
from kalon.consents.pages.looks import look_of
from kalon.consultations.queries import dashboard
from kalon.kernel import audit
from kalon.patients.queries import timeline
from kalon.web.fronts import actor_of

SHOWN = 60


def tab(request: HttpRequest, patient: Any) -> str:
    """What holds now, kind by kind, and every consent of a patient."""
    by = actor_of(request)
    rows = list(queries.of_patient(patient.pk, seen_by=by)[:SHOWN])
    audit.reads(by, rows, purpose="patient page, consents")
    looked = [(row, look_of(row)) for row in rows]
    holding = {row.kind for row, look in looked if look.word == "In force"}
    context = {
        "patient": patient,
        "rows": looked,
        "kinds": [(label, kind in holding) for kind, label in queries.Kind.choices if kind in OF_PATIENT],
        "may_prepare": by.may(PRESENT),
    }
    return render_to_string("consents/_tab.html", context, request=request)


def story(ask: timeline.Ask) -> Iterable[timeline.Entry]:
    """What was signed and what was withdrawn, on the patient's timeline."""
    rows = queries.of_patient(ask.patient_id, seen_by=ask.by)
    signed = [
        _entry(row, row.signed_at, f"Signed: {row.title}", icon="pen-line", tone="ok")
        for row in ask.of(rows, at="signed_at")
    ]
    withdrawn = [
        _entry(row, row.revoked_at, f"Withdrawn: {row.title}", icon="undo-2", tone="danger")
        for row in ask.of(rows, at="revoked_at")
    ]
    return [*signed, *withdrawn]


def _entry(row: Any, at: Any, title: str, *, icon: str, tone: str) -> timeline.Entry:
    href = reverse("consents:consent", args=[row.pk])
    return timeline.Entry(
        at=at, id=row.pk, title=title, text=row.number, icon=icon, tone=tone, tag="Consent", href=href
    )


def waiting_for(ask: dashboard.Ask) -> int:
    """How many consents wait for this doctor: an answer, a countersignature, an end to note."""
    return queries.for_doctor(ask.doctor_id, seen_by=ask.by).order_by().count()
