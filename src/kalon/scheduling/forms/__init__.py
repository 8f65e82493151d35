"""What people type about time, read once for pages and API."""

from kalon.scheduling.forms.schedules import (
    CalendarForm,
    CopyForm,
    DeclineForm,
    LeaveForm,
    OwnHolidayForm,
    PeriodForm,
    SpanForm,
    TimeOffForm,
    WeekForm,
)
from kalon.scheduling.forms.visits import (
    BlockForm,
    BookingForm,
    CodeForm,
    MoveForm,
    OfferForm,
    PlaceForm,
    ReasonForm,
    ScreenForm,
    SeriesForm,
    TargetForm,
    WaitingForm,
)

__all__ = [
    "BlockForm",
    "BookingForm",
    "CalendarForm",
    "CodeForm",
    "CopyForm",
    "DeclineForm",
    "LeaveForm",
    "MoveForm",
    "OfferForm",
    "OwnHolidayForm",
    "PeriodForm",
    "PlaceForm",
    "ReasonForm",
    "ScreenForm",
    "SeriesForm",
    "SpanForm",
    "TargetForm",
    "TimeOffForm",
    "WaitingForm",
    "WeekForm",
]
