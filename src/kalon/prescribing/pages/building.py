"""The builder: on the consultation's page and on a page of its own; it saves itself and answers in place."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from kalon.kernel.actors import Actor
from kalon.kernel.errors import Invalid
from kalon.patients import queries as patients
from kalon.prescribing import actions, queries, rules
from kalon.prescribing.actions.favourites import line_of
from kalon.prescribing.forms import AdviceForm, LineForm, ReasonForm
from kalon.prescribing.lifecycles import DISPENSE, IN_FORCE, PRESCRIPTION, READ, WRITE
from kalon.prescribing.models import Prescription
from kalon.web.fronts import actor_of, go, refusals_on, render, staff_page


@require_GET
@staff_page(READ)
def page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One prescription: the builder while it is a draft, then what was prescribed and what became of it."""
    found = actions.read(pk, purpose="opened the prescription", by=actor_of(request))
    return _page(request, found)


@require_POST
@staff_page(WRITE)
def start(request: HttpRequest, consultation_id: UUID) -> HttpResponse:
    """Begin one: answers with the builder in place, or goes to its page."""
    made = actions.start(consultation_id, by=actor_of(request))
    if getattr(request, "htmx", False):
        return _builder(request, made.pk)
    return go(request, "prescribing:prescription", pk=made.pk)


@require_GET
@staff_page(WRITE)
def find(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Medicines for what is typed: from stock first, then the formulary; free text is always possible."""
    by = actor_of(request)
    found = queries.prescription(pk, seen_by=by)
    typed = request.GET.get("q", "").strip()[:100]
    hits = queries.suggestions(typed, branch_id=found.branch_id, seen_by=by) if typed else []
    favourites = [] if typed else list(queries.favourites(seen_by=by))
    context = {"prescription": found, "hits": hits, "q": typed, "favourites": favourites}
    return render(request, "prescribing/_hits.html", context)


@require_POST
@staff_page(WRITE)
def add(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Put a medicine on: by its code, a favourite, or a name in free text."""
    by = actor_of(request)
    actions.add_item(pk, _wanted(request, by), by=by)
    return _builder_or_page(request, pk)


@require_POST
@staff_page(WRITE)
def save(request: HttpRequest, pk: UUID, item_id: UUID) -> HttpResponse:
    """Save a medicine as it is typed, and answer with what the checks say now."""
    by = actor_of(request)
    found = queries.prescription(pk, seen_by=by)
    item = next((one for one in found.items.all() if one.pk == item_id), None)
    if item is None:
        raise Invalid("This medicine is not on the prescription any more. Reload the page.")
    form = LineForm(request.POST, item=item)
    if form.is_valid():
        with refusals_on(form):
            actions.save_item(pk, item_id, form.details(), by=by)
    if not getattr(request, "htmx", False):
        return _page(request, queries.prescription(pk, seen_by=by), line=form if form.errors else None)
    context = {
        **_context(request, queries.prescription(pk, seen_by=by)),
        "slip": form if form.errors else None,
        "oob": True,
    }
    return render(request, "prescribing/_findings.html", context)


@require_POST
@staff_page(WRITE)
def remove(request: HttpRequest, pk: UUID, item_id: UUID) -> HttpResponse:
    actions.remove_item(pk, item_id, by=actor_of(request))
    return _builder_or_page(request, pk)


@require_POST
@staff_page(WRITE)
def favourite(request: HttpRequest, pk: UUID, item_id: UUID) -> HttpResponse:
    actions.keep_favourite(pk, item_id, by=actor_of(request))
    return _builder_or_page(request, pk)


@require_POST
@staff_page(WRITE)
def repeat(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Put the last prescription's medicines on again."""
    by = actor_of(request)
    last = queries.last_of(
        queries.prescription(pk, seen_by=by).patient_id, before=queries.prescription(pk, seen_by=by), seen_by=by
    )
    if last is None:
        raise Invalid("There is no earlier prescription to repeat.")
    actions.repeat(pk, last.pk, by=by)
    return _builder_or_page(request, pk)


@require_POST
@staff_page(WRITE)
def answer(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Keep the reason for passing a hard stop."""
    actions.answer(pk, request.POST.get("key", ""), request.POST.get("reason", ""), by=actor_of(request))
    return _builder_or_page(request, pk)


@require_POST
@staff_page(WRITE)
def advice(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Save advice, refills and what is known of the patient, as it is typed."""
    by = actor_of(request)
    form = AdviceForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            actions.write_advice(pk, form.given(), by=by)
    found = queries.prescription(pk, seen_by=by)
    if not getattr(request, "htmx", False):
        return _page(request, found, advice=form if form.errors else None)
    return render(
        request, "prescribing/_findings.html", {**_context(request, found), "slip": form if form.errors else None}
    )


@require_POST
@staff_page(WRITE)
def finalize(request: HttpRequest, pk: UUID) -> HttpResponse:
    done = actions.finalize(pk, by=actor_of(request))
    if getattr(request, "htmx", False):
        return _builder(request, pk)
    return go(request, "prescribing:prescription", pk=pk, toast=f"Prescription {done.number} signed")


@require_POST
@staff_page(WRITE)
def send(request: HttpRequest, pk: UUID) -> HttpResponse:
    actions.send(pk, by=actor_of(request))
    return go(request, "prescribing:prescription", pk=pk, toast="Noted: goes to a pharmacy")


@require_POST
@staff_page(WRITE)
def cancel(request: HttpRequest, pk: UUID) -> HttpResponse:
    by = actor_of(request)
    form = ReasonForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            actions.cancel(pk, form.cleaned_data["reason"], by=by)
        if not form.errors:
            return go(request, "prescribing:prescription", pk=pk, toast="Prescription cancelled")
    return _page(request, queries.prescription(pk, seen_by=by), reason=form)


def _wanted(request: HttpRequest, by: Actor) -> rules.LineDetails:
    known = rules.load().medicines
    if stocked := request.POST.get("stock", ""):
        return queries.from_stock(_id(stocked), seen_by=by)
    if (code := request.POST.get("medicine", "")) in known:
        return rules.begun_with(known[code])
    if held := request.POST.get("favourite", ""):
        for one in queries.favourites(seen_by=by):
            if str(one.pk) == held:
                return line_of(one)
        raise Invalid("This favourite is not there any more.")
    name = " ".join(request.POST.get("name", "").split())
    exact = [one for one in known.values() if one.name.lower() == name.lower()]
    return rules.begun_with(exact[0]) if exact else rules.LineDetails(name=name)


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Invalid("This item is not in the store any more. Choose it again.") from None


def _builder_or_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    if getattr(request, "htmx", False):
        return _builder(request, pk)
    return go(request, "prescribing:prescription", pk=pk)


def _builder(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = queries.prescription(pk, seen_by=actor_of(request))
    return render(request, "prescribing/_builder.html", _context(request, found))


def _page(request: HttpRequest, found: Prescription, **forms: Any) -> HttpResponse:
    refused = any(getattr(form, "errors", None) for form in forms.values())
    context = {**_context(request, found, **forms), "reason_form": forms.get("reason") or ReasonForm()}
    return render(request, "prescribing/prescription.html", context, status=422 if refused else 200)


def _context(request: HttpRequest, found: Prescription, **forms: Any) -> dict[str, Any]:
    """What the builder and the page show of a prescription."""
    by = actor_of(request)
    return builder_context(found, by=by, **forms)


def builder_context(found: Prescription, *, by: Actor, **forms: Any) -> dict[str, Any]:
    """What the builder shows, on whichever page it stands."""
    judged = queries.judged(found, seen_by=by)
    known = rules.load().medicines
    held = forms.get("line")
    items = [
        (item, known.get(item.medicine), held if held is not None and held.item.pk == item.pk else LineForm(item=item))
        for item in found.items.all()
    ]
    is_mine = by.may(WRITE) and found.doctor.user_id == by.user_id
    buttons = {button.move.name: button for button in PRESCRIPTION.buttons(found, by=by)}
    return {
        "prescription": found,
        "patient": found.patient,
        "banner": patients.banner(found.patient),
        "items": items,
        "writable": found.is_draft and is_mine,
        "stops": [one for one in judged if one.finding.is_stop],
        "warnings": [one.finding for one in judged if one.finding.severity == "warn"],
        "notes": [one.finding for one in judged if one.finding.severity == "note"],
        "blocked": any(one.is_open for one in judged),
        "advice": forms.get("advice") or AdviceForm(initial=_advice(found)),
        "last": queries.last_of(found.patient_id, before=found, seen_by=by) if found.is_draft and not items else None,
        "buttons": buttons,
        "in_force": found.status in IN_FORCE,
        "may_dispense": by.may(DISPENSE),
        "history": list(PRESCRIPTION.history(found)),
        "home": reverse("consultations:consultation", args=[found.consultation_id]),
    }


def _advice(found: Prescription) -> dict[str, Any]:
    names = ("pregnancy", "kidneys", "advice", "diet", "follow_up", "refills", "refills_until")
    return {name: getattr(found, name) for name in names}
