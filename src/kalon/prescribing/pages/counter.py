"""The counter: which prescriptions wait, and one screen to hand out what is on them."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_POST

from kalon.kernel import audit
from kalon.patients import queries as patients
from kalon.people import queries as people
from kalon.prescribing import actions, queries
from kalon.prescribing.forms import BackForm, GiveForm
from kalon.prescribing.lifecycles import DISPENSE
from kalon.prescribing.models import Prescription
from kalon.web.fronts import actor_of, go, refusals_on, render, staff_page

PER_PAGE = 30
SHOWN = {"": "To hand out", "refills": "May be refilled"}


@require_GET
@staff_page(DISPENSE)
def waiting(request: HttpRequest) -> HttpResponse:
    """The prescriptions of this branch that wait for something from its own stock, the oldest first."""
    by = actor_of(request)
    branch = people.own_branch(by)
    chosen, number = request.GET.get("show", ""), request.GET.get("q", "").strip()[:24]
    of = queries.refillable if chosen == "refills" else queries.waiting
    rows = of(branch_id=branch.pk, seen_by=by)
    if number:
        rows = rows.filter(number__icontains=number)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    found = list(page.object_list)
    lines = queries.to_give(found, seen_by=by)
    audit.reads(by, found, purpose="prescriptions to hand out")
    filters = [
        {"label": label, "url": f"?show={value}" if value else "?", "current": value == chosen}
        for value, label in SHOWN.items()
    ]
    context = {
        "page": page, "rows": [(row, lines[row.pk]) for row in found], "branch": branch, "filters": filters,
        "q": number, "chosen": chosen,
    }  # fmt: skip
    return render(request, "prescribing/waiting.html", context)


@require_GET
@staff_page(DISPENSE)
def counter(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One prescription at the counter: what is left, from which shelf, and what left already."""
    by = actor_of(request)
    found = actions.read(pk, purpose="handing out", by=by)
    return _page(request, found)


@require_POST
@staff_page(DISPENSE)
def give(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Hand out what was counted; one that was handed out already is refilled by it."""
    by = actor_of(request)
    found = queries.prescription(pk, seen_by=by)
    form = GiveForm(request.POST, lines=queries.to_give_of(found, seen_by=by))
    if form.is_valid():
        step = actions.refill if queries.again(found) else actions.dispense
        with refusals_on(form):
            step(pk, form.given(), by=by)
        if not form.errors:
            return go(request, "prescribing:counter", pk=pk, toast=f"Handed out: {form.in_words()}")
    return _page(request, queries.prescription(pk, seen_by=by), give=form)


@require_POST
@staff_page(DISPENSE)
def back(request: HttpRequest, pk: UUID, line_id: UUID) -> HttpResponse:
    """Take back what was handed out: all or a part, to the shelf or into the bin."""
    by = actor_of(request)
    found = queries.prescription(pk, seen_by=by)
    form = BackForm(request.POST, prefix=_prefix(line_id))
    if form.is_valid():
        with refusals_on(form):
            said = form.cleaned_data
            actions.take_back(line_id, said["quantity"], said["reason"], actions.Fate(said["fate"]), by=by)
        if not form.errors:
            return go(request, "prescribing:counter", pk=pk, toast="Taken back, and no longer charged")
    return _page(request, found, back=form)


def _page(
    request: HttpRequest, found: Prescription, *, give: GiveForm | None = None, back: BackForm | None = None
) -> HttpResponse:
    by = actor_of(request)
    found = queries.prescription(found.pk, seen_by=by)
    lines = queries.to_give_of(found, seen_by=by)
    out = [
        (one, back if back is not None and back.prefix == _prefix(one.line.pk) else _back_form(one))
        for one in queries.handed_out(found, seen_by=by)
    ]
    form = give or GiveForm(lines=lines)
    context = {
        "prescription": found,
        "patient": found.patient,
        "banner": patients.banner(found.patient),
        "lines": [(line, *form.fields_of(line)) for line in lines],
        "form": form,
        "can_give": any(line.most for line in lines),
        "all_given": all(line.state == "done" for line in lines),
        "elsewhere": [item for item in found.items.all() if not item.is_in_house],
        "out": out,
        "may_refill": queries.again(found),
        "next_refill": found.refills_used + 1,
        "new_allergies": queries.new_allergies(found, seen_by=by) if any(line.left > 0 for line in lines) else [],
    }
    refused = bool((give and give.errors) or (back and back.errors))
    return render(request, "prescribing/counter.html", context, status=422 if refused else 200)


def _back_form(one: queries.Out) -> BackForm:
    return BackForm(prefix=_prefix(one.line.pk), initial={"quantity": f"{one.still_out.normalize():f}"})


def _prefix(line_id: UUID) -> str:
    return f"b{line_id.hex[-8:]}"
