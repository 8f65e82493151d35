"""The part of a clearance's page that says what the patient stops and was told."""

from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from kalon.kernel.actors import Actor
from kalon.theatre import queries
from kalon.theatre.models import Clearance
from kalon.theatre.rules.preparing import LONGEST_STOP, last_taken


class StopForm(forms.Form):
    """A medicine, and how long before the operation it is taken for the last time."""

    name = forms.CharField(label="Medicine", max_length=120, error_messages={"required": "Write which medicine."})
    days_before = forms.IntegerField(
        label="Last taken, days before", min_value=1, max_value=LONGEST_STOP, initial=7,
        error_messages={"required": "Write how many days before.", "invalid": "Write a number of days."},
    )  # fmt: skip


def told(found: Clearance, form: Any, by: Actor) -> dict[str, Any]:
    """What is shown of it."""
    rows = queries.stopped_medicines(found.plan_id, seen_by=by)
    days = [(one, last_taken(found.surgery_date, one.days_before)) for one in rows]
    zone = ZoneInfo(found.plan.branch.timezone)
    return {
        "stopped": [(one, day, day < one.created_at.astimezone(zone).date()) for one, day in days],
        "told": queries.preparation_of_plan(found.plan_id, seen_by=by),
        "stop_form": form or StopForm(),
    }
