"""Implants by serial: the list, one piece, and taking in by scan."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from kalon.inventory import actions, queries, rules
from kalon.inventory.forms import MoveUnitForm, ReasonForm, ReceiveUnitsForm
from kalon.inventory.lifecycles import IMPLANTS, ISSUE, MANAGE, UNIT, VIEW, ReservationStatus, UnitStatus
from kalon.inventory.models import Reservation, SerialUnit
from kalon.inventory.pages.labels import go_to_labels
from kalon.inventory.pages.recalls import open_cards
from kalon.inventory.rules.udi import SEPARATOR
from kalon.kernel import audit
from kalon.kernel.actors import Actor
from kalon.kernel.errors import DomainError
from kalon.people import queries as people
from kalon.web.fronts import actor_of, go, refusals_on, render, staff_page

PAGE = 30
BY_HAND: dict[str, tuple[str, str, Callable[..., SerialUnit]]] = {
    "lock": (MANAGE, "quarantine", actions.quarantine_unit),
    "unlock": (MANAGE, "release", actions.release_unit),
    "waste": (ISSUE, "waste", actions.waste_unit),
    "return": (MANAGE, "send_back", actions.return_unit),
}


@staff_page(VIEW)
def units(request: HttpRequest) -> HttpResponse:
    """Every piece with its serial: by state, or by a serial, a lot, a model or the code that was scanned."""
    by = actor_of(request)
    branch = people.own_branch(by)
    today = queries.today_at(branch.pk, seen_by=by)
    status, text = request.GET.get("status", ""), request.GET.get("q", "")[:200]
    refused = ""
    try:
        found = queries.units(seen_by=by, text=text)
    except DomainError as refusal:  # a code that was not read right: the list says so and stays
        found, refused = queries.units(seen_by=by).none(), refusal.detail
    here = found.filter(Q(location__branch_id=branch.pk) | Q(location=None))
    rows = here.filter(status=status) if status in UnitStatus.values else here
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "lines": _with_patients(list(page), today, by),
        "figures": _figures(queries.units(seen_by=by).filter(location__branch_id=branch.pk), today),
        "text": text,
        "status": status,
        "statuses": UnitStatus.choices,
        "refused": refused,
        "recalls": open_cards(request),
        "branch": branch,
        "may_manage": by.may(MANAGE, at=branch.pk),
    }
    return render(request, "inventory/units.html", context)


@staff_page(VIEW)
def unit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One piece: its pack, where it stands, for whom it is reserved or in whom it is, and its story."""
    by = actor_of(request)
    found = queries.unit(pk, seen_by=by)
    today = queries.today_at(people.own_branch(by).pk, seen_by=by)
    ((_, word, held, inside),) = _with_patients([found], today, by)
    moves = {move.name for move in UNIT.moves if found.status in move.source and by.may(move.permission)}
    context = {
        "unit": found,
        "word": word,
        "held": held,
        "inside": inside,
        "may": {key for key, (_, move, _) in BY_HAND.items() if move in moves},
        "may_expire": word == "expired" and "expire" in moves,
        "may_move": found.is_here and by.may(MANAGE),
        "code": found.udi.replace(SEPARATOR, " "),
        "story": list(UNIT.history(found)[:50]),
        "labels": dict(UnitStatus.choices),
    }
    if inside is not None and by.may(IMPLANTS):
        audit.read(by, inside, purpose="implant registry")
    return render(request, "inventory/unit.html", context)


@staff_page(VIEW)
def change_unit(request: HttpRequest, pk: UUID, what: str) -> HttpResponse:
    """Locked away, released, written off or sent back, with the reason."""
    by = actor_of(request)
    permission, name, verb = BY_HAND[what]
    by.must(permission, do=UNIT[name].label)
    found = queries.unit(pk, seen_by=by)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            found = verb(pk, form.cleaned_data["reason"], by=by)
        if not form.errors:
            return go(request, "inventory:unit", pk=pk, toast=f"Serial {found}: {found.get_status_display().lower()}")
    context = {"unit": found, "form": form, "title": UNIT[name].label.capitalize()}
    return render(request, "inventory/unit_change.html", context, status=422 if form.errors else 200)


@require_POST
@staff_page(MANAGE)
def expire_unit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A piece that has expired leaves its shelf."""
    found = actions.expire_unit(pk, by=actor_of(request))
    return go(request, "inventory:unit", pk=pk, toast=f"Serial {found} written off as expired")


@staff_page(MANAGE)
def move_unit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """To another place, of this branch or another."""
    by = actor_of(request)
    found = queries.unit(pk, seen_by=by)
    form = MoveUnitForm(request.POST or None, by=by, besides=found.location_id)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.move_unit(pk, form.cleaned_data["to_location"].pk, by=by)
        if not form.errors:
            return go(request, "inventory:unit", pk=pk, toast=f"Serial {found} moved")
    context = {"unit": found, "form": form, "title": "Move it"}
    return render(request, "inventory/unit_change.html", context, status=422 if form.errors else 200)


@staff_page(MANAGE)
def receive_units(request: HttpRequest) -> HttpResponse:
    """Pieces are taken in by their codes: one line for each, from a hand scanner or the camera."""
    by = actor_of(request)
    branch = people.own_branch(by)
    form = ReceiveUnitsForm(request.POST or None, by=by, branch_id=branch.pk)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            made = actions.receive_units(
                form.cleaned_data["location"].pk, form.packs(), supplier=form.cleaned_data["supplier"],
                reference=form.cleaned_data["reference"], by=by,
            )  # fmt: skip
        if not form.errors:
            said = f"{len(made)} piece{'s' if len(made) != 1 else ''} taken in"
            if "labels" in request.POST:
                return go_to_labels(request, said, units=made)
            return go(request, "inventory:units", toast=said)
    context = {"form": form, "branch": branch, "nowhere": not form.fields["location"].queryset.exists()}  # type: ignore[attr-defined]
    return render(request, "inventory/receive_units.html", context, status=422 if form.errors else 200)


def _figures(here: "QuerySet[SerialUnit]", today: Any) -> dict[str, int]:
    return here.order_by().aggregate(
        in_stock=Count("pk", filter=Q(status=UnitStatus.IN_STOCK)),
        reserved=Count("pk", filter=Q(status=UnitStatus.RESERVED)),
        soon=Count("pk", filter=Q(batch__expires_on__lte=today + rules.SOON)),
        locked=Count("pk", filter=Q(status=UnitStatus.QUARANTINED)),
        recalled=Count("pk", filter=~Q(recall="CLEAR")),
    )


def _with_patients(found: list[SerialUnit], today: Any, by: Actor) -> list[tuple[SerialUnit, str, Any, Any]]:
    """Each piece with how its expiry stands, who has it reserved, and in whom it is: a question each for all."""
    keys = [one.pk for one in found]
    kept = Reservation.objects.filter(unit__in=keys, status=ReservationStatus.HELD).select_related("patient", "plan")
    held = {row.unit_id: row for row in kept}
    inside: dict[Any, Any] = {}
    if by.may(IMPLANTS):
        inside = {row.unit_id: row for row in queries.implants(seen_by=by).filter(unit__in=keys)}
    audit.reads(by, [*held.values(), *inside.values()], purpose="implants by serial")
    return [
        (one, rules.expiry_word(one.batch.expires_on, today), held.get(one.pk), inside.get(one.pk)) for one in found
    ]
