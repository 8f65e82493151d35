"""Typing services, packages, kinds of visit and policies."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib.postgres.forms import SimpleArrayField

from kalon.catalog import queries
from kalon.catalog.forms.shapes import Parsed, Section
from kalon.catalog.models import AppointmentType, CancellationPolicy, Need, Package, Service
from kalon.catalog.rules import NeedLine
from kalon.kernel.actors import Actor
from kalon.people import queries as people

DEMAND = ["needs_doctor", "room_kind", "room_features", "preparation_minutes", "cleaning_minutes"]
WORDS = ["special_needs", "needs_note"]
MONEY = ["prepayment", "deposit_percent", "deposit_amount", "cancellation_policy"]
ONLINE = ["is_self_bookable", "is_auto_approved", "is_active"]


class OfferForm(Parsed):
    """What services and packages are asked alike; staff and equipment stand as one number field per kind."""

    room_features = SimpleArrayField(
        forms.CharField(max_length=40, required=False), required=False, label="The room has",
        help_text="With commas between: sink, laser-safe",
    )  # fmt: skip
    special_needs = SimpleArrayField(
        forms.CharField(max_length=200, required=False), delimiter="\n", required=False, label="To prepare",
        widget=forms.Textarea(attrs={"rows": 3}), help_text="One sentence a line: Numbing cream 30 minutes before.",
    )  # fmt: skip
    needs = forms.CharField(required=False, widget=forms.HiddenInput)  # where a refusal about them is shown

    about: tuple[str, ...] = ()
    price: tuple[str, ...] = ()

    def __init__(self, *args: Any, by: Actor, **kwargs: Any) -> None:
        super().__init__(*args, by=by, **kwargs)
        asked = {} if self.instance._state.adding else {
            need.staff_kind or need.equipment_kind: need.count for need in self.instance.needs.all()
        }  # fmt: skip
        staff = set(Need.StaffKind.values)
        equipment = sorted({*people.equipment_kinds(seen_by=by), *(kind for kind in asked if kind not in staff)})
        self.fields["room_kind"].choices = [("", "Any room"), *self._meta.model.RoomKind.choices]  # type: ignore[attr-defined]
        self.staff = [self._count(f"staff_{kind}", label, asked.get(kind)) for kind, label in Need.StaffKind.choices]
        self.equipment = [self._count(f"equipment_{kind}", kind, asked.get(kind)) for kind in equipment]

    def clean(self) -> dict[str, Any]:
        """A deposit's figures count only while there is a deposit."""
        if self.cleaned_data.get("prepayment") != Service.Prepayment.DEPOSIT:
            self.cleaned_data.update(deposit_percent=None, deposit_amount=None)
        return self.cleaned_data

    def clean_room_kind(self) -> str | None:
        return self.cleaned_data["room_kind"] or None

    def asked(self) -> list[NeedLine]:
        """The staff and the equipment a visit needs: each kind with a number beside it."""
        staff = [(name.removeprefix("staff_"), self.cleaned_data.get(name)) for name in self.staff]
        equipment = [(name.removeprefix("equipment_"), self.cleaned_data.get(name)) for name in self.equipment]
        return [
            *(NeedLine(staff_kind=kind, count=count) for kind, count in staff if count),
            *(NeedLine(equipment_kind=kind, count=count) for kind, count in equipment if count),
        ]

    def sections(self) -> list[Section]:
        """The form as it is drawn: what it is, what it costs, what a visit needs."""
        return [
            Section("What it is", "", self._bound(self.about), []),
            Section("What it costs", "", self._bound((*self.price, *MONEY)), []),
            Section("Booking", "", self._bound(ONLINE), []),
            Section(
                "What a visit needs", "A booking takes all of it in one go, or nothing.",
                self._bound(DEMAND + WORDS), [],
            ),
            Section(
                "Who and what comes besides", "Write how many; the doctor is not counted here.", [],
                self._bound((*self.staff, *self.equipment)), self["needs"],
            ),
        ]  # fmt: skip

    def _bound(self, names: Iterable[str]) -> list[Any]:
        return [self[name] for name in names]

    def _count(self, name: str, label: str, initial: int | None, most: int = 10) -> str:
        self.fields[name] = forms.IntegerField(
            label=label, required=False, min_value=0, max_value=most, initial=initial,
            widget=forms.NumberInput(attrs={"class": "input w-full", "inputmode": "numeric"}),
        )  # fmt: skip
        return name


OFFER_HELP = {
    "price": "Before tax, in the clinic's currency.",
    "is_auto_approved": "Otherwise the desk approves each online booking.",
    "code": "Capital letters and digits, such as CONSULT.",
    "deposit_percent": "Of the price with tax. Write this or the amount.",
    "valid_days": "Days from the sale within which it is used.",
    "preparation_minutes": "The room is taken so long before.",
    "cleaning_minutes": "The room is taken so long after.",
}


class ServiceForm(OfferForm):
    about = ("name", "code", "description", "appointment_type", "minutes")
    price = ("price", "tax_code", "hsn_sac")

    class Meta:
        model = Service
        fields = [
            "name", "code", "description", "appointment_type", "minutes", "price", "tax_code", "hsn_sac",
            *MONEY, *ONLINE, *DEMAND, *WORDS,
        ]  # fmt: skip
        widgets = {"description": forms.Textarea(attrs={"rows": 2})}
        help_texts = OFFER_HELP


class PackageForm(OfferForm):
    """A package; what it holds stands as one number field per service on offer."""

    about = ("name", "code", "description", "appointment_type", "minutes", "valid_days")
    price = ("price", "tax_code")

    class Meta:
        model = Package
        fields = [
            "name", "code", "description", "appointment_type", "minutes", "price", "tax_code", "valid_days",
            *MONEY, *ONLINE, *DEMAND, *WORDS,
        ]  # fmt: skip
        widgets = {"description": forms.Textarea(attrs={"rows": 2})}
        help_texts = OFFER_HELP

    items = forms.CharField(required=False, widget=forms.HiddenInput)  # where a refusal about the contents is shown

    def __init__(self, *args: Any, by: Actor, **kwargs: Any) -> None:
        super().__init__(*args, by=by, **kwargs)
        is_new = self.instance._state.adding
        held = {} if is_new else {item.service_id: item.quantity for item in self.instance.items.all()}
        self.counts = [
            self._count(f"count_{service.pk}", service.name, held.get(service.pk), most=200)
            for service in queries.services(seen_by=by)
        ]

    def held(self) -> list[tuple[UUID, int]]:
        """What it holds: each service with a number beside it."""
        return [
            (UUID(name.removeprefix("count_")), self.cleaned_data[name])
            for name in self.counts
            if self.cleaned_data.get(name)
        ]

    def sections(self) -> list[Section]:
        note = "Write beside each service how often the package holds it."
        first, *rest = super().sections()
        return [first, Section("What it holds", note, [], self._bound(self.counts), self["items"]), *rest]


class AppointmentTypeForm(Parsed):
    class Meta:
        model = AppointmentType
        fields = [
            "code", "name", "default_minutes", "consultation_type", "requires_doctor", "allow_self_booking",
            "display_order", "cancellation_policy", "is_active",
        ]  # fmt: skip
        labels = {"requires_doctor": "A doctor is needed", "allow_self_booking": "Patients may book it online"}


class CancellationPolicyForm(Parsed):
    class Meta:
        model = CancellationPolicy
        fields = [
            "name", "notice_hours", "late_cancel_percent", "late_cancel_amount", "no_show_percent", "no_show_amount",
            "tax_code", "hsn_sac", "sentence", "is_active",
        ]  # fmt: skip
        widgets = {"sentence": forms.Textarea(attrs={"rows": 2})}
        help_texts = {
            "notice_hours": "Until so long before the visit, cancelling costs nothing.",
            "late_cancel_percent": "Of the price before tax. Write this or the amount, or neither for no fee.",
            "no_show_percent": "Of the price before tax. Write this or the amount, or neither for no fee.",
            "sentence": "They read it before they book, and again before they cancel.",
        }
