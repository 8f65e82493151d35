"""Bills in the search box: by their number, or its last digits."""

from typing import Any

from django.urls import reverse

from kalon.billing import queries
from kalon.billing.lifecycles import VIEW
from kalon.web.search import Hit


def find_bills(actor: Any, text: str) -> list[Hit]:
    """Up to five bills whose number holds what was typed; words without a digit find none."""
    if not actor.may(VIEW) or actor.is_patient or not any(letter.isdigit() for letter in text) or len(text) > 16:
        return []
    found = queries.bills(seen_by=actor).filter(number__icontains=text)[:5]
    return [
        Hit(
            title=f"Bill {bill.number}",
            url=reverse("billing:bill", args=[bill.pk]),
            note=bill.get_status_display(),
            icon="receipt",
            group="Bills",
        )
        for bill in found
    ]
