"""What is typed about stock, parsed; the verbs judge it."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms

from kalon.catalog import queries as catalog
from kalon.inventory import queries
from kalon.inventory.actions import Delivery, Pack
from kalon.inventory.models import Item, KitLine, Location
from kalon.kernel.actors import Actor


def _quantity(label: str, **kwargs: Any) -> forms.DecimalField:
    widget = forms.NumberInput(attrs={"step": "any", "inputmode": "decimal", "class": "input w-full"})
    return forms.DecimalField(label=label, max_digits=12, decimal_places=3, widget=widget, **kwargs)


class ItemForm(forms.ModelForm[Item]):
    """An item's own fields."""

    class Meta:
        model = Item
        fields = [
            "name", "kind", "manufacturer", "generic", "strength", "form", "unit", "step", "units_per_pack",
            "needs_batch", "needs_expiry", "needs_serial", "device_code", "model", "size", "shape", "price", "tax_code",
            "hsn", "reorder_level", "is_active",
        ]  # fmt: skip
        help_texts = {
            "name": "As it stands on the pack.",
            "generic": "What is in it, as the formulary writes it: lidocaine. Leave empty where there is nothing.",
            "form": "Such as gel, ampoule, tablet.",
            "unit": "What is counted: ml, unit, tablet, piece. It stays once something moved.",
            "step": "The smallest part that is used: 1 for a suture, 0.01 for a filler in ml.",
            "units_per_pack": "How many of them come in one pack.",
            "needs_serial": "Implants that are known piece by piece; each is scanned in and scanned out.",
            "device_code": "The GTIN under the bar code, or scan the code of a pack.",
            "model": "The maker's reference, such as LR-295.",
            "price": "Of one unit, before tax. Zero when it is part of a treatment's price.",
            "reorder_level": "Below this, it is on the list to order.",
        }

    sections_of = (
        ("What it is", ("name", "kind", "manufacturer", "generic", "strength", "form", "is_active")),
        ("How it is counted", ("unit", "step", "units_per_pack", "reorder_level", "needs_batch", "needs_expiry")),
        ("The implant", ("device_code", "model", "size", "shape", "needs_serial")),
        ("What it costs", ("price", "tax_code", "hsn")),
    )

    def __init__(self, *args: Any, by: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rates = catalog.tax_rates(seen_by=by).order_by("code", "-valid_from").distinct("code")
        choices = [("", "No tax"), *((rate.code, rate.name) for rate in rates)]
        self.fields["tax_code"] = forms.ChoiceField(choices=choices, required=False, label="Tax")

    def _post_clean(self) -> None:
        """The verb does this, on the locked row."""

    def details(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}

    def sections(self) -> list[tuple[str, list[Any]]]:
        return [(title, [self[name] for name in names]) for title, names in self.sections_of]


class LocationForm(forms.ModelForm[Location]):
    """A place where stock is kept."""

    class Meta:
        model = Location
        fields = ["name", "code", "kind", "is_active"]
        help_texts = {"code": "A short word for labels, such as PH1."}

    def _post_clean(self) -> None:
        """The verb does this, on the locked row."""

    def details(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


class ReceiveForm(forms.Form):
    """A delivery: what stands on the pack and on its paper."""

    item = forms.ModelChoiceField(queryset=Item.objects.none(), label="What came", empty_label="Choose an item")
    location = forms.ModelChoiceField(
        queryset=Location.objects.none(), label="Where it is put", empty_label="Choose a place"
    )
    quantity = _quantity("How much", help_text="In the unit it is counted in, not in packs.")
    number = forms.CharField(
        required=False, max_length=40, label="Batch number", help_text="As it stands on the pack.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )  # fmt: skip
    expires_on = forms.DateField(
        required=False, label="Last day of use", widget=forms.DateInput(attrs={"type": "date"}),
        help_text="Where the pack names a month, that month's last day.",
    )  # fmt: skip
    supplier = forms.CharField(required=False, max_length=120)
    reference = forms.CharField(required=False, max_length=60, label="Invoice or delivery note")
    cost = forms.DecimalField(
        required=False, max_digits=12, decimal_places=2, min_value=0, label="What it cost",
        help_text="All of it, before tax.", widget=forms.NumberInput(attrs={"step": "0.01", "inputmode": "decimal"}),
    )  # fmt: skip

    def __init__(self, *args: Any, by: Actor, branch_id: UUID, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["item"].queryset = queries.items(seen_by=by).filter(needs_serial=False)  # type: ignore[attr-defined]
        self.fields["location"].queryset = queries.locations(seen_by=by, branch_id=branch_id)  # type: ignore[attr-defined]

    def delivery(self) -> Delivery:
        names = ("quantity", "number", "expires_on", "supplier", "reference", "cost")
        return Delivery(**{name: self.cleaned_data[name] for name in names})


class CountForm(forms.Form):
    """What was counted."""

    counted = _quantity("Counted on the shelf", min_value=Decimal(0))
    reason = forms.CharField(max_length=300, label="Why it differs", help_text="Such as: counted for the month's end.")


class WasteForm(forms.Form):
    """What was thrown away."""

    quantity = _quantity("How much")
    reason = forms.CharField(
        max_length=300, label="Why", help_text="Such as: vial dropped, rest of a vial thrown away."
    )


class SendBackForm(forms.Form):
    """What goes back to its supplier."""

    quantity = _quantity("How much")
    supplier = forms.CharField(max_length=120, label="To which supplier")
    reference = forms.CharField(
        max_length=60, required=False, label="Their paper", help_text="The number of their return note or recall."
    )
    reason = forms.CharField(
        max_length=300, label="Why", help_text="Such as: damaged on arrival, called back, too much."
    )


class MoveForm(forms.Form):
    """What was carried, and where to."""

    quantity = _quantity("How much")
    to_location = forms.ModelChoiceField(
        queryset=Location.objects.none(), label="Where to", empty_label="Choose a place"
    )

    def __init__(self, *args: Any, by: Actor, besides: UUID, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to_location"].queryset = queries.locations(seen_by=by).exclude(pk=besides)  # type: ignore[attr-defined]
        self.fields["to_location"].label_from_instance = lambda place: f"{place.name}, {place.branch.name}"  # type: ignore[attr-defined]


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(max_length=300, label="Why")


class ReceiveUnitsForm(forms.Form):
    """Pieces with serials: their codes, a line for each; or one that is typed because its pack has no code."""

    scans = forms.CharField(
        required=False, max_length=20000, label="Codes", strip=False,
        widget=forms.Textarea(attrs={"rows": 6, "autocomplete": "off", "spellcheck": "false", "data-scan-lines": ""}),
        help_text="Scan one pack after the other. Each code stands on a line of its own.",
    )  # fmt: skip
    location = forms.ModelChoiceField(
        queryset=Location.objects.none(), label="Where they are put", empty_label="Choose a place"
    )
    supplier = forms.CharField(required=False, max_length=120)
    reference = forms.CharField(required=False, max_length=60, label="Invoice or delivery note")
    item = forms.ModelChoiceField(
        queryset=Item.objects.none(), required=False, label="A piece without a code", empty_label="None"
    )
    serial = forms.CharField(required=False, max_length=40, label="Its serial number")
    lot = forms.CharField(required=False, max_length=40, label="Its lot")
    expires_on = forms.DateField(
        required=False, label="Its last day of use", widget=forms.DateInput(attrs={"type": "date"})
    )

    def __init__(self, *args: Any, by: Actor, branch_id: UUID, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = queries.locations(seen_by=by, branch_id=branch_id)
        self.fields["location"].queryset = places  # type: ignore[attr-defined]
        self.fields["item"].queryset = queries.items(seen_by=by).filter(needs_serial=True)  # type: ignore[attr-defined]

    def packs(self) -> list[Pack]:
        """What was scanned, then what was typed."""
        typed = self.cleaned_data
        packs = Pack.scanned(typed["scans"])
        if typed["item"] or typed["serial"]:
            more = {"serial": typed["serial"], "lot": typed["lot"], "expires_on": typed["expires_on"]}
            packs.append(Pack(item_id=typed["item"].pk if typed["item"] else None, **more))
        return packs

    def add_error(self, field: str | None, error: Any) -> None:
        """What a code is refused for stands beside the codes."""
        super().add_error("scans" if field is None and self.is_bound else field, error)


class MoveUnitForm(forms.Form):
    """Where a piece is carried."""

    to_location = forms.ModelChoiceField(
        queryset=Location.objects.none(), label="Where to", empty_label="Choose a place"
    )

    def __init__(self, *args: Any, by: Actor, besides: UUID | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = queries.locations(seen_by=by)
        self.fields["to_location"].queryset = places.exclude(pk=besides) if besides else places  # type: ignore[attr-defined]
        self.fields["to_location"].label_from_instance = lambda place: f"{place.name}, {place.branch.name}"  # type: ignore[attr-defined]


class KitLineForm(forms.Form):
    """So much of one item that a procedure takes."""

    item = forms.ModelChoiceField(queryset=Item.objects.none(), required=False, empty_label="Choose an item")
    quantity = _quantity("How much", required=False)
    need = forms.ChoiceField(choices=KitLine.Need.choices, initial=KitLine.Need.REQUIRED, label="Need")

    def __init__(self, *args: Any, by: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["item"].queryset = queries.items(seen_by=by)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A line has an item and how much of it, or is left empty."""
        found: dict[str, Any] = super().clean() or {}
        if found.get("item") and not found.get("quantity"):
            self.add_error("quantity", "Write how much of it is taken.")
        return found


def kit_forms(data: Any, *, known: list[dict[str, Any]], by: Actor) -> Any:
    """The lines of a kit as they are, and three empty ones."""
    lines = forms.formset_factory(KitLineForm, extra=3, max_num=60, absolute_max=60, can_delete=True)
    return lines(data, initial=known, form_kwargs={"by": by}, prefix="lines")
