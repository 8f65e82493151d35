"""How a Django form field becomes a control of ours: classes, ids of hint and error, never inline style."""

from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.safestring import SafeString

CLASSES = {
    "text": "input",
    "textarea": "textarea",
    "select": "select",
    "checkbox": "checkbox checkbox-primary",
    "file": "file-input",
}


def field_kind(field: BoundField) -> str:
    """Which of our controls draws this field."""
    widget = field.field.widget
    for kind, widgets in (
        ("hidden", (forms.HiddenInput, forms.MultipleHiddenInput)),
        ("textarea", (forms.Textarea,)),
        ("choices", (forms.CheckboxSelectMultiple,)),
        ("radio", (forms.RadioSelect,)),
        ("select", (forms.Select, forms.SelectMultiple)),
        ("checkbox", (forms.CheckboxInput,)),
        ("file", (forms.FileInput,)),
    ):
        if isinstance(widget, widgets):
            return kind
    return "text"


def drawn(field: BoundField, attrs: dict[str, Any]) -> SafeString:
    """The control alone, as `<c-field>` places it."""
    kind = field_kind(field)
    widget = field.field.widget
    if attrs.pop("bare", None):
        widget.attrs.pop("placeholder", None)
    if kind == "textarea" and str(widget.attrs.get("rows")) == "10":  # Django's default, too tall for us
        widget.attrs["rows"] = 3
    given = {name.replace("_", "-"): value for name, value in attrs.items() if value not in (None, "", False)}
    given["class"] = " ".join(
        word for word in (widget.attrs.get("class", ""), CLASSES.get(kind, ""), given.get("class", "")) if word
    )
    described = [f"{field.auto_id}-hint"] if given.pop("hinted", None) or field.help_text else []
    if field.errors:
        described.append(f"{field.auto_id}-error")
        given["aria-invalid"] = "true"
    given["aria-describedby"] = " ".join(described) or None
    return field.as_widget(attrs={name: value for name, value in given.items() if value is not None})
