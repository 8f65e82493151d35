"""What is used in a session, on the session's page: by scan, by choice, or as in the last one."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_POST

from kalon.inventory import actions, queries, rules
from kalon.inventory.forms import ReasonForm
from kalon.inventory.lifecycles import ISSUE, VIEW
from kalon.inventory.models import Item
from kalon.kernel.actors import Actor
from kalon.kernel.errors import Invalid
from kalon.plans import queries as plans
from kalon.web.fronts import actor_of, go, staff_page


class UseForm(forms.Form):
    """What is used: scanned, or chosen by name; how much of it."""

    scan = forms.CharField(
        label="Scan", required=False, max_length=200, widget=forms.TextInput(attrs={"data-scan-field": ""})
    )
    item = forms.ModelChoiceField(
        queryset=Item.objects.none(), label="Or choose", required=False, empty_label="What is used"
    )
    quantity = forms.DecimalField(label="How much", min_value=0, max_digits=12, decimal_places=3, initial=1)
    key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=60)

    def __init__(self, *args: Any, branch_id: UUID, by: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["item"].queryset = queries.to_use_at(branch_id, seen_by=by)  # type: ignore[attr-defined]
        self.fields["item"].label_from_instance = _label  # type: ignore[attr-defined]


@require_POST
@staff_page(ISSUE)
def use(request: HttpRequest, session_id: UUID) -> HttpResponse:
    by = actor_of(request)
    session = plans.session(session_id, seen_by=by)
    form = UseForm(request.POST, branch_id=session.plan.branch_id, by=by)
    if not form.is_valid():
        raise Invalid(" ".join(str(error) for errors in form.errors.values() for error in errors), field="item")
    said = form.cleaned_data
    chosen = said["item"].pk if said["item"] else None
    return _done(
        request,
        session_id,
        lambda: actions.use_in_session(
            session_id, item_id=chosen, scan=said["scan"], quantity=said["quantity"], key=said["key"], by=by
        ),
    )


@require_POST
@staff_page(ISSUE)
def use_as_last_time(request: HttpRequest, session_id: UUID) -> HttpResponse:
    by = actor_of(request)
    return _done(request, session_id, lambda: actions.use_as_last_time(session_id, by=by))


@require_POST
@staff_page(ISSUE)
def put_back(request: HttpRequest, session_id: UUID, movement_id: UUID) -> HttpResponse:
    form = ReasonForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    actions.put_back_from_session(session_id, movement_id, reason=reason, by=actor_of(request))
    return go(request, "plans:session", pk=session_id, toast="Put back")


def on_session(request: HttpRequest, session: Any) -> str | None:
    """The card of what a session uses: what was taken, and the ways to take more while it is open."""
    by = actor_of(request)
    if not by.may(VIEW):
        return None
    used = queries.used_in_session(session.pk, seen_by=by)
    is_open = by.may(ISSUE, at=session.plan.branch_id) and session.status in actions.SESSION_TAKES
    if not (used or is_open):
        return None
    last = queries.used_last_time(session, seen_by=by) if is_open and not used else {}
    context = {
        "session": session,
        "used": used,
        "is_open": is_open,
        "may_copy": bool(last),
        "form": UseForm(initial={"key": uuid4().hex}, branch_id=session.plan.branch_id, by=by) if is_open else None,
    }
    return render_to_string("inventory/_on_session.html", context, request=request)


def _done(request: HttpRequest, session_id: UUID, take: Callable[[], list[Any]]) -> HttpResponse:
    many = len(take())
    return go(request, "plans:session", pk=session_id, toast=f"Taken from {many} batch{'es' if many > 1 else ''}")


def _label(item: Any) -> str:
    expires = f", until {item.first_expiry:%-d %b %Y}" if item.first_expiry else ""
    return f"{item.name} · {rules.plain(item.available)} {item.unit} here{expires}"
