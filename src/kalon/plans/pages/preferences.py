"""What a patient wishes and does not want: their own page, the staff's, and cards beside the work."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_http_methods

from kalon.catalog import queries as catalog
from kalon.kernel import audit
from kalon.kernel.actors import Actor
from kalon.patients import queries as patients
from kalon.plans import actions, queries
from kalon.plans.forms import PreferenceForm, preference_details
from kalon.plans.lifecycles import PREFER, READ
from kalon.plans.models import ProcedurePreference, Wish
from kalon.plans.pages.looks import Look
from kalon.web.fronts import actor_of, go, patient_page, refusals_on, render, staff_page

SHOWN = 6
PER_PAGE = 25
LOOKS = {
    one.word: one
    for one in (
        Look(tone="brand", icon="heart", word=Wish.INTERESTED),
        Look(tone="gold", icon="circle-help", word=Wish.UNDECIDED),
        Look(tone="rose", icon="ban", word=Wish.NOT_WANTED),
        Look(tone="mute", icon="undo-2", word=Wish.WITHDRAWN),
    )
}


@require_http_methods(["GET", "POST"])
@patient_page
def mine(request: HttpRequest) -> HttpResponse:
    """The patient says what they are interested in and what they do not want, and takes it back."""
    by = actor_of(request)
    answer, form = _said(request, by.own_patient_id, "plans:my_preferences")
    if answer is not None:
        return answer
    rows = queries.standing_preferences(by.own_patient_id, seen_by=by)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    audit.reads(by, list(page.object_list), purpose="own procedure preferences")
    context = {"form": form, "page_obj": page, "rows": drawn(page), "about": form["about"].value()}
    return render(request, "plans/my_preferences.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@staff_page(READ)
def of_patient(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What one patient wishes, everything that was ever said of it, and the form in which it is written down."""
    by = actor_of(request)
    patient = patients.patient(pk, seen_by=by)
    answer, form = _said(request, pk, "plans:preferences", pk=pk)
    if answer is not None:
        return answer
    every = request.GET.get("all") == "1"
    read = queries.preferences if every else queries.standing_preferences
    page = Paginator(read(pk, seen_by=by), PER_PAGE).get_page(request.GET.get("page"))
    audit.reads(by, [patient, *page.object_list], purpose="procedure preferences")
    context = {
        "patient": patient,
        "banner": patients.banner(patient),
        "form": form,
        "page_obj": page,
        "rows": drawn(page),
        "every": every,
        "may_write": by.may(PREFER),
    }
    return render(request, "plans/preferences.html", context, status=422 if form.errors else 200)


def card(request: HttpRequest, patient_id: UUID, *, purpose: str, offer: bool = False) -> str:
    """What a patient wishes, as a card beside the work; with `offer` it also says that nothing was said yet."""
    by = actor_of(request)
    standing = list(queries.standing_preferences(patient_id, seen_by=by)[: SHOWN + 1])
    if not standing and not offer:
        return ""
    audit.reads(by, standing[:SHOWN], purpose=purpose)
    context = {
        "patient_id": patient_id,
        "rows": drawn(standing[:SHOWN]),
        "has_more": len(standing) > SHOWN,
        "may_write": by.may(PREFER),
    }
    return render_to_string("plans/_preferences.html", context, request=request)


def on_consultation(request: HttpRequest, consultation: Any) -> str | None:
    """What the patient wishes, beside the note."""
    by: Actor = request.actor  # type: ignore[attr-defined]
    if not by.may(READ):
        return None
    return card(request, consultation.patient_id, purpose="consultation page, wishes", offer=by.may(PREFER))


def warnings(patient_id: UUID, entries: Iterable[Any], by: Actor) -> list[dict[str, Any]]:
    """What of these procedures the patient does not want; it is said to who plans, it forbids nothing."""
    found = queries.unwanted(patient_id, entries, seen_by=by)
    audit.reads(by, [said for _, said in found], purpose="a plan for what the patient does not want")
    return [{"entry": entry, "said": said} for entry, said in found]


def drawn(rows: Iterable[ProcedurePreference]) -> list[dict[str, Any]]:
    return [{"said": said, "look": replace(LOOKS[said.wish], word=said.get_wish_display())} for said in rows]


def _again(patient_id: UUID, about: str, by: Actor) -> dict[str, str]:
    """What was said last of what the address names, so that it is changed and not typed anew."""
    standing = queries.standing_preferences(patient_id, seen_by=by) if about else []
    last = next((one for one in standing if one.subject == about), None)
    return {"about": about, "wish": last.wish, "note": str(last.note)} if last else {"about": about}


def _said(
    request: HttpRequest, patient_id: UUID, page: str, **where: Any
) -> tuple[HttpResponse | None, PreferenceForm]:
    """What was sent is written down, or taken back; else the form with what is wrong."""
    by = actor_of(request)
    initial = _again(patient_id, request.GET.get("about", ""), by)
    form = PreferenceForm(request.POST or None, initial=initial, procedures=catalog.procedures(seen_by=by))
    if request.method == "POST" and "take_back" in request.POST:
        actions.say_preference(patient_id, preference_details(request.POST["take_back"], Wish.WITHDRAWN), by=by)
        return go(request, page, toast="Taken back", **where), form
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.say_preference(patient_id, form.details(), by=by)
        if not form.errors:
            return go(request, page, toast="Written down", **where), form
    return None, form
