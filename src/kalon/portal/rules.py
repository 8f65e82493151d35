"""Small readings of what the patient asks for."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.http import HttpRequest

from kalon.portal.forms import BookForm

DAYS_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Wish:
    """What was chosen so far, from the address or from a form that was refused."""

    service: str
    doctor: str
    branch: str
    start: str


def wish(request: HttpRequest, form: BookForm) -> Wish:
    source = request.POST if form.is_bound else request.GET
    return Wish(*(str(source.get(name, "")) for name in ("service", "doctor", "branch", "start")))


def week_of(first: date) -> list[date]:
    """The days offered together."""
    return [first + timedelta(days=offset) for offset in range(DAYS_SHOWN)]
