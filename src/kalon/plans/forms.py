"""What people type into the pages of plans."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.forms import BaseFormSet, formset_factory

from kalon.catalog.lifecycles import Category
from kalon.kernel.errors import Invalid
from kalon.plans.actions import (
    FollowUpWish,
    LineDetails,
    Parameter,
    PlanDetails,
    PreferenceDetails,
    RecordDetails,
)
from kalon.plans.lifecycles import ConsentNeed, FollowUpKind, MoneyType, PlanType, Side
from kalon.plans.models import Complication, Praise, Score, Wish

MOST_LINES = 40
FOLLOW_UPS_AT_ONCE = 3


class PlanForm(forms.Form):
    """What is planned, without its lines."""

    plan_type = forms.ChoiceField(label="Kind of plan", choices=PlanType.choices, widget=forms.RadioSelect)
    title = forms.CharField(
        label="Name of the plan", required=False, max_length=200, help_text="Empty: the name of its first line."
    )
    session_count = forms.IntegerField(
        label="Sessions", required=False, error_messages={"invalid": "Write a number of sessions."}
    )
    interval_days = forms.IntegerField(
        label="Days apart", required=False, error_messages={"invalid": "Write a number of days."}
    )
    money_type = forms.ChoiceField(
        label="Charged as", choices=MoneyType.choices, initial=MoneyType.COSMETIC, widget=forms.RadioSelect
    )
    consent = forms.ChoiceField(
        label="Consent",
        choices=ConsentNeed.choices,
        initial=ConsentNeed.REQUIRED,
        required=False,
        widget=forms.RadioSelect,
        help_text="A surgery always needs one, a plan without a procedure never.",
    )
    review_after_days = forms.IntegerField(
        label="Look again after",
        required=False,
        help_text="Days after the plan is completed; empty for no review.",
        error_messages={"invalid": "Write a number of days."},
    )
    doctor = forms.TypedChoiceField(label="Doctor", coerce=UUID, empty_value=None, required=False)
    revises = forms.TypedChoiceField(
        label="Does again", coerce=UUID, empty_value=None, required=False,
        help_text="The completed plan that this one revises; both plans then say so.",
    )  # fmt: skip
    goal = forms.CharField(
        label="What the patient reads", required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )
    note = forms.CharField(
        label="For the staff only", required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 2})
    )
    edition = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, doctors: list[Any], completed: Sequence[tuple[str, str]] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        again: Any = self.fields["revises"]
        again.choices = [("", "Nothing done before"), *completed]
        if not completed:
            again.widget = again.hidden_widget()
        chosen: Any = self.fields["doctor"]
        chosen.choices = [("", "Who saw the patient"), *((str(one.pk), one.name) for one in doctors)]

    def details(self, lines: list[LineDetails]) -> PlanDetails:
        typed = self.cleaned_data
        return PlanDetails(
            plan_type=typed["plan_type"],
            money_type=typed["money_type"],
            consent=typed["consent"],
            title=typed["title"],
            goal=typed["goal"],
            note=typed["note"],
            session_count=typed["session_count"],
            interval_days=typed["interval_days"],
            review_after_days=typed["review_after_days"],
            doctor_id=typed["doctor"],
            revises_id=typed["revises"],
            lines=tuple(lines),
        )


class LineForm(forms.Form):
    """One thing to be done; a line left empty is no line.

    What its entry of the catalogue asks for is drawn with the entry: the side where it has one, the implant where one
    is put in.
    """

    entry = forms.TypedChoiceField(label="Procedure", coerce=UUID, empty_value=None, required=False)
    service = forms.TypedChoiceField(label="Charged by", coerce=UUID, empty_value=None, required=False)
    procedure = forms.CharField(label="Or in your words", required=False, max_length=300)
    side = forms.ChoiceField(label="Side", required=False, choices=[("", "Not said"), *Side.choices])
    technique = forms.CharField(label="Technique", required=False, max_length=1000)
    implant_choice = forms.CharField(
        label="Implant", required=False, max_length=300, help_text="Such as: round, 300 cc, textured."
    )
    minutes = forms.IntegerField(label="Minutes", min_value=5, max_value=1440, required=False)
    quantity = forms.IntegerField(label="Quantity", min_value=1, max_value=999, initial=1, required=False)
    money_type = forms.ChoiceField(
        label="Charged as", required=False, choices=[("", "As the plan"), *MoneyType.choices[:2]]
    )
    note = forms.CharField(label="Remark", required=False, max_length=1000)

    def __init__(self, *args: Any, services: list[tuple[str, str]], entries: Mapping[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["service"]
        chosen.choices = [("", "As the procedure says"), *services]
        listed: Any = self.fields["entry"]
        listed.choices = [("", "Choose, or write it in your words"), *_by_category(entries.values())]
        self.catalogue = entries
        self.unwanted: list[Any] = []  # what the patient said against the entry that is chosen

    @property
    def chosen(self) -> Any:
        """The entry of the catalogue that is chosen, None where the line is in the doctor's words."""
        return self.catalogue.get(str(self["entry"].value() or ""))

    @property
    def is_filled(self) -> bool:
        typed = self.cleaned_data
        return bool(typed.get("entry") or typed.get("service") or typed.get("procedure", "").strip())

    def line(self) -> LineDetails:
        typed = self.cleaned_data
        return LineDetails(
            entry_id=typed["entry"],
            service_id=typed["service"],
            procedure=typed["procedure"],
            side=typed["side"],
            technique=typed["technique"],
            implant_choice=typed["implant_choice"],
            minutes=typed["minutes"],
            quantity=typed["quantity"] or 1,
            money_type=typed["money_type"],
            note=typed["note"],
        )


def _by_category(entries: Iterable[Any]) -> list[tuple[str, list[tuple[str, str]]]]:
    """The catalogue as a list to choose from, each category with a heading."""
    grouped: dict[str, list[tuple[str, str]]] = {}
    for entry in entries:
        grouped.setdefault(entry.get_category_display(), []).append((str(entry.pk), entry.name))
    return sorted(grouped.items())


def line_forms(
    data: Any,
    *,
    services: list[tuple[str, str]],
    entries: Mapping[str, Any],
    initial: list[dict[str, Any]],
    blank: int = 1,
) -> "BaseFormSet[LineForm]":
    """The lines of a plan as they are written, with empty ones at the end."""
    factory = formset_factory(LineForm, extra=blank, max_num=MOST_LINES, absolute_max=MOST_LINES + 1)
    given = {"services": services, "entries": entries}
    made: BaseFormSet[LineForm] = factory(data, prefix="lines", initial=initial, form_kwargs=given)
    return made


class FollowUpForm(forms.Form):
    """When the patient is to be seen again: up to three intervals at once, or a day."""

    interval_1 = forms.IntegerField(label="After days", required=False, min_value=1, max_value=1830)
    interval_2 = forms.IntegerField(label="and after", required=False, min_value=1, max_value=1830)
    interval_3 = forms.IntegerField(label="and after", required=False, min_value=1, max_value=1830)
    due_date = forms.DateField(label="Or on a day", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    kind = forms.ChoiceField(
        label="What for", choices=FollowUpKind.choices[:2], initial=FollowUpKind.REVIEW, required=False
    )
    reason = forms.CharField(label="Reason", required=False, max_length=1000)

    def wishes(self) -> list[FollowUpWish]:
        typed = self.cleaned_data
        days = [typed[f"interval_{n}"] for n in range(1, FOLLOW_UPS_AT_ONCE + 1) if typed[f"interval_{n}"]]
        about = {"kind": typed["kind"] or FollowUpKind.REVIEW, "reason": typed["reason"]}
        wished = [FollowUpWish(interval_days=one, **about) for one in days]
        return [*wished, FollowUpWish(due_date=typed["due_date"], **about)] if typed["due_date"] else wished


class ReasonForm(forms.Form):
    reason = forms.CharField(label="Why", max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class SatisfactionForm(forms.Form):
    """What a patient says once aftercare is over."""

    score = forms.TypedChoiceField(
        label="How satisfied are you?",
        choices=Score.choices,
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose one of the five faces."},
    )
    praise = forms.MultipleChoiceField(
        label="What went well?", choices=Praise.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    good = forms.CharField(
        label="What was good?", required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 2})
    )
    better = forms.CharField(
        label="What could we do better?", required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )
    would_return = forms.TypedChoiceField(
        label="Would you come again, or recommend us?",
        choices=(("yes", "Yes"), ("no", "No")),
        coerce=lambda word: word == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose Yes or No."},
    )
    may_call = forms.BooleanField(label="You may call me about this", required=False)


class SettledForm(forms.Form):
    note = forms.CharField(label="What was done", max_length=4000, widget=forms.Textarea(attrs={"rows": 2}))


class PreferenceForm(forms.Form):
    """What a patient wishes: a procedure of the catalogue or a whole area, what they think of it, and their words."""

    about = forms.ChoiceField(label="Which procedure", error_messages={"required": "Choose one from the list."})
    wish = forms.ChoiceField(
        label="What do you think of it?",
        choices=[choice for choice in Wish.choices if choice[0] != Wish.WITHDRAWN],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose Interested, Not sure yet or Not wanted."},
    )
    note = forms.CharField(
        label="In your words",
        required=False,
        max_length=4000,
        help_text="What you hope for, how or by whom, when, what it may cost.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, procedures: Iterable[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        listed: Any = self.fields["about"]
        areas = [(code, f"{name}, anything") for code, name in Category.choices]
        listed.choices = [("", "Choose"), ("A whole area", areas), *_by_category(procedures)]

    def details(self) -> PreferenceDetails:
        typed = self.cleaned_data
        return preference_details(typed["about"], typed["wish"], typed["note"])


def preference_details(about: str, wish: str, note: str = "") -> PreferenceDetails:
    """A wish about what was chosen: the id of a procedure, or a category."""
    if about in Category.values:
        return PreferenceDetails(wish=wish, category=about, note=note)
    try:
        return PreferenceDetails(wish=wish, procedure_id=UUID(about), note=note)
    except ValueError:
        raise Invalid("Choose one from the list.", field="about") from None


class RecordForm(forms.Form):
    """What is written of a session."""

    before = forms.CharField(label="Before", required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 2}))
    procedure = forms.CharField(
        label="What was done", required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 4})
    )
    after = forms.CharField(label="After", required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 2}))
    next_on = forms.DateField(
        label="Next session on",
        required=False,
        help_text="Empty: as the plan says.",
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    edition = forms.IntegerField(widget=forms.HiddenInput)

    def details(self, parameters: list[Parameter]) -> RecordDetails:
        typed = {name: value for name, value in self.cleaned_data.items() if name != "edition"}
        return RecordDetails(**typed, parameters=tuple(parameters))


class ParameterForm(forms.Form):
    """One setting; a row left empty is none."""

    name = forms.CharField(label="What", required=False, max_length=60)
    value = forms.CharField(label="Value", required=False, max_length=200)
    unit = forms.CharField(label="Unit", required=False, max_length=20)
    pass_number = forms.IntegerField(label="Pass", required=False, min_value=1, max_value=20, initial=1)

    @property
    def is_filled(self) -> bool:
        return bool(self.cleaned_data.get("name", "").strip() or self.cleaned_data.get("value", "").strip())

    def parameter(self) -> Parameter:
        typed = self.cleaned_data
        return Parameter(
            name=typed["name"], value=typed["value"], unit=typed["unit"], pass_number=typed["pass_number"] or 1
        )


def parameter_forms(data: Any, *, initial: list[dict[str, Any]], blank: int = 1) -> "BaseFormSet[ParameterForm]":
    """The settings of a session as they are written, with empty rows at the end."""
    factory = formset_factory(ParameterForm, extra=blank, max_num=MOST_LINES, absolute_max=MOST_LINES + 1)
    made: BaseFormSet[ParameterForm] = factory(data, prefix="parameters", initial=initial)
    return made


class ComplicationForm(forms.Form):
    """Something that went wrong."""

    kind = forms.ChoiceField(label="What happened", choices=[("", "Choose"), *Complication.Kind.choices])
    severity = forms.ChoiceField(label="How severe", choices=[("", "Choose"), *Complication.Severity.choices])
    words = forms.CharField(label="In words", required=False, max_length=4000)


class AddendumForm(forms.Form):
    text = forms.CharField(label="What is to be added", max_length=4000, widget=forms.Textarea(attrs={"rows": 3}))


class ChasingForm(forms.Form):
    """After how many days overdue a patient is reminded; an empty step ends the list."""

    step_1 = forms.IntegerField(label="First reminder, days after the day it was due", min_value=1, max_value=365)
    step_2 = forms.IntegerField(label="Second reminder", min_value=1, max_value=365, required=False)
    step_3 = forms.IntegerField(label="Third reminder", min_value=1, max_value=365, required=False)

    def days(self) -> tuple[int, ...]:
        return tuple(days for n in (1, 2, 3) if (days := self.cleaned_data[f"step_{n}"]))
