"""What is in stock, what expires, what to order, and where things went."""

from datetime import date
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from kalon.inventory import queries, rules
from kalon.inventory.lifecycles import BATCH, MANAGE, VIEW
from kalon.inventory.models import Item
from kalon.kernel import audit
from kalon.kernel.actors import Actor
from kalon.people import queries as people
from kalon.web.fronts import actor_of, render, staff_page

PAGE = 30
BESIDE = 6  # lines in a card beside the list
SHOWS = (("", "All"), ("available", "In stock"), ("below", "To order"), ("out", "None left"))
FILTERS = {
    "available": lambda rows: rows.filter(available__gt=0),
    "below": lambda rows: rows.filter(is_below=True),
    "out": lambda rows: rows.filter(available=0),
}


@staff_page(VIEW)
def stock(request: HttpRequest) -> HttpResponse:
    """Items with what there is of them at this branch; by kind, by state, or by a word."""
    by = actor_of(request)
    branch = people.own_branch(by)
    today = queries.today_at(branch.pk, seen_by=by)
    kind, show = request.GET.get("kind", ""), request.GET.get("show", "")
    text = request.GET.get("q", "").strip()[:100]
    found = queries.items(seen_by=by, kind=kind if kind in Item.Kind.values else "", text=text)
    rows = queries.with_stock(found, branch_id=branch.pk, today=today)
    page = _page(request, FILTERS.get(show, lambda all_of: all_of)(rows))
    soon = list(queries.expiring(branch_id=branch.pk, until=today + rules.SOON, seen_by=by)[:BESIDE])
    low = list(_below(branch.pk, today, by)[:BESIDE])
    context = {
        "page": page,
        "lines": [(item, rules.expiry_word(item.first_expiry, today)) for item in page],
        "tabs": _kinds(kind),
        "shows": [{"label": label, "url": _url(kind, value, text), "current": show == value} for value, label in SHOWS],
        "figures": queries.figures(branch_id=branch.pk, seen_by=by),
        "soon": [(row, rules.expiry_word(row.batch.expires_on, today)) for row in soon],
        "low": [(item, _packs(item)) for item in low],
        "text": text,
        "kind": kind,
        "show": show,
        "branch": branch,
        "may_manage": by.may(MANAGE, at=branch.pk),
    }
    return render(request, "inventory/list.html", context)


@staff_page(VIEW)
def item(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One item: its batches and where they stand, and everything that moved."""
    by = actor_of(request)
    branch = people.own_branch(by)
    today = queries.today_at(branch.pk, seen_by=by)
    queries.item(pk, seen_by=by)
    found = queries.with_stock(
        queries.items(seen_by=by, also_unused=True).filter(pk=pk), branch_id=branch.pk, today=today
    ).get()
    shelves = list(queries.shelves(seen_by=by).filter(item_id=pk)[:100])
    page = _page(request, queries.movements(seen_by=by, item_id=pk))
    audit.reads(by, [row for row in page if row.patient_id], purpose="stock given to patients")
    context = {
        "item": found,
        "shelves": [(row, rules.expiry_word(row.batch.expires_on, today)) for row in shelves],
        "page": page,
        "branch": branch,
        "may_manage": by.may(MANAGE),
        "moves": {move.name: move for move in BATCH.moves},
    }
    return render(request, "inventory/item.html", context)


@staff_page(VIEW)
def expiring(request: HttpRequest) -> HttpResponse:
    """What expires within ninety days, the expired in front: what to use, move or write off."""
    by = actor_of(request)
    branch = people.own_branch(by)
    today = queries.today_at(branch.pk, seen_by=by)
    page = _page(request, queries.expiring(branch_id=branch.pk, until=today + rules.SOON, seen_by=by))
    lines = [
        (row, rules.expiry_word(row.batch.expires_on, today), (row.batch.expires_on - today).days)
        for row in page
        if row.batch.expires_on
    ]
    context = {"page": page, "lines": lines, "branch": branch, "may_manage": by.may(MANAGE, at=branch.pk)}
    return render(request, "inventory/expiring.html", context)


@staff_page(VIEW)
def reorder(request: HttpRequest) -> HttpResponse:
    """What there is less of than the clinic wants to have, and how many packs are missing."""
    by = actor_of(request)
    branch = people.own_branch(by)
    today = queries.today_at(branch.pk, seen_by=by)
    page = _page(request, _below(branch.pk, today, by))
    lines = [(row, _packs(row)) for row in page]
    context = {"page": page, "lines": lines, "branch": branch, "may_manage": by.may(MANAGE, at=branch.pk)}
    return render(request, "inventory/reorder.html", context)


@staff_page(VIEW)
def movements(request: HttpRequest) -> HttpResponse:
    """The ledger: everything that moved, the latest first."""
    by = actor_of(request)
    page = _page(request, queries.movements(seen_by=by))
    audit.reads(by, [row for row in page if row.patient_id], purpose="stock given to patients")
    return render(request, "inventory/movements.html", {"page": page})


def _below(branch_id: UUID, today: date, by: Actor) -> "QuerySet[Any]":
    """What there is less of than is wanted, by name, with how much is missing."""
    stocked = queries.with_stock(queries.items(seen_by=by), branch_id=branch_id, today=today)
    rows: QuerySet[Any] = stocked.filter(is_below=True).annotate(missing=F("reorder_level") - F("available"))
    return rows


def _packs(item: Any) -> Any:
    """How many whole packs bring it back to its level."""
    return -(-item.missing // item.units_per_pack)


def _page(request: HttpRequest, rows: "QuerySet[Any]") -> Any:
    return Paginator(rows, PAGE).get_page(request.GET.get("page"))


def _kinds(current: str) -> list[dict[str, Any]]:
    kinds = [("", "All"), *((kind.value, f"{kind.label}s") for kind in Item.Kind)]
    return [{"label": label, "url": _url(kind, "", ""), "current": kind == current} for kind, label in kinds]


def _url(kind: str, show: str, text: str) -> str:
    given = {"kind": kind, "show": show, "q": text}
    return reverse("inventory:list", query={name: value for name, value in given.items() if value})
