"""Surgeons' own hours of the theatres: which there are, keeping more, releasing a day, ending them."""

from typing import Any
from uuid import UUID

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST

from kalon.kernel.actors import Actor
from kalon.people import queries as people
from kalon.theatre import actions, queries
from kalon.theatre.lifecycles import ARRANGE, BLOCKS, VIEW
from kalon.theatre.models.blocks import WEEKDAYS
from kalon.theatre.pages.typed import CLOCK, DAY
from kalon.web.fronts import actor_of, go, refusals_on, render, staff_page

PER_PAGE = 40


class BlockForm(forms.Form):
    """Whose hours, where and when."""

    room = forms.TypedChoiceField(label="Theatre", coerce=UUID, error_messages={"required": "Choose a theatre."})
    surgeon = forms.TypedChoiceField(label="Surgeon", coerce=UUID, error_messages={"required": "Choose the surgeon."})
    weekday = forms.TypedChoiceField(
        label="Every week on", coerce=int, required=False, empty_value=None,
        choices=[("", "Only once, on the date"), *enumerate(WEEKDAYS)],
    )  # fmt: skip
    on_date = forms.DateField(label="Or once, on", widget=DAY, required=False)
    starts = forms.TimeField(label="From", widget=CLOCK, error_messages={"required": "Say from when."})
    ends = forms.TimeField(label="To", widget=CLOCK, error_messages={"required": "Say until when."})
    until_date = forms.DateField(label="Last day", widget=DAY, required=False)
    release_days = forms.IntegerField(
        label="Free for everybody, days before", min_value=0, max_value=90, required=False
    )

    def __init__(self, *args: Any, rooms: list[Any], surgeons: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, rows in (("room", rooms), ("surgeon", surgeons)):
            self.fields[name].choices = [(one.pk, one.name) for one in rows]  # type: ignore[attr-defined]

    def wish(self) -> actions.BlockWish:
        """What was typed, as the verb takes it."""
        said = dict(self.cleaned_data)
        return actions.BlockWish(room_id=said.pop("room"), surgeon_id=said.pop("surgeon"), **said)


class ReleaseForm(forms.Form):
    """For which day, and why."""

    on_date = forms.DateField(label="Day", widget=DAY, error_messages={"required": "Choose the day."})
    reason = forms.CharField(label="Why", max_length=300, error_messages={"required": "Write why the hours are free."})


@require_http_methods(["GET", "POST"])
@staff_page(VIEW)
def blocks(request: HttpRequest) -> HttpResponse:
    """Every surgeon's hours, and a form for more."""
    by = actor_of(request)
    form = _form(request, by)
    if form is not None and form.is_bound and form.is_valid():
        with refusals_on(form):
            actions.keep_hours(form.wish(), by=by)
        if not form.errors:
            return go(request, "theatre:blocks", toast="The hours are kept")
    return _page(request, by, form)


@require_POST
@staff_page(ARRANGE)
def release(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The hours of one day are free for everybody."""
    by, form = actor_of(request), ReleaseForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            actions.release_hours(pk, form.cleaned_data["on_date"], form.cleaned_data["reason"], by=by)
        if not form.errors:
            return go(request, "theatre:blocks", toast="Released for that day")
    return _page(request, by, _form(request, by), release_form=form)


@require_POST
@staff_page(BLOCKS)
def end(request: HttpRequest, pk: UUID) -> HttpResponse:
    actions.end_hours(pk, by=actor_of(request))
    return go(request, "theatre:blocks", toast="The hours are free again")


def _form(request: HttpRequest, by: Actor) -> BlockForm | None:
    if not by.may(BLOCKS):
        return None
    here, is_sent = people.own_branch(by), request.method == "POST" and "room" in request.POST
    rooms, surgeons = queries.theatres(branch_id=here.pk, seen_by=by), list(people.doctors(seen_by=by).order_by("name"))
    return BlockForm(request.POST if is_sent else None, rooms=rooms, surgeons=surgeons)


def _page(request: HttpRequest, by: Actor, form: BlockForm | None, release_form: Any = None) -> HttpResponse:
    own, manages = people.staff_of(by), by.may(BLOCKS)
    page = Paginator(queries.blocks(seen_by=by), PER_PAGE).get_page(request.GET.get("page"))
    rows = [(one, manages or (own is not None and one.surgeon_id == own.pk and by.may(ARRANGE))) for one in page]
    wrong = next((one for one in (release_form, form) if one is not None and one.errors), None)
    context = {"page_obj": page, "rows": rows, "manages": manages, "form": form, "wrong": wrong}
    return render(request, "theatre/board/blocks.html", context, status=422 if context["wrong"] else 200)
