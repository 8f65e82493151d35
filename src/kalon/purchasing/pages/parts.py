"""What the pages of purchasing share."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from kalon.kernel.errors import DomainError
from kalon.web.fronts import go

PAGE = 30
PLACES = (("orders", "Orders"), ("invoices", "Invoices"), ("suppliers", "Suppliers"))


def tabs(current: str) -> list[dict[str, Any]]:
    """The three lists."""
    return [
        {"label": label, "url": reverse(f"purchasing:{name}"), "current": name == current} for name, label in PLACES
    ]


def paged(request: HttpRequest, rows: Any) -> Any:
    """One page of a list."""
    return Paginator(rows, PAGE).get_page(request.GET.get("page"))


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
