"""What is typed about prices and discounts. The verbs check it, and the database has the last word."""

from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Q

from kalon.catalog import queries as catalog
from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.people import queries as people
from kalon.pricing import queries
from kalon.pricing.lifecycles import APPROVE, CHARGE
from kalon.pricing.models import TIERS, FeeSchedule, Tier

DAY = forms.DateInput(attrs={"type": "date"})


def today(by: Actor) -> Any:
    """The day of the clinic, to begin with."""
    return clock.today(people.organization(seen_by=by).timezone)


class ScheduleForm(forms.Form):
    """A new list of prices."""

    name = forms.CharField(label="Name", max_length=120)
    branch = forms.ChoiceField(label="Branch", required=False)
    payer = forms.CharField(
        label="Insurer", max_length=200, required=False,
        help_text="As on the patients' insurance. Empty: for who pays themselves.",
    )  # fmt: skip
    includes_tax = forms.BooleanField(label="Prices include tax", required=False)
    valid_from = forms.DateField(label="Holds from", widget=DAY)

    def __init__(self, *args: Any, by: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["branch"].choices = branches(by)  # type: ignore[attr-defined]
        self.fields["valid_from"].initial = today(by)


class PriceForm(forms.Form):
    """What a service or package costs from a day on."""

    offer = forms.ChoiceField(label="Service or package")
    price = forms.DecimalField(label="Price", max_digits=12, decimal_places=2, min_value=0)
    valid_from = forms.DateField(label="From", widget=DAY)

    def __init__(self, *args: Any, by: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["offer"].choices = [("", "Choose one"), *offers(by)]  # type: ignore[attr-defined]
        self.fields["valid_from"].initial = today(by)

    def of(self) -> dict[str, Any]:
        """Which service or package was chosen."""
        kind, pk = self.cleaned_data["offer"].split(":")
        return {f"{kind}_id": UUID(pk)}


class ProcedurePriceForm(forms.Form):
    """What one procedure costs in one fee schedule from a day on."""

    schedule = forms.ModelChoiceField(
        queryset=FeeSchedule.objects.none(), label="Fee schedule", empty_label="Choose one"
    )
    price = forms.DecimalField(label="Price", max_digits=12, decimal_places=2, min_value=0)
    valid_from = forms.DateField(label="From", widget=DAY)

    def __init__(self, *args: Any, by: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        here = today(by)
        open_ones = queries.schedules(seen_by=by).filter(Q(valid_to=None) | Q(valid_to__gt=here))
        self.fields["schedule"].queryset = open_ones  # type: ignore[attr-defined]
        self.fields["schedule"].label_from_instance = _whose  # type: ignore[attr-defined]
        self.fields["valid_from"].initial = here


def _whose(schedule: FeeSchedule) -> str:
    return ", ".join(part for part in (schedule.name, schedule.payer, str(schedule.branch or "")) if part)


class EndForm(forms.Form):
    """The first day on which something no longer holds."""

    valid_to = forms.DateField(label="Ends before", widget=DAY)


class GroupForm(forms.Form):
    """A new group of patients."""

    name = forms.CharField(label="Name", max_length=80)
    code = forms.CharField(label="Code", max_length=40, help_text="Capital letters, digits, - and _: SENIOR")
    proof = forms.CharField(label="What to ask for", max_length=200, required=False)


class MemberForm(forms.Form):
    """A patient belongs to a group."""

    group = forms.ChoiceField(label="Group")
    valid_from = forms.DateField(label="From", widget=DAY)
    valid_to = forms.DateField(label="Until before", widget=DAY, required=False)
    proof = forms.CharField(label="What was shown", max_length=200, required=False)

    def __init__(self, *args: Any, by: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["group"].choices = [  # type: ignore[attr-defined]
            (str(group.pk), group.name) for group in queries.groups(seen_by=by)
        ]
        self.fields["valid_from"].initial = today(by)


class DiscountForm(forms.Form):
    """A new discount or campaign: exactly one of per cent, amount, and so many free."""

    name = forms.CharField(label="Name", max_length=80, help_text="Patients read it on their bill.")
    code = forms.CharField(label="Code", max_length=40, help_text="Capital letters, digits, - and _: DIWALI-26")
    tier = forms.ChoiceField(
        label="Kind",
        choices=[
            (Tier.PROMOTION, "Promotion: a campaign or a coupon"), (Tier.GROUP, "Special group of patients"),
            (Tier.BULK, "Quantity"), (Tier.STANDARD, "Standard: the desk chooses it"),
        ],
    )  # fmt: skip
    percent = forms.DecimalField(label="Per cent off", max_digits=5, decimal_places=2, required=False)
    amount = forms.DecimalField(label="Or an amount off the line", max_digits=12, decimal_places=2, required=False)
    buy_quantity = forms.IntegerField(label="Or for each so many paid", min_value=1, max_value=1000, required=False)
    free_quantity = forms.IntegerField(label="so many are free", min_value=1, max_value=1000, required=False)
    group_id = forms.ChoiceField(label="Group", required=False)
    min_quantity = forms.IntegerField(label="From a quantity of", min_value=2, max_value=1000, required=False)
    coupon = forms.CharField(label="Coupon code", max_length=40, required=False)
    max_uses = forms.IntegerField(label="Uses in all", min_value=1, max_value=1_000_000, required=False)
    max_uses_each = forms.IntegerField(label="Uses by one patient", min_value=1, max_value=1000, required=False)
    branch_id = forms.ChoiceField(label="Branch", required=False)
    valid_from = forms.DateField(label="From", widget=DAY)
    valid_to = forms.DateField(label="Until before", widget=DAY, required=False)
    offers = forms.MultipleChoiceField(
        label="On which services and packages", required=False, widget=forms.CheckboxSelectMultiple,
        help_text="None chosen: on everything.",
    )  # fmt: skip

    def __init__(self, *args: Any, by: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups = [(str(group.pk), group.name) for group in queries.groups(seen_by=by)]
        self.fields["group_id"].choices = [("", "None"), *groups]  # type: ignore[attr-defined]
        self.fields["branch_id"].choices = branches(by)  # type: ignore[attr-defined]
        self.fields["offers"].choices = offers(by)  # type: ignore[attr-defined]
        self.fields["valid_from"].initial = today(by)

    def details(self) -> dict[str, Any]:
        """What was typed, as the verb takes it."""
        typed = {name: value for name, value in self.cleaned_data.items() if name != "offers"}
        return {**typed, "group_id": typed["group_id"] or None, "branch_id": typed["branch_id"] or None}

    def chosen(self, kind: str) -> list[UUID]:
        """The services, or the packages, that it is on."""
        pairs = (offer.split(":") for offer in self.cleaned_data["offers"])
        return [UUID(pk) for of, pk in pairs if of == kind]


class PolicyForm(forms.Form):
    """How discounts combine, the desk's limit, and points."""

    max_percent = forms.DecimalField(
        label="Most that is taken off a line, per cent", min_value=0, max_value=100, decimal_places=2
    )
    free_percent = forms.DecimalField(
        label="Given by hand without asking, per cent", min_value=0, max_value=100, decimal_places=2,
        help_text="Above it, somebody who may approve discounts decides.",
    )  # fmt: skip
    combining = forms.MultipleChoiceField(
        label="These add up", choices=Tier, required=False, widget=forms.CheckboxSelectMultiple,
        help_text="Any other stands alone, and the patient gets whichever comes to more.",
    )  # fmt: skip
    points_per = forms.DecimalField(
        label="Amount paid for one point", min_value=0, max_digits=12, decimal_places=2, required=False,
        help_text="Empty: no points.",
    )  # fmt: skip
    point_value = forms.DecimalField(label="What a point is worth", min_value=0, max_digits=12, decimal_places=2)
    points_days = forms.IntegerField(label="Days until points expire", min_value=1, max_value=3650)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for place in range(len(TIERS)):
            self.fields[f"place_{place}"] = forms.ChoiceField(label=f"{place + 1}.", choices=Tier.choices)

    @classmethod
    def starting(cls, policy: Any) -> "PolicyForm":
        """With what holds now."""
        names = [name for name in cls.base_fields if not name.startswith("place_")]
        places = {f"place_{place}": tier for place, tier in enumerate(policy.tier_order)}
        return cls(initial={**{name: getattr(policy, name) for name in names}, **places})

    @property
    def places(self) -> list[Any]:
        return [self[f"place_{place}"] for place in range(len(TIERS))]

    def changes(self) -> dict[str, Any]:
        """What was typed, as the verb takes it."""
        order = [self.cleaned_data[f"place_{place}"] for place in range(len(TIERS))]
        typed = {name: value for name, value in self.cleaned_data.items() if not name.startswith("place_")}
        return {**typed, "tier_order": order}


class LimitsForm(forms.Form):
    """Up to how many per cent each role may give by hand."""

    def __init__(self, *args: Any, by: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = {row.role_id: row.percent for row in queries.limits(seen_by=by)}
        self.roles = [role for role in people.roles(seen_by=by) if {CHARGE, APPROVE} & set(role.permissions)]
        for role in self.roles:
            self.fields[f"limit_{role.pk}"] = forms.DecimalField(
                label=role.name, min_value=0, max_value=100, decimal_places=2, required=False,
                initial=held.get(role.pk),
                help_text="Any: may approve discounts." if APPROVE in role.permissions else "",
            )  # fmt: skip

    @property
    def lines(self) -> list[Any]:
        return [self[f"limit_{role.pk}"] for role in self.roles]

    def percents(self) -> dict[UUID, Any]:
        """What was typed, as the verb takes it."""
        return {role.pk: self.cleaned_data[f"limit_{role.pk}"] for role in self.roles}


class DecisionForm(forms.Form):
    """Yes or no to a discount."""

    decision = forms.ChoiceField(choices=[("approve", "Approve"), ("refuse", "Refuse")])
    note = forms.CharField(label="Note", max_length=500, required=False)


class PricesFileForm(forms.Form):
    """A file of prices, looked at before anything is written."""

    file = forms.FileField(label="File (CSV)", help_text="Columns: code, price. Codes are those of the catalogue.")
    valid_from = forms.DateField(label="Prices hold from", widget=DAY)


def branches(by: Actor) -> list[tuple[str, str]]:
    """Every branch to choose from, and all of them."""
    return [("", "All branches"), *((str(branch.pk), branch.name) for branch in people.branches(seen_by=by))]


def offers(by: Actor) -> list[tuple[str, str]]:
    """Services and packages in one list."""
    return [
        *((f"service:{row.pk}", row.name) for row in catalog.services(seen_by=by)),
        *((f"package:{row.pk}", f"{row.name} (package)") for row in catalog.packages(seen_by=by)),
    ]
