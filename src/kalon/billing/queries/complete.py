"""What billing answers for in the row above a doctor's signature: is the visit paid?"""

from typing import Any

from django.urls import reverse

from kalon.billing.lifecycles import VIEW
from kalon.billing.queries.bills import bill_for_appointment
from kalon.consultations.queries import completeness
from kalon.kernel.actors import system


def visit_paid(consultation: Any) -> completeness.Answer:
    """Paid when nothing of the visit's bill is owed; not needed where nothing was charged.

    The doctor sees whether, never how much, so the answer does not ask for the right to see bills.
    """
    if consultation.appointment_id is None:
        return completeness.NOT_NEEDED
    by = system("the row above the signature", consultation.organization_id)
    bill = bill_for_appointment(consultation.appointment_id, seen_by=by)
    if bill is None:
        return completeness.NOT_NEEDED
    if bill.owed <= 0:
        return completeness.DONE
    return completeness.missing(
        "The visit is not paid yet; the desk takes the payment.",
        href=reverse("billing:visit", args=[consultation.appointment_id]),
        permission=VIEW,
    )


PAYMENT = completeness.Check("payment", "Payment", visit_paid, order=80)
