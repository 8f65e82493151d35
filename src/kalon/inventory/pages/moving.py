"""Taking in, carrying, counting, throwing away, locking away."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from kalon.inventory import actions, queries, rules
from kalon.inventory.forms import CountForm, MoveForm, ReasonForm, ReceiveForm, SendBackForm, WasteForm
from kalon.inventory.lifecycles import ISSUE, MANAGE, BatchStatus
from kalon.inventory.models import Balance
from kalon.inventory.pages.labels import go_to_labels
from kalon.people import queries as people
from kalon.web.fronts import actor_of, go, refusals_on, render, staff_page


@staff_page(MANAGE)
def receive(request: HttpRequest) -> HttpResponse:
    """A delivery is taken in: item, batch number, expiry, how much and where to."""
    by = actor_of(request)
    branch = people.own_branch(by)
    form = ReceiveForm(request.POST or None, by=by, branch_id=branch.pk, initial={"item": request.GET.get("item")})
    if request.method == "POST" and form.is_valid():
        item, place = form.cleaned_data["item"], form.cleaned_data["location"]
        with refusals_on(form):
            moved = actions.receive(item.pk, place.pk, form.delivery(), by=by)
        if not form.errors:
            taken = f"{rules.plain(form.cleaned_data['quantity'])} {item.unit} of {item.name} taken in"
            if "labels" in request.POST:
                return go_to_labels(request, taken, batch=moved.batch_id)
            return go(request, "inventory:item", pk=item.pk, toast=taken)
    context = {"form": form, "branch": branch, "nowhere": not form.fields["location"].queryset.exists()}  # type: ignore[attr-defined]
    return render(request, "inventory/receive.html", context, status=422 if form.errors else 200)


@staff_page(MANAGE)
def count(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What was counted on a shelf."""
    by, row = actor_of(request), _shelf(request, pk)
    form = CountForm(request.POST or None, initial={"counted": rules.plain(row.quantity)})
    return _shelf_page(
        request, row, form, "Count", "Save the count", "Counted",
        lambda said: actions.adjust(row.batch_id, row.location_id, said["counted"], said["reason"], by=by),
    )  # fmt: skip


@staff_page(ISSUE)
def waste(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What was broken, dropped or left over."""
    by, row = actor_of(request), _shelf(request, pk)
    form = WasteForm(request.POST or None)
    return _shelf_page(
        request, row, form, "Write as wasted", "Write it off", "Written off",
        lambda said: actions.waste(row.batch_id, row.location_id, said["quantity"], said["reason"], by=by),
    )  # fmt: skip


@staff_page(MANAGE)
def move(request: HttpRequest, pk: UUID) -> HttpResponse:
    """From this place to another."""
    by, row = actor_of(request), _shelf(request, pk)
    form = MoveForm(
        request.POST or None, by=by, besides=row.location_id, initial={"quantity": rules.plain(row.quantity)}
    )
    return _shelf_page(
        request, row, form, "Move", "Move it", "Moved",
        lambda said: actions.move(
            row.batch_id, said["quantity"], from_location_id=row.location_id,
            to_location_id=said["to_location"].pk, by=by,
        ),
    )  # fmt: skip


@staff_page(MANAGE)
def send_back(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Back to whom it came from."""
    by, row = actor_of(request), _shelf(request, pk)
    known = {"quantity": rules.plain(row.quantity), "supplier": queries.supplier_of(row.batch_id, seen_by=by)}
    form = SendBackForm(request.POST or None, initial=known)
    return _shelf_page(
        request, row, form, "Send back", "Send it back", "Sent back",
        lambda said: actions.send_back(
            row.batch_id, row.location_id, said["quantity"], said["reason"], supplier=said["supplier"],
            reference=said["reference"], by=by,
        ),
    )  # fmt: skip


@require_POST
@staff_page(MANAGE)
def expired(request: HttpRequest, pk: UUID) -> HttpResponse:
    """All of an expired batch leaves its shelf."""
    by, row = actor_of(request), _shelf(request, pk)
    actions.write_off_expired(row.batch_id, row.location_id, by=by)
    return go(request, "inventory:item", pk=row.item_id, toast=f"Batch {row.batch} written off")


@staff_page(MANAGE)
def lock(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A batch is locked away, or released, with the reason."""
    by = actor_of(request)
    batch = queries.batch(pk, seen_by=by)
    locked = batch.status == BatchStatus.QUARANTINED
    verb = actions.release_batch if locked else actions.quarantine
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            verb(pk, form.cleaned_data["reason"], by=by)
        if not form.errors:
            done = "can be used again" if locked else "is locked away"
            return go(request, "inventory:item", pk=batch.item_id, toast=f"Batch {batch} {done}")
    context = {"form": form, "batch": batch, "item": batch.item, "locked": locked}
    return render(request, "inventory/lock.html", context, status=422 if form.errors else 200)


def _shelf(request: HttpRequest, pk: UUID) -> Balance:
    return queries.balance(pk, seen_by=actor_of(request))


def _shelf_page(
    request: HttpRequest,
    row: Balance,
    form: forms.Form,
    title: str,
    word: str,
    done: str,
    do: Callable[[dict[str, Any]], object],
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            do(form.cleaned_data)
        if not form.errors:
            return go(request, "inventory:item", pk=row.item_id, toast=f"{done}: {row.item.name}")
    context = {"row": row, "form": form, "title": title, "word": word}
    return render(request, "inventory/shelf.html", context, status=422 if form.errors else 200)
