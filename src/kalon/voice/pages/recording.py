"""One recording to read and to hear: what was said, its sound, how long it is kept, and the proof when it went."""

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string
from django.views.decorators.http import require_GET, require_POST

from kalon.kernel import audit
from kalon.kernel.errors import Invalid
from kalon.voice import actions, queries
from kalon.voice.forms import ReasonForm
from kalon.voice.lifecycles import KEEP, LISTEN, RECORD, SESSION, VIEW
from kalon.web import files
from kalon.web.fronts import actor_of, go, refusals_on, render, staff_page

PER_PAGE = 15
LINES_A_PAGE = 200
RANGE = re.compile(r"^bytes=(\d{1,12})-(\d{0,12})$")


@require_GET
@staff_page(VIEW)
def recording(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What was said in a visit, line by line; each is heard by a tap."""
    found = actions.look(pk, purpose="read what was said", by=actor_of(request))
    return _page(request, found)


@require_POST
@staff_page(KEEP)
def hold(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Keep it for a legal matter."""
    return _with_reason(request, pk, actions.hold, "Kept until the hold is ended")


@require_POST
@staff_page(KEEP)
def end_hold(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Let its time count again."""
    return _with_reason(request, pk, actions.end_hold, "Its time counts again")


@require_POST
@staff_page(RECORD)
def discard(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Throw it away."""
    return _with_reason(request, pk, actions.discard, "Thrown away; its keys are destroyed")


@require_GET
@staff_page(LISTEN)
def sound(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """The sound as a player asks for it: one WAV file, a part at a time."""
    asked = RANGE.match(request.headers.get("Range", ""))
    if asked is None:
        raise Invalid("Ask for a part of the sound, as players do: Range: bytes=0-", field="range")
    first, last = int(asked[1]), int(asked[2]) if asked[2] else None
    got = actions.play_bytes(pk, first, last, by=actor_of(request))
    answer = files.shown(iter([got.content]), content_type="audio/wav", size=len(got.content), name="recording.wav")
    answer.status_code = 206
    answer.headers["Accept-Ranges"] = "bytes"
    answer.headers["Content-Range"] = f"bytes {got.first}-{got.last}/{got.total}"
    return answer


def tab(request: HttpRequest, patient: Any) -> str:
    """Every recording of a patient, newest first."""
    by = actor_of(request)
    page = Paginator(queries.of_patient(patient.pk, seen_by=by), PER_PAGE).get_page(request.GET.get("page"))
    rows = list(page.object_list)
    audit.reads(by, rows, purpose="patient page, recordings")
    return render_to_string("voice/_tab.html", {"patient": patient, "page": page, "rows": rows}, request)


def _page(request: HttpRequest, found: Any, *, form: ReasonForm | None = None) -> HttpResponse:
    by = actor_of(request)
    policy = queries.policy(seen_by=by)
    ended = found.finished_at or found.created_at
    page = Paginator(queries.lines(found, seen_by=by), LINES_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "session": found,
        "words": found.transcript,
        "heard_outside": queries.heard_outside(found),
        "patient": found.patient,
        "page": page,
        "lines": list(page.object_list),
        "may_hear": by.may(LISTEN) and not queries.is_gone(found) and found.transcript.heard_ms > 0,
        "may_keep": by.may(KEEP, at=found.branch_id),
        "may_verify": actions.may_verify(found, by),
        "may_discard": by.may(RECORD, at=found.branch_id) and _discardable(found),
        "sound_until": ended + timedelta(days=policy.sound_days),
        "words_until": found.transcript.created_at + timedelta(days=policy.words_days),
        "proofs": queries.destroyed_of(found, seen_by=by),
        "form": form or ReasonForm(),
    }
    return render(request, "voice/recording.html", context, status=422 if form else 200)


def _discardable(found: Any) -> bool:
    move = SESSION["discard"]
    return found.status in move.source and not SESSION.obstacles(move, found)


def _with_reason(request: HttpRequest, pk: UUID, act: Any, toast: str) -> HttpResponse:
    by, form = actor_of(request), ReasonForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            act(pk, form.cleaned_data["reason"], by=by)
        if not form.errors:
            return go(request, "voice:recording", pk=pk, toast=toast)
    return _page(request, queries.session(pk, seen_by=by), form=form)
