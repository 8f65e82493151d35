"""Cash drawers at the desk: who has which, what was put in and out, the count."""

from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kalon.kernel import audit
from kalon.people import queries as people
from kalon.tills import actions, queries, rules
from kalon.tills.forms import CountForm, DrawerForm, MoveForm, PolicyForm, WordsForm
from kalon.tills.lifecycles import APPROVE, CLOSE, TAKE, VIEW, SessionStatus
from kalon.web.fronts import actor_of, go, refusals_on, render, staff_page


@require_GET
@staff_page(VIEW)
def desk(request: HttpRequest) -> HttpResponse:
    """The drawers of the branch, who has them open, and the latest that were counted."""
    return _desk(request)


@require_POST
@staff_page(CLOSE)
def add(request: HttpRequest) -> HttpResponse:
    """One more drawer."""
    form = DrawerForm(request.POST)
    by = actor_of(request)
    if form.is_valid():
        with refusals_on(form):
            actions.add_drawer(queries.own_branch(by).pk, form.cleaned_data["name"], by=by)
            return go(request, "tills:desk", toast="Drawer added")
    return _desk(request, drawer_form=form, status=422)


@require_POST
@staff_page(APPROVE)
def policy(request: HttpRequest) -> HttpResponse:
    """How cash is kept from now on."""
    form = PolicyForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            actions.set_policy(**form.cleaned_data, by=actor_of(request))
            return go(request, "tills:desk", toast="Saved")
    return _desk(request, policy_form=form, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(TAKE)
def open_one(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Count the float and open the drawer."""
    by = actor_of(request)
    drawer = queries.drawer(pk, seen_by=by)
    currency = people.organization(seen_by=by).currency
    form = CountForm(request.POST or None, currency=currency)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            with refusals_on(form):
                made = actions.open_drawer(drawer.pk, form.count(), by=by)
                return go(request, "tills:session", made.pk, toast=f"{drawer.name} is open")
    return render(request, "tills/open.html", {"drawer": drawer, "form": form}, status=status)


@require_GET
@staff_page(VIEW)
def session(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One drawer: what went through it, and the count."""
    return _session(request, pk)


@require_POST
@staff_page(TAKE)
def move(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Cash put in or taken out."""
    form = MoveForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            asked = form.cleaned_data
            actions.move_cash(pk, asked["kind"], asked["amount"], asked["reason"], asked["key"], by=actor_of(request))
            return go(request, "tills:session", pk, toast="Written down")
    return _session(request, pk, move_form=form, status=422)


@require_POST
@staff_page(TAKE)
def count(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say what is in the drawer."""
    by = actor_of(request)
    form = CountForm(request.POST, currency=queries.session(pk, seen_by=by).currency)
    if form.is_valid():
        with refusals_on(form):
            actions.count_drawer(pk, form.count(), by=by)
            return go(request, "tills:session", pk, toast="Counted")
    return _session(request, pk, count_form=form, status=422)


@require_POST
@staff_page(TAKE)
def explain(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Why the count differs."""
    return _with_words(request, pk, actions.explain, "Written down", "explain_form")


@require_POST
@staff_page(APPROVE)
def again(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Have it counted again."""
    return _with_words(request, pk, actions.count_again, "Open again, to be counted once more", "again_form")


@require_POST
@staff_page(CLOSE)
def close(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Close a counted drawer."""
    actions.close_drawer(pk, by=actor_of(request))
    return go(request, "tills:session", pk, toast="Drawer closed")


def _with_words(request: HttpRequest, pk: UUID, verb: Any, done: str, name: str) -> HttpResponse:
    form = WordsForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            verb(pk, form.cleaned_data["words"], by=actor_of(request))
            return go(request, "tills:session", pk, toast=done)
    return _session(request, pk, **{name: form}, status=422)


def _desk(request: HttpRequest, *, status: int = 200, **forms: Any) -> HttpResponse:
    by = actor_of(request)
    branch = queries.own_branch(by)
    latest = list(queries.sessions(seen_by=by).filter(branch_id=branch.pk)[:15])
    busy = {one.drawer_id: one for one in latest if one.status != SessionStatus.CLOSED}
    chosen = queries.policy(seen_by=by)
    context: dict[str, Any] = {
        "branch": branch,
        "drawers": [
            {"drawer": drawer, "session": busy.get(drawer.pk)}
            for drawer in queries.drawers(seen_by=by, branch_id=branch.pk)
        ],
        "latest": [one for one in latest if one.status == SessionStatus.CLOSED],
        "policy": chosen,
        "may_take": by.may(TAKE, at=branch.pk),
        "may_close": by.may(CLOSE, at=branch.pk),
        "may_approve": by.may(APPROVE, at=branch.pk),
        "drawer_form": DrawerForm(),
        "policy_form": PolicyForm(initial={"cash": chosen.cash, "variance_limit": chosen.variance_limit}),
        **forms,
    }
    return render(request, "tills/desk.html", context, status=status)


def _session(request: HttpRequest, pk: UUID, *, status: int = 200, **forms: Any) -> HttpResponse:
    by = actor_of(request)
    shown = queries.session(pk, seen_by=by)
    entries = list(queries.entries(pk, seen_by=by))
    audit.reads(by, [one.payment for one in entries if one.payment], purpose="cash drawer")
    counted: dict[str, int] = shown.counted or {}
    is_mine = shown.counted_by_id is not None and shown.counted_by_id == by.user_id
    context: dict[str, Any] = {
        "session": shown,
        "entries": entries,
        "count_rows": [(piece, counted[piece.key]) for piece in rules.pieces(shown.currency) if piece.key in counted],
        "is_mine": is_mine,
        "may_take": by.may(TAKE, at=shown.branch_id),
        "may_close": by.may(CLOSE, at=shown.branch_id),
        "may_approve": by.may(APPROVE, at=shown.branch_id),
        "move_form": MoveForm(initial={"key": str(uuid4())}),
        "count_form": CountForm(currency=shown.currency),
        "explain_form": WordsForm(initial={"words": shown.explanation}),
        "again_form": WordsForm(),
        **forms,
    }
    return render(request, "tills/session.html", context, status=status)
