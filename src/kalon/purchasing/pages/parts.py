"""What the pages of purchasing share."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from kalon.kernel.errors import DomainError
from kalon.purchasing.models import GoodsReceipt
from kalon.web.fronts import go

PAGE = 30
LISTED = 60  # pieces whose labels an address has room for
PLACES = (("orders", "Orders"), ("invoices", "Invoices"), ("suppliers", "Suppliers"))


def tabs(current: str) -> list[dict[str, Any]]:
    """The three lists."""
    return [
        {"label": label, "url": reverse(f"purchasing:{name}"), "current": name == current} for name, label in PLACES
    ]


def paged(request: HttpRequest, rows: Any) -> Any:
    """One page of a list."""
    return Paginator(rows, PAGE).get_page(request.GET.get("page"))


def labels_of(receipt: GoodsReceipt) -> str:
    """Where the labels of what came are printed: of each piece, and of each batch; empty where nothing carries one.

    So many pieces that an address has no room for them are asked for by their lots.
    """
    moves = [line.movement for line in receipt.lines.all()]
    pieces = [move.unit_id for move in moves if move.unit_id]
    by_lot = {move.batch_id for move in moves if move.batch.number and (not move.unit_id or len(pieces) > LISTED)}
    asked = {"unit": pieces if len(pieces) <= LISTED else [], "batch": sorted(by_lot)}
    return reverse("inventory:labels", query=asked) if any(asked.values()) else ""


def moved(
    request: HttpRequest,
    pk: UUID,
    verbs: Mapping[str, Callable[[], object]],
    again: Callable[..., HttpResponse],
    to: str,
) -> HttpResponse:
    """Make the move that was pressed, and go back to the page; a refusal stands on it with what was typed."""
    name = request.POST.get("move", "")
    if name not in verbs:
        return go(request, to, pk=pk)
    try:
        verbs[name]()
    except DomainError as refusal:
        return again(request, pk, refused=refusal, status=refusal.status)
    return go(request, to, pk=pk)
