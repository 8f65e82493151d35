"""What is typed about purchases, parsed; the verbs judge it."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.forms import BaseFormSet, formset_factory

from kalon.inventory import queries as stock
from kalon.inventory.actions import Pack
from kalon.kernel.actors import Actor
from kalon.purchasing import queries, rules
from kalon.purchasing.actions import Arrival, InvoiceLineDetails, OrderLineDetails
from kalon.purchasing.actions.suppliers import FIELDS
from kalon.purchasing.models import Supplier, SupplierPayment

BLANK = 3  # empty lines at the end of what is written


def _number(label: str, places: int, **kwargs: Any) -> forms.DecimalField:
    widget = forms.NumberInput(attrs={"step": "any", "inputmode": "decimal", "class": "input w-full"})
    return forms.DecimalField(label=label, max_digits=14, decimal_places=places, widget=widget, **kwargs)


def _day(label: str, **kwargs: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}), **kwargs)


class SupplierForm(forms.ModelForm[Supplier]):
    """Whom the clinic buys from."""

    class Meta:
        model = Supplier
        fields = list(FIELDS)
        help_texts = {
            "tax_number": "As it stands on their invoices.",
            "state_code": "Two digits, such as 32 for Kerala; a GSTIN says it by itself.",
            "payment_days": "How long after the date of an invoice it is paid.",
        }
        widgets = {"address": forms.Textarea(attrs={"rows": 3}), "note": forms.Textarea(attrs={"rows": 2})}

    def _post_clean(self) -> None:
        """The verb does this, on the locked row."""

    def details(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in FIELDS}


class OrderForm(forms.Form):
    """An order without its lines."""

    supplier = forms.ModelChoiceField(queryset=Supplier.objects.none(), empty_label="Choose a supplier")
    expected_on = _day("Should come by", required=False)
    words = forms.CharField(
        label="What the supplier is told", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, by: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["supplier"].queryset = queries.suppliers(seen_by=by)  # type: ignore[attr-defined]


class OrderLineForm(forms.Form):
    """One line of an order; one without an item is no line."""

    item = forms.TypedChoiceField(label="Item", coerce=UUID, empty_value=None, required=False)
    quantity = _number("How much", 3, required=False)
    unit_price = _number("Price of one ₹", 2, required=False)
    tax_percent = _number("Tax %", 2, required=False)

    def __init__(self, *args: Any, items: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["item"]
        chosen.choices = [("", "Choose an item"), *items]

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if typed.get("item"):
            for name, words in (("quantity", "Write how much."), ("unit_price", "Write what one costs.")):
                if typed.get(name) is None and name not in self.errors:
                    self.add_error(name, words)
        return typed

    def line(self) -> OrderLineDetails:
        typed = self.cleaned_data
        return OrderLineDetails(typed["item"], typed["quantity"], typed["unit_price"], typed["tax_percent"])


def order_lines(data: Any, *, by: Actor, initial: Sequence[dict[str, Any]] = ()) -> "BaseFormSet[OrderLineForm]":
    """The lines of an order as they are written, with empty ones at the end."""
    items = [(str(one.pk), f"{one.name} ({one.unit})") for one in stock.items(seen_by=by)[:1000]]
    extra = BLANK if initial else 2 * BLANK
    factory = formset_factory(OrderLineForm, extra=extra, max_num=rules.MOST_LINES, absolute_max=rules.MOST_LINES + 1)
    made: BaseFormSet[OrderLineForm] = factory(data, prefix="lines", initial=initial, form_kwargs={"items": items})
    return made


def typed_lines(lines: "BaseFormSet[OrderLineForm]") -> list[OrderLineDetails]:
    """The lines that name an item."""
    return [form.line() for form in lines if form.cleaned_data.get("item")]


class ReceiveForm(forms.Form):
    """Where a delivery is put, and the paper that came with it."""

    location = forms.TypedChoiceField(label="Where it is put", coerce=UUID)
    reference = forms.CharField(label="Delivery note", required=False, max_length=60)
    key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=100)

    def __init__(self, *args: Any, by: Actor, branch_id: UUID, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": {"key": str(uuid4())}, **kwargs})
        chosen: Any = self.fields["location"]
        chosen.choices = [(str(one.pk), one.name) for one in stock.locations(seen_by=by, branch_id=branch_id)[:200]]


class ArrivalForm(forms.Form):
    """What came of one line; nothing written means that nothing came."""

    line = forms.UUIDField(widget=forms.HiddenInput)
    quantity = _number("Came", 3, required=False, min_value=Decimal(0))
    number = forms.CharField(label="Batch number", required=False, max_length=40)
    expires_on = _day("Last day of use", required=False)
    scans = forms.CharField(
        label="Codes of the packs", required=False, max_length=20000, strip=False,
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off", "spellcheck": "false"}),
        help_text="Scan one pack after the other. Each code stands on a line of its own.",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # A line that came just as it was expected is one that nobody changed: it counts all the same.
        super().__init__(*args, **{**kwargs, "empty_permitted": False})

    def arrival(self) -> Arrival:
        typed = self.cleaned_data
        packs = tuple(Pack.scanned(typed["scans"]))
        came = Decimal(len(packs)) if packs else typed["quantity"] or Decimal(0)
        return Arrival(typed["line"], came, typed["number"], typed["expires_on"], packs)


def arrivals(data: Any, *, waiting: Sequence[queries.Progress]) -> "BaseFormSet[ArrivalForm]":
    """A form for each line that has not come yet, filled with what is missing."""
    factory = formset_factory(ArrivalForm, extra=0, max_num=rules.MOST_LINES, absolute_max=rules.MOST_LINES + 1)
    initial = [
        {"line": one.line.pk, "quantity": None if one.line.item.needs_serial else f"{one.missing.normalize():f}"}
        for one in waiting
    ]
    made: BaseFormSet[ArrivalForm] = factory(data, prefix="came", initial=initial)
    return made


class InvoiceForm(forms.Form):
    """What stands at the head of a supplier's invoice."""

    supplier = forms.ModelChoiceField(queryset=Supplier.objects.none(), empty_label="Choose a supplier")
    number = forms.CharField(label="Invoice number", max_length=40)
    invoice_date = _day("Date of the invoice")
    due_date = _day("Due on", required=False, help_text="Empty: when this supplier is usually paid.")

    def __init__(self, *args: Any, by: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["supplier"].queryset = queries.suppliers(seen_by=by)  # type: ignore[attr-defined]


class InvoiceLineForm(forms.Form):
    """One line of an invoice; one that names nothing and no line of the order is no line."""

    line = forms.UUIDField(widget=forms.HiddenInput, required=False)
    words = forms.CharField(label="What for", required=False, max_length=200)
    quantity = _number("How many", 3, required=False)
    unit_price = _number("Price of one ₹", 2, required=False)
    tax_percent = _number("Tax %", 2, required=False)

    @property
    def is_filled(self) -> bool:
        return bool(self.cleaned_data.get("words") and self.cleaned_data.get("quantity"))

    def detail(self) -> InvoiceLineDetails:
        typed = self.cleaned_data
        return InvoiceLineDetails(
            typed["quantity"], typed["unit_price"] or Decimal(0), typed["tax_percent"] or Decimal(0),
            line_id=typed["line"], words=typed["words"],
        )  # fmt: skip


def invoice_lines(data: Any, *, initial: Sequence[dict[str, Any]] = ()) -> "BaseFormSet[InvoiceLineForm]":
    """The lines of an invoice as they are copied, with empty ones at the end."""
    factory = formset_factory(
        InvoiceLineForm, extra=1 if initial else BLANK, max_num=rules.MOST_LINES, absolute_max=rules.MOST_LINES + 1
    )
    made: BaseFormSet[InvoiceLineForm] = factory(data, prefix="lines", initial=initial)
    return made


class PayForm(forms.Form):
    """What was paid to a supplier."""

    amount = _number("Amount ₹", 2)
    method = forms.ChoiceField(label="How", choices=SupplierPayment.Method.choices)
    reference = forms.CharField(required=False, max_length=80, help_text="UTR, cheque number.")
    key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=100)


class ReasonForm(forms.Form):
    reason = forms.CharField(label="Why", required=False, max_length=500)
