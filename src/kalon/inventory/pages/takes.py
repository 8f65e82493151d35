"""Stock takes: the list, the count sheet of one, scanning its pieces, and confirming what differs."""

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from kalon.inventory import actions, queries
from kalon.inventory.forms import ReasonForm
from kalon.inventory.forms.takes import ConfirmForm, SheetForm, StartTakeForm
from kalon.inventory.lifecycles import MANAGE, TakeStatus
from kalon.inventory.models import StockTake
from kalon.kernel.errors import DomainError
from kalon.people import queries as people
from kalon.web.fronts import actor_of, go, refusals_on, render, staff_page

PAGE = 30
MOST_LINES = 500


@staff_page(MANAGE)
def takes(request: HttpRequest) -> HttpResponse:
    """Every stock take, the latest first."""
    page = Paginator(queries.takes(seen_by=actor_of(request)), PAGE).get_page(request.GET.get("page"))
    return render(request, "inventory/takes.html", {"page": page})


@staff_page(MANAGE)
def new_take(request: HttpRequest) -> HttpResponse:
    """Choose the place that is counted."""
    by = actor_of(request)
    form = StartTakeForm(request.POST or None, by=by, branch_id=people.own_branch(by).pk)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            made = actions.start_stock_take(form.cleaned_data["location"].pk, by=by)
        if not form.errors:
            return go(request, "inventory:take", pk=made.pk)
    return render(request, "inventory/take_form.html", {"form": form}, status=422 if form.errors else 200)


@staff_page(MANAGE)
def take(request: HttpRequest, pk: UUID) -> HttpResponse:
    """While it is counted, the sheet without the books; afterwards what differs, for somebody else to confirm."""
    return _page(request, pk)


@require_POST
@staff_page(MANAGE)
def count(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What was written on the sheet; with it the count ends, where that was pressed."""
    by, ends = actor_of(request), "end" in request.POST
    form = SheetForm(request.POST, lines=_lines(request, pk))
    if form.is_valid():
        with refusals_on(form):
            for line, counted in form.changed():
                actions.count_batch(pk, line.batch_id, counted, by=by)
            if ends:
                actions.finish_count(pk, by=by)
        if not form.errors:
            return go(request, "inventory:take", pk=pk, toast="Counted" if ends else "Sheet saved")
    return _page(request, pk, sheet=form, status=422)


@require_POST
@staff_page(MANAGE)
def scan(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One piece that stands there."""
    try:
        piece = actions.scan_piece(pk, request.POST.get("scan", ""), by=actor_of(request))
    except DomainError as refusal:
        return _page(request, pk, refused=refusal, scanned=request.POST.get("scan", "")[:200])
    return go(request, "inventory:take", pk=pk, toast=f"{piece}: {piece.get_found_display().lower()}")


@require_POST
@staff_page(MANAGE)
def move(request: HttpRequest, pk: UUID, name: str) -> HttpResponse:
    """The count is done again, or is given up."""
    by, reason = actor_of(request), request.POST.get("reason", "")
    verbs = {
        "recount": lambda: actions.count_again(pk, reason, by=by),
        "cancel": lambda: actions.cancel_stock_take(pk, reason, by=by),
    }
    try:
        verbs[name]()
    except DomainError as refusal:
        return _page(request, pk, refused=refusal)
    return go(request, "inventory:take", pk=pk)


@require_POST
@staff_page(MANAGE)
def confirm(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Somebody else agrees, and the differences move."""
    form = ConfirmForm(request.POST, differing=_differing(request, pk))
    if form.is_valid():
        try:
            actions.confirm_stock_take(
                pk, reasons=form.reasons(), reason=form.cleaned_data["reason"], by=actor_of(request)
            )
        except DomainError as refusal:
            return _page(request, pk, refused=refusal, why=form)
        return go(request, "inventory:take", pk=pk, toast="Confirmed, and the books adjusted")
    return _page(request, pk, why=form, status=422)


def _page(
    request: HttpRequest, pk: UUID, *, sheet: SheetForm | None = None, why: ConfirmForm | None = None,
    refused: DomainError | None = None, scanned: str = "", status: int = 200,
) -> HttpResponse:  # fmt: skip
    by = actor_of(request)
    found: StockTake = queries.take(pk, seen_by=by)
    counting = found.status == TakeStatus.COUNTING
    pieces = list(queries.take_pieces(pk, seen_by=by)[:MOST_LINES])
    differing = [] if counting else _differing(request, pk)
    lines = [] if counting else _lines(request, pk)
    context: dict[str, Any] = {
        "take": found,
        "counting": counting,
        "sheet": sheet or SheetForm(None, lines=_lines(request, pk)) if counting else None,
        "lines": lines,
        "of": len(lines) + len(pieces),
        "pieces": [piece for piece in pieces if counting or piece.found == "FOUND"],
        "why": why or ConfirmForm(None, differing=differing),
        "differing": len(differing),
        "is_mine": found.counted_by_id == by.user_id,
        "refused": refused or getattr(sheet, "refusal", None),
        "scanned": scanned,
        "reason": ReasonForm(),
    }
    return render(request, "inventory/take.html", context, status=refused.status if refused else status)


def _lines(request: HttpRequest, pk: UUID) -> list[Any]:
    return list(queries.take_lines(pk, seen_by=actor_of(request))[:MOST_LINES])


def _differing(request: HttpRequest, pk: UUID) -> list[Any]:
    """Pieces first, then quantities."""
    by = actor_of(request)
    pieces = queries.take_pieces(pk, seen_by=by).exclude(found="FOUND")
    return [*pieces[:MOST_LINES], *queries.take_differences(pk, seen_by=by)[:MOST_LINES]]
