"""The day's close: every tender, every drawer, what is still open."""

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from kalon.kernel import clock
from kalon.tills import actions, queries
from kalon.tills.actions.paper import WORDS
from kalon.tills.forms import CloseForm, WordsForm
from kalon.tills.lifecycles import APPROVE, CLOSE, VIEW
from kalon.web.fronts import actor_of, go, refusals_on, render, staff_page


@require_GET
@staff_page(VIEW)
def day(request: HttpRequest) -> HttpResponse:
    """A day of the branch as it stands, or as it was closed."""
    return _page(request, request.GET.get("date", ""))


@require_POST
@staff_page(CLOSE)
def close(request: HttpRequest) -> HttpResponse:
    """Close the day."""
    by = actor_of(request)
    branch = queries.own_branch(by)
    on = _date(request.POST.get("date", "")) or clock.today(branch.timezone)
    form = CloseForm(request.POST, tenders=_by_hand(queries.day(branch, on, seen_by=by)))
    if form.is_valid():
        with refusals_on(form):
            made = actions.close_day(branch.pk, on, form.counted(), form.cleaned_data["note"], by=by)
            return go(request, f"{reverse('tills:day')}?date={on}", toast=f"{made} made")
    return _page(request, str(on), close_form=form, status=422)


@require_POST
@staff_page(APPROVE)
def reopen(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Open a closed day again, with the reason."""
    by = actor_of(request)
    form = WordsForm(request.POST)
    on = request.POST.get("date", "")
    if form.is_valid():
        with refusals_on(form):
            made = actions.reopen_day(pk, form.cleaned_data["words"], by=by)
            return go(request, f"{reverse('tills:day')}?date={made.day}", toast="The day is open again")
    return _page(request, on, reopen_form=form, status=422)


@require_GET
@staff_page(VIEW)
def report(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The Z-report on paper."""
    return HttpResponse(
        actions.z_report_pdf(pk, by=actor_of(request)),
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="day-{pk}.pdf"', "Cache-Control": "private, no-store"},
    )


def _page(request: HttpRequest, said: str, *, status: int = 200, **forms: Any) -> HttpResponse:
    by = actor_of(request)
    branch = queries.own_branch(by)
    today = clock.today(branch.timezone)
    shown = queries.day(branch, _date(said) or today, seen_by=by)
    # what the drawers should hold stays hidden while one is open: a count is worth nothing if the sum is known
    hides_cash = bool(shown.open_sessions)
    context: dict[str, Any] = {
        "day": shown,
        "hides_cash": hides_cash,
        "is_ahead": shown.on > today,
        "unsettled": [(WORDS[name], count) for name, count in shown.unsettled.as_counts().items()],
        "closes": list(queries.days_of(branch.pk, seen_by=by)[:10]),
        "may_close": by.may(CLOSE, at=branch.pk),
        "may_approve": by.may(APPROVE, at=branch.pk),
        "close_form": CloseForm(tenders=_by_hand(shown)),
        "reopen_form": WordsForm(),
        **forms,
    }
    return render(request, "tills/day.html", context, status=status)


def _by_hand(shown: queries.Day) -> list[queries.Tender]:
    return [row for row in shown.tenders if row.method in queries.COUNTED_BY_HAND]


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
