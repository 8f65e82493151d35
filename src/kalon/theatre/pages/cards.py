"""Preference cards: which there are, and one of them as it is written."""

from typing import Any
from uuid import UUID

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_http_methods

from kalon.catalog import queries as catalog
from kalon.kernel.actors import Actor
from kalon.people import queries as people
from kalon.theatre import actions, queries
from kalon.theatre.actions.preferring import FACTS, WORDS, may_write
from kalon.theatre.lifecycles import VIEW, Anaesthesia
from kalon.theatre.models import PreferenceCard
from kalon.theatre.models.preferences import LONGEST
from kalon.web.fronts import actor_of, go, refusals_on, render, staff_page

PER_PAGE = 40
SHOWN = 10
TEAM_KINDS = ("ANAESTHETIST", "NURSE", "TECHNICIAN", "SURGEON")
HINTS = {
    "position": "How the patient lies, what is padded, arms, warming.",
    "room_setup": "Table, lights, machines, where the screen stands.",
    "instruments": "Sets and single instruments, in the order they are wanted.",
    "drugs": "Infiltration, antibiotic, irrigation, what stands ready.",
}


class NewCardForm(forms.Form):
    """For which procedure, and whose."""

    procedure = forms.TypedChoiceField(label="Operation", coerce=UUID)
    surgeon = forms.TypedChoiceField(label="Surgeon", coerce=UUID, required=False, empty_value=None)

    def __init__(self, *args: Any, by: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = people.staff_of(by)
        listed = catalog.procedures(seen_by=by, setting="SURGICAL")
        surgeons = [one for one in people.doctors(seen_by=by).order_by("name") if may_write(own, one.pk, by)]
        house = [("", "The house's own")] if may_write(own, None, by) else []
        self.fields["procedure"].choices = [(one.pk, one.name) for one in listed]  # type: ignore[attr-defined]
        self.fields["surgeon"].choices = [*house, *((one.pk, one.name) for one in surgeons)]  # type: ignore[attr-defined]


class CardForm(forms.Form):
    """What a card says; empty headings are not shown in theatre."""

    minutes = forms.IntegerField(label="Minutes it takes", min_value=5, max_value=1440, required=False)
    anaesthesia = forms.ChoiceField(
        label="Anaesthesia", choices=[("", "As the anaesthetist decides"), *Anaesthesia.choices], required=False
    )
    team = forms.TypedMultipleChoiceField(
        label="Usual team", coerce=UUID, required=False, widget=forms.CheckboxSelectMultiple
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, card: PreferenceCard | None, seen: int, by: Actor) -> None:
        initial = {name: getattr(card, name) for name in FACTS} if card else {}
        super().__init__(data, initial={**initial, "seen": seen})
        staff = people.staff_list(seen_by=by).filter(kind__in=TEAM_KINDS, is_active=True).order_by("kind", "name")
        listed = [(one.pk, f"{one.name}, {one.get_kind_display().lower()}") for one in staff]
        self.fields["team"].choices = listed  # type: ignore[attr-defined]
        for name in WORDS:
            label = str(PreferenceCard._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
            self.fields[name] = forms.CharField(
                label=label, required=False, max_length=LONGEST, help_text=HINTS.get(name, ""),
                widget=forms.Textarea(attrs={"rows": 2}),
            )  # fmt: skip

    def words(self) -> list[Any]:
        return [self[name] for name in WORDS]


@require_GET
@staff_page(VIEW)
def cards(request: HttpRequest) -> HttpResponse:
    """The cards that count, by operation; a new one is begun here."""
    by = actor_of(request)
    form = NewCardForm(request.GET if "procedure" in request.GET else None, by=by)
    if form.is_bound and form.is_valid():
        wanted = form.cleaned_data
        return go(request, _path(wanted["procedure"], wanted["surgeon"]))
    page = Paginator(queries.counting_cards(seen_by=by), PER_PAGE).get_page(request.GET.get("page"))
    may_begin = bool(form.fields["surgeon"].choices)  # type: ignore[attr-defined]
    return render(request, "theatre/board/cards.html", {"page_obj": page, "form": form, "may_begin": may_begin})


@require_http_methods(["GET", "POST"])
@staff_page(VIEW)
def card(request: HttpRequest, procedure_id: UUID) -> HttpResponse:
    """One card, of the surgeon in the address or the house's own; saving it changed makes a further version."""
    by = actor_of(request)
    procedure = catalog.procedure(procedure_id, seen_by=by)
    asked = request.GET.get("surgeon", "")
    surgeon = people.staff_member(UUID(asked), seen_by=by) if _is_id(asked) else None
    surgeon_id = surgeon.pk if surgeon else None
    versions = list(queries.cards_of(procedure.pk, surgeon_id, seen_by=by)[:SHOWN])
    last = versions[0] if versions else None
    may = may_write(people.staff_of(by), surgeon_id, by)
    begins = last or queries.card_of(procedure.pk, None, seen_by=by)  # a first card begins as the house's own
    form = CardForm(request.POST or None, card=begins, seen=last.version if last else 0, by=by)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        with refusals_on(form):
            if "end" in request.POST:
                actions.end_card(procedure.pk, surgeon_id, seen=said["seen"], by=by)
            else:
                actions.write_card(procedure.pk, surgeon_id, said, seen=said["seen"], by=by)
        if not form.errors:
            return go(request, "theatre:cards", toast="Card ended" if "end" in request.POST else "Card saved")
    context = {
        "procedure": procedure, "surgeon": surgeon, "form": form, "versions": versions, "may_write": may,
        "shown": queries.Preferred(last) if last else None, "team": _names(last, by),
    }  # fmt: skip
    return render(request, "theatre/board/card.html", context, status=422 if form.errors else 200)


def _names(card: PreferenceCard | None, by: Actor) -> list[str]:
    if card is None or not card.team:
        return []
    rows = people.staff_list(seen_by=by, also_left=True).filter(pk__in=card.team)
    return list(rows.order_by("name").values_list("name", flat=True))


def _path(procedure_id: UUID, surgeon_id: UUID | None) -> str:
    from django.urls import reverse

    path = reverse("theatre:card", args=[procedure_id])
    return f"{path}?surgeon={surgeon_id}" if surgeon_id else path


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
