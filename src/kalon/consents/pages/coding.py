"""Signing by a code instead of a drawing, on the patient's own pages and on the clinic's tablet alike."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from kalon.consents import actions, queries
from kalon.consents.models import Consent, SigningCode
from kalon.consents.pages.reading import THEMSELVES
from kalon.web.fronts import actor_of, go


def sent(request: HttpRequest, found: Consent) -> SigningCode | None:
    """The code that waits to be typed; none where whoever signs went back to drawing."""
    if "draw" in request.GET:
        return None
    return queries.code_sent(found, seen_by=actor_of(request))


def offered(request: HttpRequest, found: Consent, role: str) -> dict[str, Any]:
    """What a page needs to offer a code, or to say where one was sent."""
    if role not in THEMSELVES:
        return {}
    name = "my_send_code" if actor_of(request).is_patient else "send_code"
    return {"code_url": reverse(f"consents:{name}", args=[found.pk]), "code_sent": sent(request, found)}


def send(request: HttpRequest, pk: UUID, *, url_name: str) -> HttpResponse:
    """“Sign with a code instead”."""
    made = actions.send_code(pk, by=actor_of(request))
    return go(request, url_name, pk=pk, toast=f"A code was sent to {made.sent_to}")
