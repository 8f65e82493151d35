"""Samples for the component sheet: invented people and amounts, every state once."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.core.paginator import Paginator

from kalon.kernel import clock


class SampleForm(forms.Form):
    """A form in which two fields need the person."""

    phone = forms.CharField(
        label="Mobile number", min_length=14, error_messages={"min_length": "Two digits are missing"}
    )
    born = forms.DateField(
        label="Born", input_formats=["%d %b %Y"], error_messages={"invalid": "This day does not exist"}
    )
    heard = forms.CharField(label="Heard about us", required=False, help_text="A friend, a search, a doctor.")
    kind = forms.ChoiceField(label="Kind", required=False, choices=[("a", "Consultation"), ("b", "Follow-up")])
    allergies = forms.MultipleChoiceField(
        label="Allergic to any of these?", required=False, widget=forms.CheckboxSelectMultiple,
        choices=[("lidocaine", "Lidocaine"), ("penicillin", "Penicillin"), ("latex", "Latex")],
    )  # fmt: skip
    notes = forms.CharField(label="Notes", required=False, widget=forms.Textarea)
    agreed = forms.BooleanField(label="Send me reminders by WhatsApp", required=False)


STEPS = [
    {"label": "Consultation", "fact": "3 Nov, Dr Shah", "state": "done"},
    {"label": "Plan", "fact": "Open rhinoplasty", "state": "done"},
    {"label": "Quote accepted", "fact": "₹2,10,630", "state": "done"},
    {"label": "Consent signed", "fact": "Version 3, 19 Nov", "state": "done"},
    {"label": "Clearance 5/7", "fact": "2 left, due 7 Dec", "state": "now"},
    {"label": "Theatre", "fact": "Wed 9 Dec, held", "state": "todo"},
    {"label": "Case", "fact": "2 h 30 min", "state": "todo"},
    {"label": "Follow-up", "fact": "5 visits to 1 year", "state": "todo"},
]
ALLERGIES = [
    {"substance": "Penicillin", "reaction": "anaphylaxis", "year": 2019},
    {"substance": "Latex", "reaction": "contact rash"},
]
VISITS = [
    (
        "24 Nov 15:00",
        "Neha Kulkarni",
        "SK-000311",
        "Rhinoplasty consultation",
        "Dr Rohan Shah",
        "confirmed",
        Decimal(0),
    ),
    ("24 Nov 15:30", "Sameer Bhat", "SK-000287", "Quote review", "Dr Rohan Shah", "expected", Decimal(0)),
    ("24 Nov 10:00", "Sunita Reddy", "SK-000190", "Toxin review", "Dr Kavya Menon", "no-show", Decimal(1500)),
]


def samples() -> dict[str, Any]:
    """What the sheet shows."""
    now = clock.now()
    form = SampleForm(
        {"phone": "+91 98470 552", "born": "31 Feb 1994", "heard": "A friend", "allergies": ["lidocaine"]}
    )
    form.is_valid()
    return {
        "now": now,
        "earlier": now - timedelta(minutes=16),
        "last_year": now - timedelta(days=315),
        "soon": now + timedelta(seconds=252),
        "born": date(1994, 3, 14),
        "form": form,
        "steps": STEPS,
        "allergies": ALLERGIES,
        "visits": VISITS,
        "amount": Decimal("113280"),
        "page": Paginator(range(120), 30).page(2),
        "tabs": [
            {"label": word, "url": "#", "current": word == "Timeline"}
            for word in ("Timeline", "Plans", "Notes", "Photos", "Billing")
        ],
        "views": [{"label": word, "url": "#", "current": word == "Day"} for word in ("Day", "Week", "List")],
        "kinds": [{"label": word, "value": word} for word in ("PACKAGE", "PER ITEM", "HYBRID")],
        "facts": [("Price", "₹8,500.00"), ("GST 18%", "₹1,530.00"), ("Total", "₹10,030.00")],
    }
