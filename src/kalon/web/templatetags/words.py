"""Amounts, times and people as the clinic writes them."""

from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django import template
from django.conf import settings
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from kalon.kernel import clock

register = template.Library()
SIGNS = {"INR": "₹", "USD": "$", "EUR": "€", "GBP": "£", "AED": "AED ", "SGD": "S$", "AUD": "A$"}
GROUPED_BY_LAKH = {"INR", "PKR", "BDT", "NPR", "LKR"}
MINUS = "−"
BROWSERS = (("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))  # first match wins
MACHINES = (
    ("iPhone", "an iPhone"),
    ("iPad", "an iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "a Mac"),
    ("Linux", "Linux"),
)


def plain_money(value: Any, *, whole: bool = False, currency: str = "") -> str:
    """An amount with its sign, grouped as its currency is: ₹1,13,280.00."""
    amount = _decimal(getattr(value, "amount", value))
    if amount is None:
        return ""
    code = currency or getattr(value, "currency", "") or getattr(settings, "KALON_CURRENCY", "INR")
    digits, _, cents = f"{abs(amount):.{0 if whole else 2}f}".partition(".")
    grouped = _lakhs(digits) if code in GROUPED_BY_LAKH else f"{int(digits):,}"
    return f"{MINUS if amount < 0 else ''}{SIGNS.get(code, code + ' ')}{grouped}{'.' + cents if cents else ''}"


@register.filter
def money(value: Any, style: str = "") -> SafeString | str:
    """`{{ bill.total|money }}`, or `|money:"whole"` without paise; kept together in right-to-left text."""
    text = plain_money(value, whole=style == "whole")
    return format_html("<bdi>{}</bdi>", text) if text else ""


@register.filter
def quantity(value: Decimal | None) -> str:
    """How much of something, as people write it: 2.5 and 100, not 2.500."""
    return "" if value is None else f"{Decimal(value).normalize():f}"


@register.filter
def when(value: datetime | None) -> str:
    """An instant at the branch: “Today 09:12”, “20 Nov 16:40”, “11 Jan 2025”."""
    if value is None:
        return ""
    local, today = timezone.localtime(value), _today()
    days = (local.date() - today).days
    name = {0: "Today", -1: "Yesterday", 1: "Tomorrow"}.get(days)
    if name:
        return f"{name} {local:%H:%M}"
    if local.year == today.year or abs(days) < 60:
        return f"{local.day} {local:%b %H:%M}"
    return f"{local.day} {local:%b %Y}"


@register.filter
def mid(words: str) -> str:
    """The same words inside a sentence: “today 09:12”."""
    return words[:1].lower() + words[1:]


@register.filter(name="clock")
def hour(value: datetime | None) -> str:
    """The time of day at the branch: 09:12."""
    return f"{timezone.localtime(value):%H:%M}" if value else ""


@register.filter
def day(value: date | datetime | None) -> str:
    """A day of the near past or future: “Thu 26 Nov”, with the year when it is another one."""
    if value is None:
        return ""
    there = _date(value)
    return f"{there:%a} {there.day} {there:%b}" + ("" if there.year == _today().year else f" {there.year}")


@register.filter
def long_day(value: date | datetime | None) -> str:
    """A day for a heading: “Thursday 26 November 2026”."""
    return f"{_date(value):%A} {_date(value).day} {_date(value):%B %Y}" if value else ""


@register.filter
def born(value: date | datetime | None) -> str:
    """A birth date, or the day of an instant at the branch: “14 Mar 1994”."""
    return f"{_date(value).day} {_date(value):%b %Y}" if value else ""


@register.filter
def ago(value: datetime | None) -> str:
    """How long ago, or until, in one unit: “12 min ago”, “in 2 days”."""
    if value is None:
        return ""
    span = clock.now() - value
    words = _span(abs(span))
    if words is None:
        return "just now"
    return f"{words} ago" if span > timedelta(0) else f"in {words}"


@register.filter
def seconds_until(value: datetime | None) -> int:
    """How many seconds are left by the server's clock; a browser's own clock may be wrong."""
    return max(0, round((value - clock.now()).total_seconds())) if value else 0


@register.filter
def seconds_since(value: datetime | None) -> int:
    """How many seconds something goes on by the server's clock; a browser's own clock may be wrong."""
    return max(0, int((clock.now() - value).total_seconds())) if value else 0


@register.filter
def minutes_since(value: datetime | None) -> int:
    """The whole minutes of it."""
    return seconds_since(value) // 60


@register.filter
def age(value: date | None) -> int | str:
    """Completed years since birth."""
    if value is None:
        return ""
    today = _today()
    return today.year - value.year - ((today.month, today.day) < (value.month, value.day))


@register.filter
def initials(name: str | None) -> str:
    """Two letters for a face that has no picture; titles do not count."""
    words = [
        word for word in (name or "").split() if word.rstrip(".").casefold() not in {"dr", "mr", "mrs", "ms", "prof"}
    ]
    letters = [words[0][0], words[-1][0]] if len(words) > 1 else [words[0][:2]] if words else ["?"]
    return "".join(letters).upper()


@register.filter
def device(user_agent: str | None) -> str:
    """A browser and its machine in words: “Chrome on Windows”."""
    text = user_agent or ""
    browser = next((name for mark, name in BROWSERS if mark in text), "A browser")
    machine = next((name for mark, name in MACHINES if mark in text), "")
    return f"{browser} on {machine}" if machine else browser


@register.filter
def minutes_long(value: int | None) -> str:
    """A length: “45 min”, “2 h 30 min”."""
    if value is None:
        return ""
    hours, rest = divmod(int(value), 60)
    return " ".join(
        part for part in (f"{hours} h" if hours else "", f"{rest} min" if rest or not hours else "") if part
    )


@register.simple_tag
def now_at_branch() -> str:
    """Today, as the foot of the navigation shows it: “Tue 24 Nov”."""
    return day(_today())


def _decimal(value: Any) -> Decimal | None:
    if value is None or value == "":
        return None
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


def _lakhs(digits: str) -> str:
    head, tail = digits[:-3], digits[-3:]
    pairs: list[str] = []
    while head:
        pairs.insert(0, head[-2:])
        head = head[:-2]
    return ",".join([*pairs, tail])


def _today() -> date:
    return clock.now().astimezone(timezone.get_current_timezone()).date()


def _date(value: date | datetime) -> date:
    return timezone.localtime(value).date() if isinstance(value, datetime) else value


def _span(span: timedelta) -> str | None:
    seconds = int(span.total_seconds())
    if seconds < 60:
        return None
    for size, one, many in ((86400 * 365, "year", "years"), (86400 * 30, "month", "months"), (86400, "day", "days")):
        if seconds >= size:
            count = seconds // size
            return f"{count} {one if count == 1 else many}"
    return f"{seconds // 3600} h" if seconds >= 3600 else f"{seconds // 60} min"
