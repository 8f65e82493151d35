"""A consent on the clinic's tablet, in the patient's hands: the tablet shows it and nothing else."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from kalon.consents import actions, queries
from kalon.consents.lifecycles import SIGN
from kalon.web import handing
from kalon.web.fronts import actor_of, staff_page


@require_POST
@staff_page(SIGN)
def hand_over(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Give the tablet to the patient: from now on it shows only this consent."""
    actions.open_to_sign(pk, by=actor_of(request))
    within = queries.signing_addresses(pk)
    back = reverse("consents:consent", args=[pk])
    return handing.over(request, to=reverse("consents:sign", args=[pk]), within=within, back=back)


def is_handed_over(request: HttpRequest, pk: UUID) -> bool:
    """Whether this tablet is in a patient's hands, with this consent."""
    return handing.is_over(request, reverse("consents:sign", args=[pk]))
