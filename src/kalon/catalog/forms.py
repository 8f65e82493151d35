"""What is typed about the catalogue. The verbs check the rows, and the database has the last word."""

from datetime import date
from typing import Any
from uuid import UUID

from django import forms

from kalon.catalog import queries
from kalon.catalog.models import AppointmentType, Package, Service
from kalon.kernel import clock
from kalon.kernel.actors import Actor


class _Parsed(forms.ModelForm[Any]):
    """Parses the fields of a row without touching it."""

    def _post_clean(self) -> None:
        """The verb does this, on the locked row."""

    def __init__(self, *args: Any, by: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "tax_code" in self.fields:
            rates = queries.tax_rates(seen_by=by).order_by("code", "-valid_from").distinct("code")
            choices = [("", "No tax"), *((rate.code, rate.name) for rate in rates)]
            self.fields["tax_code"] = forms.ChoiceField(choices=choices, required=False, label="Tax")


class ServiceForm(_Parsed):
    class Meta:
        model = Service
        fields = [
            "name", "code", "description", "appointment_type", "minutes", "price", "tax_code", "hsn_sac", "room_kind",
            "is_self_bookable", "is_auto_approved", "prepay", "needs_doctor", "is_active",
        ]  # fmt: skip
        widgets = {"description": forms.Textarea(attrs={"rows": 2})}
        help_texts = {
            "price": "Before tax, in the clinic's currency.",
            "is_auto_approved": "Otherwise the desk approves each online booking.",
            "code": "Capital letters and digits, such as CONSULT.",
        }

    def __init__(self, *args: Any, by: Actor, **kwargs: Any) -> None:
        super().__init__(*args, by=by, **kwargs)
        kinds = self.fields["appointment_type"]
        kinds.queryset = queries.appointment_types(seen_by=by)  # type: ignore[attr-defined]

    def clean_room_kind(self) -> str | None:
        return self.cleaned_data["room_kind"] or None


class PackageForm(_Parsed):
    """A package; what it holds stands as one number field per service on offer."""

    class Meta:
        model = Package
        fields = [
            "name", "code", "description", "price", "tax_code", "valid_days", "minutes", "is_self_bookable",
            "is_auto_approved", "is_active",
        ]  # fmt: skip
        widgets = {"description": forms.Textarea(attrs={"rows": 2})}
        help_texts = {"valid_days": "Days from the sale within which it is used."}

    items = forms.CharField(required=False, widget=forms.HiddenInput)  # where a refusal about the contents is shown

    def __init__(self, *args: Any, by: Actor, **kwargs: Any) -> None:
        super().__init__(*args, by=by, **kwargs)
        is_new = self.instance._state.adding
        held = {} if is_new else {item.service_id: item.quantity for item in self.instance.items.all()}
        self.counts: list[str] = []
        for service in queries.services(seen_by=by):
            name = f"count_{service.pk}"
            self.counts.append(name)
            self.fields[name] = forms.IntegerField(
                label=service.name,
                required=False,
                min_value=0,
                max_value=200,
                initial=held.get(service.pk),
                widget=forms.NumberInput(attrs={"class": "input w-full", "inputmode": "numeric"}),
            )

    def details(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}

    def held(self) -> list[tuple[UUID, int]]:
        """What it holds: each service with a number beside it."""
        return [
            (UUID(name.removeprefix("count_")), self.cleaned_data[name])
            for name in self.counts
            if self.cleaned_data.get(name)
        ]

    def own_fields(self) -> list[Any]:
        return [self[name] for name in self.Meta.fields]

    def count_fields(self) -> list[Any]:
        return [self[name] for name in self.counts]


class AppointmentTypeForm(_Parsed):
    class Meta:
        model = AppointmentType
        fields = [
            "code", "name", "default_minutes", "consultation_type", "requires_doctor", "allow_self_booking",
            "display_order", "is_active",
        ]  # fmt: skip
        labels = {"requires_doctor": "A doctor is needed", "allow_self_booking": "Patients may book it online"}


class TaxRateForm(forms.Form):
    """A rate that follows the one before it."""

    code = forms.CharField(max_length=40, help_text="The same code as the rate it follows, such as GST-18.")
    name = forms.CharField(max_length=120)
    percent = forms.DecimalField(min_value=0, max_value=100, decimal_places=2, label="Per cent")
    valid_from = forms.DateField(label="Holds from", widget=forms.DateInput(attrs={"type": "date"}))
    source = forms.CharField(
        required=False, widget=forms.Textarea(attrs={"rows": 2}), max_length=1000, label="Where it comes from",
        help_text="The law or notice, and who reviewed it.",
    )  # fmt: skip

    def __init__(self, *args: Any, zone: str, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"valid_from": _first_of_next_month(clock.today(zone))})
        super().__init__(*args, **kwargs)

    def clean_code(self) -> str:
        return str(self.cleaned_data["code"]).strip().upper()


def _first_of_next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)
