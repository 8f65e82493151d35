"""The console: one large control, what was said so far, and whether it is recording, never in doubt."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from kalon.consents import queries as consents
from kalon.voice import actions, queries
from kalon.voice.lifecycles import OPEN, RECORD, VIEW, Status
from kalon.voice.rules.lines import Line
from kalon.web.fronts import actor_of, go, render, staff_page

MOST_LINES = 400  # the latest; a transcript is read whole where the note is verified


@require_POST
@staff_page(RECORD)
def begin(request: HttpRequest, consultation_id: UUID) -> HttpResponse:
    """Prepare the recording of a visit and open its console."""
    return go(request, "voice:console", pk=actions.begin(consultation_id, by=actor_of(request)).pk)


@require_POST
@staff_page(RECORD)
def ask(request: HttpRequest, consultation_id: UUID) -> HttpResponse:
    """Ask the patient of a visit to agree: on this screen by signature or code, or aloud."""
    pk = actions.ask_to_record(consultation_id, by=actor_of(request))
    if request.POST.get("way") != "say":
        return go(request, "consents:sign", pk=pk)
    back = reverse("consultations:consultation", args=[consultation_id])
    return go(request, f"{reverse('consents:say', args=[pk])}?{urlencode({'back': back})}")


@require_POST
@staff_page(RECORD)
def again(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Listen again to what could not be written down."""
    return go(request, "voice:console", pk=actions.try_again(pk, by=actor_of(request)).pk)


@require_GET
@staff_page(VIEW)
def console(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The console of a recording: recording, paused, being written down, written down."""
    by = actor_of(request)
    found = actions.glance(pk, screen="recording console", by=by)
    here = queries.arrived(found)
    lines = queries.lines(found, seen_by=by)
    context = {
        "session": found,
        "patient": found.patient,
        "here": here,
        "lines": lines[-MOST_LINES:],
        "languages": queries.languages(found, seen_by=by),
        "clock": Line(found.transcript.heard_ms, 0, "").clock,
        "before": max(0, len(lines) - MOST_LINES),
        "agreed": found.consent_holds(),
        "leaves": found.status in OPEN and queries.may_leave(found, seen_by=by),
        "may_record": by.may(RECORD, at=found.branch_id) and _is_open(found),
        "visit": found.consultation,
        "to_verify": found.status == Status.DRAFTED and actions.may_verify(found, by),
        "back": reverse("consultations:consultation", args=[found.consultation_id]),
    }
    return render(request, "voice/console.html", context)


def card(request: HttpRequest, visit: Any) -> str | None:
    """On the doctor's page: record this visit, or open what was recorded of it."""
    by = actor_of(request)
    if not by.may(RECORD, at=visit.branch_id):
        return None
    rows = list(queries.of_consultation(visit.pk, seen_by=by)[:5])
    consent = consents.in_force(visit.patient_id, "RECORDING", seen_by=by)
    context = {
        "visit": visit,
        "rows": rows,
        "to_verify": next((row for row in rows if row.status == Status.DRAFTED and actions.may_verify(row, by)), None),
        "ended": [row for row in rows if row.is_finished],
        "open_one": next((row for row in rows if row.consent == consent and _is_open(row)), None),
        "agreed": consent is not None,
        "going_on": visit.status in actions.WITH_US,
    }
    return render_to_string("voice/_card.html", context, request)


def _is_open(found: Any) -> bool:
    return found.status in OPEN and not found.is_finished
