"""Parsing of what is typed, chosen and drawn about quotes."""

import json
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms

from kalon.consents.queries import LONGEST_DRAWING
from kalon.plans.lifecycles import Side
from kalon.quotes.actions import BundleDetails, DefaultLine, LineDetails, PartDetails, PolicyDetails, Signing, Terms
from kalon.quotes.lifecycles import Payer, Section
from kalon.quotes.models import Bundle, BundlePart, Policy, Quote, QuoteLine, QuoteOption
from kalon.quotes.models.bundles import KINDS
from kalon.quotes.models.policies import MAY_BE_ASKED

UNREADABLE = [["unreadable"]]  # refused by the rule with its own sentence


class ReasonForm(forms.Form):
    reason = forms.CharField(label="Why", max_length=500, error_messages={"required": "Write why; it is kept."})


class WordsForm(forms.Form):
    words = forms.CharField(label="Your question", max_length=4000, widget=forms.Textarea(attrs={"rows": 3}))


class OptionForm(forms.Form):
    """Another way that is offered."""

    title = forms.CharField(label="Name of the option", max_length=120)
    words = forms.CharField(label="What it is, for the patient", required=False, max_length=400)
    like = forms.ChoiceField(label="Begin with", required=False)

    def __init__(self, *args: Any, options: list[QuoteOption], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(one.pk), f"the lines of {one.letter}") for one in options]
        self.fields["like"].choices = [*choices, ("", "no lines")]  # type: ignore[attr-defined]


class LineForm(forms.Form):
    """One thing to be paid."""

    section = forms.ChoiceField(label="Part of the price", choices=Section.choices)
    service_id = forms.ChoiceField(label="Service", required=False)
    description = forms.CharField(
        label="Description", required=False, max_length=200, help_text="Empty: the service's name."
    )
    quantity = forms.DecimalField(label="Quantity", initial=1, max_digits=9, decimal_places=3)
    unit_price = forms.DecimalField(
        label="Price of one, before tax", required=False, max_digits=12, decimal_places=2,
        help_text="Empty: what the service costs today.",
    )  # fmt: skip
    discount = forms.DecimalField(label="Discount", required=False, max_digits=12, decimal_places=2)
    discount_reason = forms.CharField(label="Why a discount", required=False, max_length=200)
    tax_code = forms.ChoiceField(label="Tax", required=False)
    payer = forms.ChoiceField(label="Asked of", choices=Payer.choices, initial=Payer.PATIENT)

    def __init__(self, *args: Any, services: list[Any], taxes: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [(str(one.pk), one.name) for one in services]
        self.fields["service_id"].choices = [("", "Something else"), *offered]  # type: ignore[attr-defined]
        self.fields["tax_code"].choices = [("", "As the service"), *((code, code) for code in taxes)]  # type: ignore[attr-defined]

    def details(self) -> LineDetails:
        said = self.cleaned_data
        return LineDetails(
            section=said["section"],
            service_id=said["service_id"] or None,
            description=said["description"],
            quantity=said["quantity"],
            unit_price=said["unit_price"],
            discount=said["discount"] or LineDetails().discount,
            discount_reason=said["discount_reason"],
            tax_code=said["tax_code"],
            payer=said["payer"],
        )

    @staticmethod
    def said_of(line: QuoteLine) -> dict[str, Any]:
        """What a line says already, to go on from."""
        names = ("section", "description", "quantity", "unit_price", "discount", "discount_reason", "tax_code", "payer")
        return {**{name: getattr(line, name) for name in names}, "service_id": str(line.service_id or "")}


class TermsForm(forms.Form):
    """Until when it is offered, and the deposit."""

    valid_until = forms.DateField(label="Open until", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    deposit_percent = forms.DecimalField(label="Deposit, per cent", required=False, max_digits=5, decimal_places=2)
    deposit_amount = forms.DecimalField(label="or an amount", required=False, max_digits=12, decimal_places=2)
    words = forms.CharField(
        label="Words to the patient", required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 2})
    )

    def terms(self) -> Terms:
        return Terms(**self.cleaned_data)

    @staticmethod
    def said_of(quote: Quote) -> dict[str, Any]:
        names = ("valid_until", "deposit_percent", "deposit_amount", "words")
        return {name: getattr(quote, name) for name in names}


class SignForm(forms.Form):
    """One option, and the signature under it: drawn into the field, or the name typed."""

    words = forms.CharField(widget=forms.HiddenInput)
    role = forms.CharField(widget=forms.HiddenInput, required=False)
    option = forms.ChoiceField(label="Your choice", error_messages={"required": "Choose one of the options."})
    strokes = forms.CharField(widget=forms.HiddenInput, required=False, max_length=LONGEST_DRAWING)
    name = forms.CharField(label="Your full name", required=False, max_length=200)

    def __init__(self, *args: Any, quote: Quote, options: list[QuoteOption], **kwargs: Any) -> None:
        kwargs["initial"] = {"words": quote.content_sha256, "option": str(options[0].pk), **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        self.fields["option"].choices = [(str(one.pk), one.title) for one in options]  # type: ignore[attr-defined]
        self.fields["name"].required = not self.is_bound  # one of the two is needed: to the eye it is no wish

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if not said.get("strokes") and not said.get("name", "").strip():
            self.add_error("strokes", "Sign in the field, or type your full name.")
        return said

    def signing(self) -> Signing:
        said = self.cleaned_data
        return Signing(
            option_id=_uuid(said["option"]), name=said["name"], strokes=_read(said["strokes"]), words=said["words"]
        )


class PaperForm(forms.Form):
    """An option accepted on paper at the desk."""

    words = forms.CharField(widget=forms.HiddenInput)
    option = forms.ChoiceField(label="Which option", widget=forms.RadioSelect)
    name = forms.CharField(label="Who signed", max_length=200)
    note = forms.CharField(label="Why on paper, and where the paper is kept", max_length=500)

    def __init__(self, *args: Any, quote: Quote, options: list[QuoteOption], **kwargs: Any) -> None:
        kwargs["initial"] = {"words": quote.content_sha256, **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        self.fields["option"].choices = [(str(one.pk), f"{one.letter}: {one.title}") for one in options]  # type: ignore[attr-defined]

    def signing(self) -> Signing:
        said = self.cleaned_data
        return Signing(
            option_id=_uuid(said["option"]), name=said["name"], on_paper=True, note=said["note"], words=said["words"]
        )


class SelfPayForm(forms.Form):
    """A patient who pays a reconstructive plan themselves."""

    note = forms.CharField(label="Why no insurer is asked", max_length=500)
    role = forms.CharField(widget=forms.HiddenInput, required=False)
    words = forms.CharField(widget=forms.HiddenInput, required=False)
    strokes = forms.CharField(widget=forms.HiddenInput, required=False, max_length=LONGEST_DRAWING)
    name = forms.CharField(label="Full name of the patient", required=False, max_length=200)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if not said.get("strokes") and not said.get("name", "").strip():
            self.add_error("strokes", "Sign in the field, or type the full name.")
        return said

    def signing(self) -> Signing:
        said = self.cleaned_data
        return Signing(name=said["name"], strokes=_read(said["strokes"]), note=said["note"])


class PolicyForm(forms.Form):
    """What is asked before a plan is booked."""

    asked_for = forms.MultipleChoiceField(
        label="An accepted quote is asked before booking", required=False, widget=forms.CheckboxSelectMultiple,
        choices=[(str(kind), kind.label) for kind in MAY_BE_ASKED],
    )  # fmt: skip
    deposit_percent = forms.DecimalField(label="Deposit, per cent of the quote", max_digits=5, decimal_places=2)
    valid_days = forms.IntegerField(label="A quote is open for, in days")
    remind_days = forms.IntegerField(label="Remind the patient before it ends, in days", help_text="0: never.")
    hold_days = forms.IntegerField(label="An accepted price is held for booking, in days")

    def details(self) -> PolicyDetails:
        return PolicyDetails(**self.cleaned_data)

    @staticmethod
    def said_of(policy: Policy) -> dict[str, Any]:
        names = ("asked_for", "deposit_percent", "valid_days", "remind_days", "hold_days")
        return {name: getattr(policy, name) for name in names}


class DefaultForm(forms.Form):
    """One thing that usually comes with a service; an empty description leaves it out."""

    section = forms.ChoiceField(label="Part of the price", choices=Section.choices, initial=Section.FACILITY)
    description = forms.CharField(label="Description", max_length=200)
    quantity = forms.DecimalField(label="Quantity", initial=1, max_digits=9, decimal_places=3)
    unit_price = forms.DecimalField(label="Price of one, before tax", max_digits=12, decimal_places=2)
    tax_code = forms.ChoiceField(label="Tax", required=False)

    def __init__(self, *args: Any, taxes: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tax_code"].choices = [("", "None"), *((code, code) for code in taxes)]  # type: ignore[attr-defined]

    def line(self) -> DefaultLine:
        return DefaultLine(**self.cleaned_data)


def _read(strokes: str) -> Any:
    if not strokes:
        return None
    try:
        return json.loads(strokes)
    except ValueError:
        return UNREADABLE


def _uuid(text: str) -> Any:
    return UUID(text)


class DepositForm(forms.Form):
    """The deposit as it is taken at the desk."""

    amount = forms.DecimalField(
        max_digits=12,
        decimal_places=2,
        min_value=Decimal("0.01"),
        error_messages={
            "required": "Write how much is paid.",
            "invalid": "Write an amount above zero, with at most two places after the point.",
            "min_value": "Write an amount above zero, with at most two places after the point.",
            "max_decimal_places": "Write an amount above zero, with at most two places after the point.",
        },
    )
    method = forms.ChoiceField(choices=[(way, way) for way in ("UPI", "CARD", "CASH", "BANK")])
    reference = forms.CharField(max_length=80, required=False)
    key = forms.CharField(max_length=120)


class BundleForm(forms.Form):
    """What is offered together, without its parts."""

    name = forms.CharField(label="Name of the bundle", max_length=120)
    price = forms.DecimalField(
        label="One price for all, before tax", required=False, max_digits=12, decimal_places=2,
        help_text="Shared by what each part costs that day.",
    )  # fmt: skip
    percent = forms.DecimalField(
        label="or per cent less than the parts", required=False, max_digits=5, decimal_places=2
    )

    def details(self, parts: list[PartDetails]) -> BundleDetails:
        return BundleDetails(**self.cleaned_data, parts=parts)

    @staticmethod
    def said_of(bundle: Bundle) -> dict[str, Any]:
        return {name: getattr(bundle, name) for name in ("name", "price", "percent")}


class PartForm(forms.Form):
    """One treatment of a bundle; without a service it is left out."""

    service = forms.TypedChoiceField(label="Treatment", coerce=UUID, empty_value=None, required=False)
    plan_type = forms.ChoiceField(label="Kind of plan", choices=[(str(kind), kind.label) for kind in KINDS])
    side = forms.ChoiceField(label="Side", required=False, choices=[("", "Not said"), *Side.choices])
    technique = forms.CharField(label="Technique", required=False, max_length=200)
    quantity = forms.IntegerField(label="Quantity", initial=1, min_value=1, max_value=999)
    session_count = forms.IntegerField(label="Sessions", initial=1, min_value=1, max_value=60)
    interval_days = forms.IntegerField(label="Days apart", required=False, min_value=1, max_value=366)

    def __init__(self, *args: Any, services: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["service"]
        chosen.choices = [("", "Choose"), *services]

    def part(self) -> PartDetails:
        said = dict(self.cleaned_data)
        return PartDetails(service_id=said.pop("service"), **said)

    @staticmethod
    def said_of(part: BundlePart) -> dict[str, Any]:
        names = ("plan_type", "side", "technique", "quantity", "session_count", "interval_days")
        return {**{name: getattr(part, name) for name in names}, "service": str(part.service_id)}
