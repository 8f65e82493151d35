"""The receipt of a checkout on its way to the patient, as they wish to be told."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from kalon.billing import queries as bills
from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.errors import NotFound
from kalon.kernel.money import ZERO
from kalon.kernel.tenancy import verb
from kalon.messaging import actions as messaging
from kalon.tills import queries
from kalon.tills.lifecycles import TAKE


@verb
def send_receipt(checkout_id: UUID, *, by: Actor) -> Any:
    """Send the patient the way to their receipt, by the channel they chose; None when nothing reaches them.

    Pressed twice in a minute it is sent once.
    """
    made = queries.checkout(checkout_id, seen_by=by)
    if made is None:
        raise NotFound("There is no such checkout.")
    by.must(TAKE, at=made.branch_id, do="send receipts")
    paid = sum((part.amount for part in made.parts.all()), ZERO)
    path = reverse("portal:bill", args=[made.bill_id])
    return messaging.send(
        "receipt",
        to_patient=made.patient,
        data={
            "amount": f"{made.bill.currency} {bills.grouped(paid, made.bill.currency)}",
            "bill": made.bill.number or "",
            "link": f"{settings.KALON_URL.rstrip('/')}{path}",
            "branch": made.branch.name,
        },
        once=f"receipt:{made.pk}:{clock.now():%Y%m%d%H%M}",
        branch=made.branch,
        by=by,
    )
