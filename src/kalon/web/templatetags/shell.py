"""Tags of the shell: icons, addresses of built files, hidden keys, tones."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from django import template
from django.conf import settings
from django.forms import BaseForm, BoundField
from django.forms.boundfield import BoundWidget
from django.http import HttpRequest
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from kalon.kernel import clock
from kalon.kernel.ids import uuid7
from kalon.web import assets
from kalon.web.markup import drawn, field_kind

register = template.Library()

TONES = {tone: f"is-{tone}" for tone in ("info", "ok", "gold", "rose", "brand", "danger", "mute")}
BUTTONS = {
    "primary": "btn-primary",
    "line": "btn-line",
    "ghost": "btn-ghost",
    "danger": "btn-error",
    "quiet": "btn-quiet",
}
SIZES = {"md": "", "sm": "btn-sm", "xs": "btn-xs", "lg": "btn-lg"}
ICON_SIZES = {"12": "icon-12", "14": "icon-14", "18": "icon-18", "20": "icon-20", "24": "icon-24", "32": "icon-32"}
FLIPPED = {"arrow-right", "arrow-left", "chevron-right", "chevron-left", "log-in", "log-out", "undo-2", "send"}


@register.simple_tag
def icon(name: str, size: int | str = 16, classes: str = "", label: str = "") -> SafeString:
    """One drawing from the sprite; silent for screen readers unless it has a label."""
    return _icon(asset("icons.svg"), str(name), str(size), str(classes), str(label))


@lru_cache(maxsize=2048)
def _icon(sprite: str, name: str, size: str, classes: str, label: str) -> SafeString:
    given = ("icon", ICON_SIZES.get(size, ""), "icon-flip" if name in FLIPPED else "", classes)
    voice = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    names = " ".join(word for word in given if word)
    return format_html('<svg class="{}" {}><use href="{}#{}"/></svg>', names, voice, sprite, name)


@register.simple_tag
def status(tone: str, icon_name: str, word: str, style: str = "") -> SafeString:
    """The same as `<c-status>`, three times quicker: for tables of hundreds of rows. style: solid or dash."""
    look = f" {style}" if style in ("solid", "dash") else ""
    return format_html('<span class="k-st {}{}">{}{}</span>', TONES.get(tone, ""), look, icon(icon_name), word)


@register.simple_tag
def asset(name: str) -> str:
    """Address of a built file; it changes with its content, so browsers may keep it for ever."""
    return _address_now(name) if settings.DEBUG else _address(name)


@register.simple_tag
def worker() -> str:
    """Address of the service worker; a new build is a new worker with a new store of files."""
    return f"/sw.js?v={assets.version()}"


@register.simple_tag
def idempotency() -> SafeString:
    """A hidden key: sending the same form twice does the thing once."""
    return format_html('<input type="hidden" name="idempotency_key" value="{}">', uuid7())


@register.simple_tag(takes_context=True)
def query(context: template.Context, **changes: Any) -> str:
    """The present address with some parameters changed; None takes one out."""
    request: HttpRequest = context["request"]
    values = request.GET.copy()
    for name, value in changes.items():
        if value is None or value == "":
            values.pop(name, None)
        else:
            values[name] = str(value)
    return f"?{values.urlencode()}" if values else request.path


@register.simple_tag(takes_context=True)
def address_fields(context: template.Context, *but: str) -> SafeString:
    """The present address as hidden fields of a GET form, without those that the form itself asks for."""
    request: HttpRequest = context["request"]
    kept = [(name, value) for name, values in request.GET.lists() if name not in but for value in values]
    return format_html_join("", '<input type="hidden" name="{}" value="{}">', kept)


@register.filter
def tone(name: str | None) -> str:
    """The class of a tone."""
    return TONES.get(name or "", "")


@register.simple_tag
def button_classes(tone: str = "line", size: str = "md", square: Any = False) -> str:
    """The classes of a button of this tone and size."""
    return " ".join(
        word
        for word in ("btn", BUTTONS.get(tone, "btn-line"), SIZES.get(size, ""), "btn-square" if square else "")
        if word
    )


@register.filter
def kind_of(field: BoundField) -> str:
    """How a form field is drawn: text, textarea, select, checkbox, radio, choices, file."""
    return field_kind(field)


@register.simple_tag
def draw_field(field: BoundField, attrs: dict[str, Any] | None = None, **more: Any) -> SafeString:
    """The control of a form field, with its classes and its links to hint and error."""
    return drawn(field, {**(attrs or {}), **more})


@register.simple_tag
def chip_input(choice: BoundWidget) -> SafeString:
    """The input of one choice, laid invisibly over its chip."""
    choice.data["attrs"] = {**choice.data["attrs"], "class": "k-hide-input"}
    return choice.tag(wrap_label=False)


@register.filter
def fields_in_need(form: BaseForm) -> str:
    """How many fields have an error: “1 field needs you”, “2 fields need you”, or nothing."""
    count = sum(1 for name in form.errors if name in form.fields)
    if not count:
        return ""
    return "1 field needs you" if count == 1 else f"{count} fields need you"


@register.filter
def safe_back(address: str | None) -> str:
    """The page the person came from, if it is one of ours."""
    parts = urlsplit(address or "")
    return parts.path + (f"?{parts.query}" if parts.query else "") or "/"


@register.simple_tag
def greeting() -> str:
    """Good morning, afternoon or evening, at the branch."""
    hour = timezone.localtime(clock.now()).hour
    return "Good morning" if hour < 12 else "Good afternoon" if hour < 17 else "Good evening"


@register.filter
def unless(value: Any, condition: Any) -> Any:
    """The value, or nothing when the condition holds."""
    return "" if condition else value


@register.filter
def times(count: int | str) -> range:
    """One to count."""
    return range(1, int(count or 0) + 1)


@register.filter
def whole(value: int | str) -> int:
    """The number that an attribute holds."""
    return int(value or 0)


@register.filter
def allowed(permission: str, actor: Any) -> bool:
    """`{% if "scheduling.book"|allowed:actor %}`: whether this actor holds the permission anywhere."""
    return actor is not None and bool(actor.may(permission))


@register.filter
def numbered(values: Iterable[Any]) -> list[tuple[int, Any]]:
    """Pairs of number and value, from one."""
    return list(enumerate(values, 1))


@register.simple_tag
def fresh_id(prefix: str = "k") -> str:
    """An id nobody else on the page has."""
    return f"{prefix}-{str(uuid7())[-12:]}"


@register.simple_tag
def qr(value: str, size: int | str = 104, label: str = "") -> SafeString:
    """A QR code as a drawing, dark on white in every theme."""
    import segno

    rows = segno.make(value, error="m", micro=False).matrix
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
    return format_html(
        '<svg width="{}" height="{}" viewBox="0 0 {} {}" fill="currentColor" role="img" aria-label="{}"'
        ' shape-rendering="crispEdges"><path d="{}"/></svg>',
        int(size), int(size), len(rows), len(rows), label or "QR code", path,
    )  # fmt: skip


def _address_now(name: str) -> str:
    return f"{static('built/' + name)}?v={assets.version()}"


_address = lru_cache(_address_now)
