"""What people type about hours, leave and holidays."""

from collections.abc import Mapping
from datetime import date, time
from typing import Any

from django import forms

from kalon.scheduling.actions import ScheduleLine
from kalon.scheduling.forms.visits import DATE, TIME
from kalon.scheduling.models import TimeOff, WeeklySchedule
from kalon.scheduling.models.schedules import Weekday

SLOTS = [(n, f"{n} min") for n in (10, 15, 20, 30, 45, 60)]
BREAKS = 4
MOST_ROWS = 42
MORNING_ENDS = time(13)  # where a half day of leave is cut
MORNING, AFTERNOON = (time(9), time(13)), (time(14), time(18))


class PeriodForm(forms.Form):
    """From which day on new hours hold, and until when."""

    first = forms.DateField(label="Holds from", widget=DATE)
    last = forms.DateField(label="until", required=False, widget=DATE, help_text="Left empty: until further notice.")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("first") and cleaned.get("last") and cleaned["last"] < cleaned["first"]:
            self.add_error("last", "The last day comes after the first.")
        return cleaned


class CopyForm(PeriodForm):
    """Whose week is given to whom."""

    to = forms.ChoiceField(label="To")
    field_order = ["to", "first", "last"]

    def __init__(self, *args: Any, people: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = [("", "Choose a person"), *people]  # type: ignore[attr-defined]


class SpanForm(forms.Form):
    """One stretch of hours on one day of the week, with its breaks."""

    weekday = forms.TypedChoiceField(choices=Weekday.choices, coerce=int, widget=forms.HiddenInput)
    starts_at = forms.TimeField(label="From", widget=TIME)
    ends_at = forms.TimeField(label="To", widget=TIME)
    slot_minutes = forms.TypedChoiceField(choices=SLOTS, coerce=int, initial=30, label="Slots of")
    capacity = forms.IntegerField(min_value=1, max_value=20, initial=1, label="Patients per slot")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for n in range(BREAKS):
            self.fields[f"break_{n}_from"] = forms.TimeField(label="Break from", required=False, widget=TIME)
            self.fields[f"break_{n}_to"] = forms.TimeField(label="to", required=False, widget=TIME)
        kept = self.initial.get("slot_minutes")
        if kept and kept not in dict(SLOTS):  # a grid that came from elsewhere stays as it is
            self.fields["slot_minutes"].choices = [*SLOTS, (kept, f"{kept} min")]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for n in range(BREAKS):
            if bool(cleaned.get(f"break_{n}_from")) != bool(cleaned.get(f"break_{n}_to")):
                self.add_error(f"break_{n}_from", "A break has a beginning and an end.")
        return cleaned

    @property
    def breaks(self) -> list[tuple[time, time]]:
        """The breaks that are filled in."""
        typed = self.cleaned_data
        pairs = ((typed.get(f"break_{n}_from"), typed.get(f"break_{n}_to")) for n in range(BREAKS))
        return [(start, end) for start, end in pairs if start and end]

    @property
    def pauses(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """The fields of the breaks to draw: those in use, and one more."""
        pairs = [(self[f"break_{n}_from"], self[f"break_{n}_to"]) for n in range(BREAKS)]
        used = [pair for pair in pairs if any(field.value() for field in pair)]
        return pairs[: min(len(used) + 1, BREAKS)]

    @property
    def number(self) -> int:
        """Which row of the week it is."""
        return int(str(self.prefix).removeprefix("h"))

    @property
    def day(self) -> int:
        """The weekday the stretch belongs to, also while the rest is half typed."""
        text = str(self["weekday"].value())
        return int(text) if text in map(str, Weekday.values) else 0

    def line(self, first: date, last: date | None) -> ScheduleLine:
        """The stretch as the verb takes it."""
        typed = self.cleaned_data
        names = ("weekday", "starts_at", "ends_at", "slot_minutes", "capacity")
        return ScheduleLine(
            **{name: typed[name] for name in names}, valid_from=first, valid_to=last, breaks=self.breaks
        )


class WeekForm:
    """A week as it is typed: its period, and a row of fields for every stretch of hours.

    Rows are numbered as they come (`h0-starts_at`, `h1-…`); `rows` says how many there are.
    """

    def __init__(self, typed: Mapping[str, str] | None, *, first: date, lines: list[WeeklySchedule]) -> None:
        if typed is None:
            self.period = PeriodForm(initial={"first": first})
            self.spans = [SpanForm(prefix=f"h{n}", initial=_initial(line)) for n, line in enumerate(lines)]
        else:
            self.period = PeriodForm(typed)
            text = str(typed.get("rows", "0"))
            count = min(int(text), MOST_ROWS) if text.isdigit() else 0
            self.spans = [SpanForm(typed, prefix=f"h{n}") for n in range(count)]

    def is_valid(self) -> bool:
        return all([self.period.is_valid(), *[span.is_valid() for span in self.spans]])

    def lines(self) -> list[ScheduleLine]:
        """What was typed, as the verb takes it."""
        typed = self.period.cleaned_data
        return [span.line(typed["first"], typed["last"]) for span in self.spans]

    def days(self) -> list[tuple[int, str, list[SpanForm]]]:
        """Monday to Sunday, each with its stretches."""
        return [(day.value, day.label, [span for span in self.spans if span.day == day]) for day in Weekday]

    def rearranged(self, do: str, typed: Mapping[str, str]) -> None:
        """Carry out a button of the editor on what is typed: add a stretch, take one away, copy a day."""
        name, _, number = do.partition(":")
        if not number.isdigit():
            return
        rows = [_typed(span) for span in self.spans]
        if name == "add" and int(number) in Weekday.values:
            there = [row for row in rows if row["weekday"] == int(number)]
            start, end = AFTERNOON if there else MORNING
            rows.append({"weekday": int(number), "starts_at": start, "ends_at": end, "slot_minutes": 30, "capacity": 1})
        elif name == "remove" and int(number) < len(rows):
            del rows[int(number)]
        elif name == "copy" and int(number) in Weekday.values:
            targets = set(_targets(str(typed.get(f"copy-{number}", "")))) - {int(number)}
            source = [row for row in rows if row["weekday"] == int(number)]
            rows = [row for row in rows if row["weekday"] not in targets]
            rows += [{**row, "weekday": day} for day in sorted(targets) for row in source]
        self.spans = [SpanForm(prefix=f"h{n}", initial=row) for n, row in enumerate(rows[:MOST_ROWS])]


class TimeOffForm(forms.Form):
    """A stretch of days, or of hours, in which nothing is booked; the same every week up to a day."""

    who = forms.ChoiceField(label="Who or what")
    kind = forms.ChoiceField(choices=TimeOff.Kind.choices, label="Kind")
    first = forms.DateField(label="From", widget=DATE)
    starts_at = forms.TimeField(label="at", required=False, widget=TIME)
    last = forms.DateField(label="Until", widget=DATE)
    ends_at = forms.TimeField(label="at", required=False, widget=TIME)
    until = forms.DateField(label="Every week up to", required=False, widget=DATE)
    reason = forms.CharField(
        max_length=200, required=False, label="Note", help_text="The team reads it on the calendar, patients never do."
    )

    def __init__(self, *args: Any, choices: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["who"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        return _in_order(self, super().clean() or {})


class LeaveForm(forms.Form):
    """When somebody wishes to be away: whole days, half a day, or some hours."""

    PARTS = (("day", "Whole days"), ("morning", "The morning"), ("afternoon", "The afternoon"), ("hours", "Some hours"))

    part = forms.ChoiceField(choices=PARTS, initial="day", label="How long", widget=forms.RadioSelect)
    first = forms.DateField(label="From", widget=DATE)
    last = forms.DateField(label="Until", required=False, widget=DATE, help_text="Left empty: one day.")
    starts_at = forms.TimeField(label="Hours from", required=False, widget=TIME)
    ends_at = forms.TimeField(label="to", required=False, widget=TIME)
    note = forms.CharField(
        max_length=300,
        required=False,
        label="Note to the manager",
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        cleaned["last"] = cleaned.get("last") or cleaned.get("first")
        part = cleaned.get("part")
        if part == "hours":
            for name in ("starts_at", "ends_at"):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, "Write from when to when.")
        else:
            cleaned["starts_at"] = MORNING_ENDS if part == "afternoon" else None
            cleaned["ends_at"] = MORNING_ENDS if part == "morning" else None
        if part in ("morning", "afternoon"):
            cleaned["last"] = cleaned.get("first")
        return _in_order(self, cleaned)


class CalendarForm(forms.Form):
    """Whose public holidays a branch is proposed."""

    country = forms.ChoiceField(label="Country")
    subdivision = forms.ChoiceField(label="State or province", required=False)
    categories = forms.MultipleChoiceField(label="Which", widget=forms.CheckboxSelectMultiple)

    def __init__(
        self,
        *args: Any,
        countries: list[tuple[str, str]],
        subdivisions: list[tuple[str, str]],
        categories: list[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"].choices = countries  # type: ignore[attr-defined]
        self.fields["subdivision"].choices = [("", "The whole country"), *subdivisions]  # type: ignore[attr-defined]
        self.fields["categories"].choices = categories  # type: ignore[attr-defined]


class OwnHolidayForm(forms.Form):
    """A day the branch keeps on its own."""

    on_date = forms.DateField(label="Day", widget=DATE)
    name = forms.CharField(
        max_length=120, label="What it is called", widget=forms.TextInput(attrs={"autocomplete": "off"})
    )


class DeclineForm(forms.Form):
    """Why a leave is declined."""

    answer = forms.CharField(max_length=300, label="What you answer", widget=forms.Textarea(attrs={"rows": 2}))


def _in_order(form: forms.Form, cleaned: dict[str, Any]) -> dict[str, Any]:
    first, last = cleaned.get("first"), cleaned.get("last")
    if first and last and last < first:
        form.add_error("last", "The last day comes after the first.")
    return cleaned


def _initial(line: WeeklySchedule) -> dict[str, Any]:
    names = ("weekday", "starts_at", "ends_at", "slot_minutes", "capacity")
    breaks = {
        f"break_{n}_{end}": at
        for n, pause in enumerate(line.breaks.all())
        for end, at in (("from", pause.starts_at), ("to", pause.ends_at))
    }
    return {name: getattr(line, name) for name in names} | breaks


def _typed(span: SpanForm) -> dict[str, Any]:
    """What stands in the fields, right or wrong."""
    return {name: span[name].value() for name in span.fields} | {"weekday": span.day}


def _targets(text: str) -> list[int]:
    if text == "weekdays":
        return list(range(5))
    if text == "all":
        return list(range(7))
    return [int(text)] if text in map(str, Weekday.values) else []
