"""What recordings used month by month: minutes, tokens, money against the budget; and the engines outside."""

from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse

from kalon.voice import actions, queries
from kalon.voice.forms import EngineForm
from kalon.voice.lifecycles import ENGINES
from kalon.web.fronts import actor_of, go, refusals_on, render, staff_page

HIGH, WIDE, BAR = 100, 20, 14  # of the chart: its height, a month, a bar
FIELDS = ("name", "is_on", "model", "budget", "read_price", "write_price", "minute_price")
# Proposed while nothing is decided: rupees of a month with 375 consultations of 20 minutes. Prices change.
PROPOSED = {
    queries.CLAUDE: {"budget": Decimal(300)},
    queries.DEEPGRAM: {"budget": Decimal(2700), "minute_price": Decimal("0.36")},
}
LABELS = {queries.HOUSE: "This clinic's drafter", **queries.OUTSIDE}


@staff_page(ENGINES)
def usage(request: HttpRequest) -> HttpResponse:
    """Twelve months beside the budget, and what the clinic decided about each engine."""
    by = actor_of(request)
    sent = EngineForm(request.POST) if request.method == "POST" else None
    if sent is not None and sent.is_valid():
        said = {**sent.cleaned_data}
        name = said.pop("name")
        with refusals_on(sent):
            actions.decide_engine(name, actions.Terms(**said), by=by)
        if not sent.errors:
            return go(request, "voice:usage", toast=f"{queries.OUTSIDE[name]}: saved")
    months = queries.usage_by_month(seen_by=by)
    context = {
        "months": months,
        "bars": _bars(months),
        "budget_top": _budget_top(months),
        "this": months[-1],
        "engines": [_engine(row, sent, months[-1].currency) for row in queries.engines(seen_by=by)],
        "currency": months[-1].currency,
        "qualities": [
            {"row": row, "label": LABELS.get(row.engine, row.engine)}
            for row in queries.by_engine(queries.quality_by_month(seen_by=by))
        ],
    }
    return render(request, "voice/usage.html", context, status=422 if sent is not None else 200)


def _most(months: list[queries.Month]) -> Any:
    return max([*(one.cost for one in months), months[-1].budget])


def _bars(months: list[queries.Month]) -> list[dict[str, Any]]:
    """One bar for each month, from the bottom up; red above the budget."""
    most = _most(months)
    made = []
    for at, one in enumerate(months):
        height = round(HIGH * one.cost / most) if most else 0
        over = one.budget > 0 and one.cost > one.budget
        made.append({"month": one, "x": at * WIDE + 3, "y": HIGH - height, "height": height, "wide": BAR, "over": over})
    return made


def _budget_top(months: list[queries.Month]) -> int | None:
    most = _most(months)
    return HIGH - round(HIGH * months[-1].budget / most) if months[-1].budget and most else None


def _engine(row: Any, sent: EngineForm | None, currency: str) -> dict[str, Any]:
    mine = sent is not None and sent.data.get("name") == row.name
    initial = {name: getattr(row, name) for name in FIELDS}
    if row._state.adding and currency == "INR":
        initial |= PROPOSED[row.name]
    form = sent if mine else EngineForm(initial=initial, auto_id=f"{row.name}_%s")
    return {"row": row, "label": queries.OUTSIDE[row.name], "form": form}
