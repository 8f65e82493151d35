"""Registering oneself, without signing in."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse

from kalon.api import Router
from kalon.kernel import actors
from kalon.kernel.actors import Actor, Kind
from kalon.kernel.errors import NotFound
from kalon.kernel.tenancy import acting_as
from kalon.patients import actions, queries
from kalon.patients.api.schemas import OpenedOut, RegistrationCodeIn, RegistrationIn, RegistrationOut
from kalon.patients.models import Patient, Registration
from kalon.people import actions as people_actions
from kalon.web.fronts import actor_of

CONFIRM = "patients_registration_confirm"
public = Router(tags=["self-registration"], auth=None)


@public.post("/register", response={201: RegistrationOut}, auth=None, summary="Ask for an account and a record")
def register(request: HttpRequest, body: RegistrationIn) -> Any:
    """A code is sent to the e-mail address, else to the phone; nothing exists until it comes back."""
    row = actions.start_registration(body.details(), body.password, by=_visitor(request))
    return 201, _answer(row)


@public.post("/register/{uuid:pk}/resend", response=RegistrationOut, auth=None, summary="Send a new code")
def resend(request: HttpRequest, pk: UUID) -> Any:
    return _answer(actions.resend_code(pk, by=_visitor(request)))


@public.post(
    "/register/{uuid:pk}/confirm",
    response={201: OpenedOut},
    auth=None,
    url_name=CONFIRM,
    summary="Open the account by its code",
)
def confirm(request: HttpRequest, pk: UUID, body: RegistrationCodeIn) -> Any:
    """The record, its number, and a bearer token for the account."""
    by = _visitor(request)
    patient = actions.confirm_registration(pk, body.code, by=by)
    return 201, OpenedOut(patient_id=patient.pk, mrn=patient.mrn, token=_first_token(patient, by))


def _first_token(patient: Patient, by: Actor) -> str:
    """A token of the account that this very request opened."""
    us = actors.system("self-registration", by.organization_id)
    with acting_as(us):
        access = queries.account_of(patient.pk, seen_by=us)
        assert access is not None
        holder = Actor(Kind.PATIENT, access.user.name, by.organization_id, access.user_id, patient.pk)
    return people_actions.issue_own_token("opened at registration", by=holder)


def _visitor(request: HttpRequest) -> Actor:
    by = actor_of(request)
    if by.organization_id is None:
        raise NotFound("No clinic answers at this address. Ask the clinic for the address of its pages.")
    return actors.public(by.organization_id).from_origin(by.origin_ip, by.request_id)


def _answer(row: Registration) -> RegistrationOut:
    to = "e-mail" if row.channel == "EMAIL" else "phone"
    return RegistrationOut(
        id=row.pk,
        channel=row.channel,
        expires_at=row.expires_at,
        next=f"Send the code that came to your {to} to {reverse(f'api:{CONFIRM}', args=[row.pk])}.",
    )
