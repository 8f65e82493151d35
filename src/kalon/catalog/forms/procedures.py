"""Typing a procedure of the catalogue: its team as numbers beside a kind of staff, its codes one a line."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from kalon.catalog import queries
from kalon.catalog.forms.shapes import Parsed, Section
from kalon.catalog.models import Need, Procedure, ProcedureInstructions
from kalon.catalog.models.offers import Demand
from kalon.catalog.models.procedures import SYSTEMS
from kalon.catalog.rules import CodeLine, TeamLine
from kalon.catalog.rules.views import VIEWS
from kalon.kernel.actors import Actor

WHAT = ("name", "code", "category", "setting", "service", "patient_words", "is_active")
HOW = ("minutes", "room_kind", "least_days_between", "has_side", "takes_implant", "needs_consent")


class ProcedureForm(Parsed):
    """What is done: its words, what it takes, which photographs are made of it."""

    photo_views = forms.MultipleChoiceField(
        choices=list(VIEWS.items()), required=False, widget=forms.CheckboxSelectMultiple, label="Standard photographs",
        help_text="Taken before it and at each check after it.",
    )  # fmt: skip
    codes = forms.CharField(
        label="Codes", required=False, max_length=8000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="One a line: the coding system, the code, and words of your own or of your licence. "
        "No licensed text comes with Kalon.",
    )  # fmt: skip
    team = forms.CharField(required=False, widget=forms.HiddenInput)  # where a refusal about it is shown

    class Meta:
        model = Procedure
        fields = [*WHAT, *HOW, "photo_views"]
        labels = {"service": "Sold as"}
        widgets = {"patient_words": forms.Textarea(attrs={"rows": 3})}
        help_texts = {
            "code": "Capital letters and digits, such as RHINOPLASTY.",
            "service": "The service that is billed for it, and so its price.",
            "has_side": "It is never approved without saying left, right, both or midline.",
            "takes_implant": "Each is scanned by its serial number when it is put in.",
            "needs_consent": "An operation always has one.",
            "least_days_between": "Empty where one session may follow another at any time.",
            "patient_words": "Read on the portal by those it is planned for.",
            "is_active": "Without it nobody plans it any more; what is planned already goes on to its end.",
        }

    def __init__(self, *args: Any, by: Actor, **kwargs: Any) -> None:
        super().__init__(*args, by=by, **kwargs)
        is_new = self.instance._state.adding
        had = {} if is_new else {line.staff_kind: line.count for line in self.instance.team.all()}
        rooms: Any = self.fields["room_kind"]
        rooms.choices = [("", "Any room"), *Demand.RoomKind.choices]
        sold: Any = self.fields["service"]
        sold.queryset, sold.empty_label = queries.services(seen_by=by), "Not sold by itself"
        self.kinds = [(kind, self._count(kind, label, had.get(kind))) for kind, label in Need.StaffKind.choices]
        if not is_new:
            lines = (f"{line.system} {line.code} {line.words}".strip() for line in self.instance.codes.all())
            self.fields["codes"].initial = "\n".join(lines)

    def clean_room_kind(self) -> str | None:
        return self.cleaned_data["room_kind"] or None

    def clean_code(self) -> str:
        return str(self.cleaned_data["code"]).strip().upper()

    def clean_codes(self) -> str:
        for line in self._lines(self.cleaned_data["codes"]):
            if len(line.split(maxsplit=2)) < 2:
                raise forms.ValidationError(
                    f"“{line[:60]}” needs two words: the coding system ({', '.join(SYSTEMS)}) and the code."
                )
        return str(self.cleaned_data["codes"])

    def staff(self) -> list[TeamLine]:
        """Who comes besides: each kind of staff with a number beside it."""
        counted = [(kind, self.cleaned_data.get(name)) for kind, name in self.kinds]
        return [TeamLine(kind, count) for kind, count in counted if count]

    def coded(self) -> list[CodeLine]:
        """The codes: system, code and words of each line."""
        parts = [line.split(maxsplit=2) for line in self._lines(self.cleaned_data["codes"])]
        return [CodeLine(system.upper(), code, *words) for system, code, *words in parts]

    def sections(self) -> list[Section]:
        """The form as it is drawn: what it is, what it takes, who comes, how it is photographed and coded."""
        return [
            Section("What it is", "", self._bound(WHAT), []),
            Section("What it takes", "", self._bound(HOW), []),
            Section(
                "Who comes besides", "Write how many; the one who does it is not counted here.", [],
                self._bound(name for _, name in self.kinds), self["team"],
            ),
            Section("Photographs and codes", "", self._bound(("photo_views", "codes")), []),
        ]  # fmt: skip

    def _bound(self, names: Iterable[str]) -> list[Any]:
        return [self[name] for name in names]

    def _count(self, kind: str, label: str, initial: int | None) -> str:
        self.fields[name := f"team_{kind}"] = forms.IntegerField(
            label=label, required=False, min_value=0, max_value=10, initial=initial,
            widget=forms.NumberInput(attrs={"class": "input w-full", "inputmode": "numeric"}),
        )  # fmt: skip
        return name

    @staticmethod
    def _lines(text: str) -> list[str]:
        return [line.strip() for line in text.splitlines() if line.strip()]


class InstructionsForm(forms.Form):
    """What patients are told about a procedure in one language: a text of each kind."""

    source = forms.CharField(
        label="Where it comes from", required=False, max_length=300, help_text="The source, and who reviewed it."
    )

    def __init__(self, *args: Any, written: Mapping[str, ProcedureInstructions], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind, label in ProcedureInstructions.Kind.choices:
            self.fields[kind] = forms.CharField(
                label=label, required=False, max_length=8000, widget=forms.Textarea(attrs={"rows": 6, "dir": "auto"}),
                initial=written[kind].text if kind in written else "",
            )  # fmt: skip
        self.fields["source"].initial = next((row.source for row in written.values() if row.source), "")
        self.order_fields([*ProcedureInstructions.Kind.values, "source"])

    def texts(self) -> dict[str, str]:
        return {kind: self.cleaned_data[kind] for kind in ProcedureInstructions.Kind.values}
