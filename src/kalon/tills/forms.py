"""What people type into the till's pages."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from django import forms

from kalon.plans.lifecycles import ConsentNeed, MoneyType
from kalon.tills import rules
from kalon.tills.actions import WALLET, Tender, Treatment
from kalon.tills.models import DrawerEntry, TillPolicy

WAYS = (
    ("UPI", "upi"),
    ("CARD", "card"),
    ("CASH", "cash"),
    ("BANK", "bank"),
    ("FINANCE", "finance"),
    ("VOUCHER", "voucher"),
)

REFERENCES = {"finance": "lender", "voucher": "voucher_code"}  # the others: their name with _ref


def _amount(label: str, *, least: str = "0.01") -> forms.DecimalField:
    return forms.DecimalField(label=label, max_digits=12, decimal_places=2, min_value=Decimal(least), required=False)


class TakeForm(forms.Form):
    """How a patient pays: an amount by each way, what is used from the account, and the cash handed over."""

    wallet = _amount("From the account")
    upi = _amount("UPI ₹")
    upi_ref = forms.CharField(label="UPI reference", max_length=80, required=False)
    card = _amount("Card ₹")
    card_ref = forms.CharField(label="Approval number", max_length=80, required=False)
    cash = _amount("Cash ₹")
    given = _amount("Cash given ₹")
    bank = _amount("Bank transfer ₹")
    bank_ref = forms.CharField(label="Bank reference", max_length=80, required=False)
    finance = _amount("Paid by a lender ₹")
    lender = forms.CharField(label="Lender and their reference", max_length=80, required=False)
    voucher = _amount("Gift voucher ₹")
    voucher_code = forms.CharField(label="Code of the voucher", max_length=40, required=False)
    key = forms.CharField(max_length=80, widget=forms.HiddenInput)

    def tenders(self) -> list[Tender]:
        """The ways that have an amount."""
        typed = self.cleaned_data
        found = [Tender(WALLET, typed["wallet"])] if typed["wallet"] else []
        for method, name in WAYS:
            if typed[name]:
                given = typed["given"] if method == "CASH" else None
                reference = typed.get(REFERENCES.get(name, f"{name}_ref"), "")
                found.append(Tender(method, typed[name], reference, given))
        return found


class SellForm(forms.Form):
    """A package to sell at the checkout."""

    package = forms.TypedChoiceField(
        label="Package", coerce=UUID, error_messages={"required": "Choose the package to sell."}
    )

    def __init__(self, *args: Any, packages: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        package: Any = self.fields["package"]
        package.choices = [("", "Choose"), *((str(one.pk), f"{one.name}, ₹{one.price:,.0f}") for one in packages)]


class TodayForm(forms.Form):
    """What is done today, as a doctor decides it in one press."""

    service = forms.TypedChoiceField(
        label="Treatment", coerce=UUID, error_messages={"required": "Choose what is done today."}
    )
    consent = forms.ChoiceField(
        label="Consent",
        choices=[(ConsentNeed.NOT_REQUIRED, "None needed"), (ConsentNeed.REQUIRED, "Signed first")],
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether a consent is signed first."},
    )
    money_type = forms.ChoiceField(
        label="Charged as",
        choices=[(MoneyType.COSMETIC, "Cosmetic"), (MoneyType.RECONSTRUCTIVE, "Reconstructive")],
        initial=MoneyType.COSMETIC,
        widget=forms.RadioSelect,
    )
    assessment = forms.CharField(
        label="Assessment", max_length=4000, widget=forms.Textarea(attrs={"rows": 2}), required=False,
        help_text="It is written into the note of this visit.",
    )  # fmt: skip

    def __init__(self, *args: Any, services: list[Any], needs_assessment: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        service: Any = self.fields["service"]
        service.choices = [("", "Choose"), *((str(one.pk), one.name) for one in services)]
        if needs_assessment:
            self.fields["assessment"].required = True
            self.fields["assessment"].error_messages["required"] = "Write the assessment in a few words."
        else:
            del self.fields["assessment"]

    def treatment(self) -> Treatment:
        typed = self.cleaned_data
        return Treatment(
            service_id=typed["service"],
            consent=typed["consent"],
            money_type=typed["money_type"],
            assessment=typed.get("assessment", ""),
        )


class PayTodayForm(forms.Form):
    """The whole of what is shown, by one way of paying; what is on account is used first."""

    way = forms.ChoiceField(
        label="Paid by",
        choices=[("UPI", "UPI"), ("CARD", "Card"), ("CASH", "Cash"), ("BANK", "Bank transfer")],
        widget=forms.RadioSelect,
    )
    reference = forms.CharField(label="Reference", max_length=80, required=False)
    amount = forms.DecimalField(max_digits=12, decimal_places=2, min_value=0, widget=forms.HiddenInput)
    wallet = forms.DecimalField(max_digits=12, decimal_places=2, min_value=0, required=False, widget=forms.HiddenInput)
    key = forms.CharField(max_length=80, widget=forms.HiddenInput)

    def clean_wallet(self) -> Decimal:
        return self.cleaned_data["wallet"] or Decimal(0)

    def tenders(self) -> list[Tender]:
        """What is on account, and the rest by the way that was chosen; none where nothing is to be paid."""
        typed = self.cleaned_data
        found = [Tender(WALLET, typed["wallet"])] if typed["wallet"] else []
        return [*found, Tender(typed["way"], typed["amount"], typed["reference"])] if typed["amount"] else found


class CountForm(forms.Form):
    """Notes and coins, each with how many there are."""

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for piece in rules.pieces(currency):
            self.fields[self._name(piece)] = forms.IntegerField(
                label=f"{piece.worth.normalize():f} {piece.kind}",
                min_value=0,
                max_value=rules.MOST_PIECES,
                required=False,
            )
        self.currency = currency

    def count(self) -> dict[str, int]:
        """How many of each piece, those with none left out."""
        typed: Mapping[str, Any] = self.cleaned_data
        return {
            piece.key: typed[self._name(piece)] for piece in rules.pieces(self.currency) if typed[self._name(piece)]
        }

    @staticmethod
    def _name(piece: rules.Piece) -> str:
        return f"n{piece.key.replace('.', '_')}"


class MoveForm(forms.Form):
    """Cash put in, or taken out for the bank or for something small."""

    kind = forms.ChoiceField(
        label="What",
        choices=[
            (kind.value, kind.label)
            for kind in (DrawerEntry.Kind.BANKED, DrawerEntry.Kind.PETTY, DrawerEntry.Kind.ADDED)
        ],
    )
    amount = forms.DecimalField(label="Amount ₹", max_digits=12, decimal_places=2, min_value=Decimal("0.01"))
    reason = forms.CharField(label="What for", max_length=200)
    key = forms.CharField(max_length=120, widget=forms.HiddenInput)

    @classmethod
    def fresh(cls) -> "MoveForm":
        return cls(initial={"key": str(uuid4())})


class WordsForm(forms.Form):
    """Why: a difference, a count put aside, a day opened again."""

    words = forms.CharField(label="Why", max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class DrawerForm(forms.Form):
    """One more drawer."""

    name = forms.CharField(label="Name of the drawer", max_length=60)


class PolicyForm(forms.Form):
    """How the clinic keeps its cash."""

    cash = forms.ChoiceField(label="Cash", choices=TillPolicy.Cash.choices, widget=forms.RadioSelect)
    variance_limit = forms.DecimalField(
        label="A difference up to this needs nobody else ₹", max_digits=12, decimal_places=2, min_value=Decimal(0)
    )


class CloseForm(forms.Form):
    """What the terminal, the app and the bank say of a day."""

    note = forms.CharField(label="Note", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, tenders: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.methods = [row.method for row in tenders]
        for row in tenders:
            self.fields[row.method] = forms.DecimalField(
                label=f"{row.label} says ₹", max_digits=12, decimal_places=2, required=False
            )

    def counted(self) -> dict[str, Decimal]:
        typed = self.cleaned_data
        return {method: typed[method] for method in self.methods if typed[method] is not None}

    @property
    def rows(self) -> list[Any]:
        return [self[method] for method in self.methods]
