"""The card of diagnoses beside the note: searched as one types, added, put first, taken back."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_POST, require_safe

from kalon.consultations import actions, queries
from kalon.consultations.actions.diagnosis import CONDUCT, OPEN
from kalon.consultations.models import Consultation
from kalon.kernel.actors import Actor
from kalon.kernel.errors import DomainError, Invalid
from kalon.web.fronts import actor_of, go, render, staff_page


def diagnosis_card(request: HttpRequest, consultation: Consultation) -> str | None:
    """What the doctor found; on an open visit with the field to add to it."""
    context = _context(request, consultation)
    if not context["diagnoses"] and not context["may_write"]:
        return None
    return render_to_string("consultations/_diagnoses.html", context, request=request)


@require_safe
@staff_page(CONDUCT)
def search_diagnosis(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What may be meant, while it is typed; only the list, which the card puts under its field."""
    by, found = actor_of(request), queries.consultation(pk, seen_by=actor_of(request))
    context = {"consultation": found, **_list(request.GET.get("q", ""), seen_by=by)}
    return render(request, "consultations/_diagnosis_hits.html", context)


@require_POST
@staff_page(CONDUCT)
def add_diagnosis(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A chosen code, or the doctor's own words."""
    code, words = request.POST.get("code", ""), _typed(request.POST.get("q", ""))

    def add() -> None:
        if code and request.POST.get("for", words) != words:  # Enter was quicker than the list
            raise Invalid("The list was still coming. Choose again.", field="q")
        actions.add_diagnosis(pk, code=code, words="" if code else words, by=actor_of(request))

    return _done(request, pk, add, keep_typed=False)


@require_POST
@staff_page(CONDUCT)
def put_diagnosis_first(request: HttpRequest, pk: UUID, diagnosis_id: UUID) -> HttpResponse:
    """The primary diagnosis."""
    return _done(request, pk, lambda: actions.put_first(pk, diagnosis_id=diagnosis_id, by=actor_of(request)))


@require_POST
@staff_page(CONDUCT)
def withdraw_diagnosis(request: HttpRequest, pk: UUID, diagnosis_id: UUID) -> HttpResponse:
    """Not this one after all."""
    return _done(request, pk, lambda: actions.withdraw_diagnosis(pk, diagnosis_id=diagnosis_id, by=actor_of(request)))


@require_POST
@staff_page(CONDUCT)
def star_code(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Keep a code at hand, or put it away."""
    by, code = actor_of(request), request.POST.get("code", "")
    turn = actions.put_away if code in queries.kept_codes(seen_by=by) else actions.keep_at_hand
    return _done(request, pk, lambda: turn(code, by=by))


def _done(request: HttpRequest, pk: UUID, call: Callable[[], Any], *, keep_typed: bool = True) -> HttpResponse:
    """Do it and draw the card again; the note beside it, which is being typed, stays as it is."""
    in_place, refusal = bool(getattr(request, "htmx", False)), ""
    try:
        call()
    except DomainError as refused:
        if not in_place:
            raise
        refusal = refused.detail
    if not in_place:
        return go(request, "consultations:consultation", pk=pk)
    found = queries.consultation(pk, seen_by=actor_of(request))
    typed = request.POST.get("q", "") if keep_typed or refusal else ""
    context = {**_context(request, found, typed=typed), "refusal": refusal, "again": True}
    return render(request, "consultations/_diagnoses.html", context, status=422 if refusal else 200)


def _context(request: HttpRequest, consultation: Consultation, *, typed: str = "") -> dict[str, Any]:
    by = actor_of(request)
    may_write = consultation.status in OPEN and by.may(CONDUCT)
    diagnoses = list(queries.diagnoses_of(consultation, seen_by=by))
    context: dict[str, Any] = {"consultation": consultation, "diagnoses": diagnoses, "may_write": may_write}
    if may_write:
        context |= _list(typed, seen_by=by)
        if not context["typed"]:  # no need to offer what is there
            written = {one.code for one in diagnoses}
            context["hits"] = [hit for hit in context["hits"] if hit.code not in written]
    return context


def _list(typed: str, *, seen_by: Actor) -> dict[str, Any]:
    typed = _typed(typed)
    return {
        "typed": typed,
        "hits": queries.meant(typed, seen_by=seen_by),
        "kept": queries.kept_codes(seen_by=seen_by),
    }


def _typed(text: str) -> str:
    return text.strip()[: actions.LONGEST_DIAGNOSIS]
