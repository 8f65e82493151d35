"""What the clinic asks before it operates, and when the patient is seen again after it."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from kalon.orders import queries as orders
from kalon.theatre import actions, queries
from kalon.theatre.lifecycles import MANAGE
from kalon.theatre.models import Policy
from kalon.web.fronts import actor_of, go, refusals_on, render, staff_page

NUMBER = {"required": "Write a number.", "invalid": "Write a whole number."}


class PolicyForm(forms.Form):
    """Tests, days and hours; what is too much is said by the verb."""

    lab_codes = forms.MultipleChoiceField(
        label="Asked before every operation", required=False, widget=forms.CheckboxSelectMultiple
    )
    lab_days = forms.IntegerField(label="Results at most so many days old", min_value=1, error_messages=NUMBER)
    valid_days = forms.IntegerField(label="A clearance holds for days", min_value=1, error_messages=NUMBER)
    arrive_minutes = forms.IntegerField(label="The patient comes minutes before", min_value=0, error_messages=NUMBER)
    food_hours = forms.IntegerField(label="No food for hours before", min_value=1, error_messages=NUMBER)
    water_hours = forms.IntegerField(label="No water for hours before", min_value=1, error_messages=NUMBER)
    follow_up_days = forms.CharField(
        label="Seen again after days", required=False, max_length=60,
        help_text="Such as 7, 30, 90. Empty: nobody is asked to come again.",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [(one.code, one.name) for one in orders.known_tests()]
        self.fields["lab_codes"].choices = known  # type: ignore[attr-defined]

    @staticmethod
    def said_of(held: Policy) -> dict[str, Any]:
        """What stands, as it is typed."""
        names = ("lab_codes", "lab_days", "valid_days", "arrive_minutes", "food_hours", "water_hours")
        typed = ", ".join(str(day) for day in held.follow_up_days)
        return {**{name: getattr(held, name) for name in names}, "follow_up_days": typed}

    def clean_follow_up_days(self) -> list[int]:
        parts = [part.strip() for part in self.cleaned_data["follow_up_days"].replace(";", ",").split(",")]
        if not all(part.isdecimal() for part in parts if part):
            raise forms.ValidationError("Write days with commas between, such as 7, 30, 90.")
        return [int(part) for part in parts if part]

    def decided(self) -> dict[str, Any]:
        """What was typed, as the verb takes it."""
        said = dict(self.cleaned_data)
        fasting = {name: said.pop(name) for name in ("arrive_minutes", "food_hours", "water_hours")}
        return {**said, "fasting": actions.Fasting(**fasting)}


@require_http_methods(["GET", "POST"])
@staff_page(MANAGE)
def policy(request: HttpRequest) -> HttpResponse:
    """The decisions as they stand, and changing them."""
    by = actor_of(request)
    form = PolicyForm(request.POST or None, initial=PolicyForm.said_of(queries.policy(seen_by=by)))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.set_policy(**form.decided(), by=by)
        if not form.errors:
            return go(request, "theatre:policy", toast="Kept. What is open already keeps its lines.")
    return render(request, "theatre/board/policy.html", {"form": form}, status=422 if form.errors else 200)
