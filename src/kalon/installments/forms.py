"""What people type into the pages of payment plans."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django import forms

from kalon.installments import rules
from kalon.installments.lifecycles import Frequency, PlanStatus
from kalon.installments.rules import TermsDetails

FILTERS = [("", "Running"), ("overdue", "Overdue"), (PlanStatus.DEFAULTED, "Broken"), (PlanStatus.COMPLETED, "Paid"),
           (PlanStatus.CANCELLED, "Ended")]  # fmt: skip
METHODS = [("UPI", "UPI"), ("CARD", "Card"), ("CASH", "Cash"), ("BANK", "Bank transfer")]


class DatesForm(forms.Form):
    """New dates for what is still to come."""

    count = forms.IntegerField(label="How many instalments", min_value=1, max_value=rules.MOST_PARTS)
    frequency = forms.ChoiceField(label="How often", choices=Frequency.choices, widget=forms.RadioSelect)
    first_date = forms.DateField(label="First instalment on", widget=forms.DateInput(attrs={"type": "date"}))
    key = forms.CharField(max_length=120, widget=forms.HiddenInput)

    def __init__(self, *args: Any, frequencies: tuple[str, ...] = tuple(Frequency.values), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [(value, label) for value, label in Frequency.choices if value in frequencies]
        self.fields["frequency"].choices = offered  # type: ignore[attr-defined]

    @classmethod
    def fresh(cls, first: date, *, frequencies: tuple[str, ...], **start: Any) -> Any:
        """As it is first shown: three months from the first day on, with a key of its own."""
        usual = Frequency.MONTHLY if Frequency.MONTHLY in frequencies else frequencies[0]
        begin = {"count": 3, "frequency": usual, "first_date": first, "key": str(uuid4()), **start}
        return cls(initial=begin, frequencies=frequencies)


class PlanForm(DatesForm):
    """An agreement on a quote: what is paid today, and the instalments after it."""

    down_payment = forms.DecimalField(
        label="Paid at the beginning ₹", max_digits=12, decimal_places=2, min_value=Decimal(0)
    )


class ReplanForm(DatesForm):
    reason = forms.CharField(label="Why", max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class PaymentForm(forms.Form):
    """Money taken at the desk: pre-filled with what is due, so that one press is enough."""

    method = forms.ChoiceField(label="Paid by", choices=METHODS, widget=forms.RadioSelect)
    amount = forms.DecimalField(label="Amount ₹", max_digits=12, decimal_places=2, min_value=Decimal("0.01"))
    reference = forms.CharField(label="Reference", max_length=80, required=False)
    key = forms.CharField(max_length=120, widget=forms.HiddenInput)

    @classmethod
    def of(cls, due: Decimal) -> "PaymentForm":
        return cls(initial={"method": "UPI", "amount": due, "key": str(uuid4())})


class ReasonForm(forms.Form):
    reason = forms.CharField(label="Why", max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class LoanForm(forms.Form):
    """What a lender approved."""

    lender = forms.CharField(label="Who lends the money", max_length=120)
    reference = forms.CharField(label="The lender's reference", max_length=80)
    approved = forms.DecimalField(label="Approved ₹", max_digits=12, decimal_places=2, min_value=Decimal("0.01"))
    approved_date = forms.DateField(
        label="Approved on", required=False, widget=forms.DateInput(attrs={"type": "date"}), help_text="Empty: today."
    )


class PaidOutForm(forms.Form):
    amount = forms.DecimalField(label="Received ₹", max_digits=12, decimal_places=2, min_value=Decimal("0.01"))
    reference = forms.CharField(label="Transfer reference", max_length=80, required=False)


class _Days(forms.CharField):
    """Numbers of days, with commas between them."""

    def clean(self, value: Any) -> tuple[int, ...]:
        text = super().clean(value)
        try:
            return tuple(int(part) for part in text.replace(" ", ",").split(",") if part)
        except ValueError:
            raise forms.ValidationError("Write numbers of days with commas between them, such as 1, 7, 14.") from None


class TermsForm(forms.Form):
    """What the clinic offers whoever pays in parts."""

    frequencies = forms.MultipleChoiceField(
        label="How often", choices=Frequency.choices, widget=forms.CheckboxSelectMultiple
    )
    most_parts = forms.IntegerField(label="Most instalments", min_value=1, max_value=rules.MOST_PARTS)
    least_down_percent = forms.DecimalField(
        label="At least so much at the beginning, %", max_digits=5, decimal_places=2, min_value=Decimal(0),
        help_text="Where the quote asks for a higher deposit, the deposit counts.",
    )  # fmt: skip
    remind_days = _Days(label="Remind so many days before", required=False, max_length=40)
    chase_days = _Days(
        label="Write again so many days after", required=False, max_length=40,
        help_text="The last of them says that the agreement ends without a word from the patient.",
    )  # fmt: skip
    default_days = forms.IntegerField(
        label="Broken by itself after so many days overdue", required=False, min_value=1, max_value=rules.LATEST_DAY,
        help_text="Empty: only when somebody decides so.",
    )  # fmt: skip

    @classmethod
    def of(cls, terms: TermsDetails, data: Any = None) -> "TermsForm":
        return cls(
            data,
            initial={
                "frequencies": list(terms.frequencies),
                "most_parts": terms.most_parts,
                "least_down_percent": terms.least_down_percent,
                "remind_days": ", ".join(map(str, terms.remind_days)),
                "chase_days": ", ".join(map(str, terms.chase_days)),
                "default_days": terms.default_days,
            },
        )

    def details(self) -> TermsDetails:
        said = self.cleaned_data
        return TermsDetails(
            frequencies=tuple(said["frequencies"]),
            most_parts=said["most_parts"],
            least_down_percent=said["least_down_percent"],
            remind_days=said["remind_days"],
            chase_days=said["chase_days"],
            default_days=said["default_days"],
        )
