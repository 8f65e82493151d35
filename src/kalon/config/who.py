"""Who asks: a bearer token, a session, or a visitor in front of the organisation's pages."""

from collections.abc import Callable
from uuid import UUID

from django.http import HttpRequest

from kalon.kernel import actors
from kalon.kernel.actors import EVERYWHERE, Actor, Kind
from kalon.kernel.errors import SignInNeeded
from kalon.kernel.tenancy import acting_as
from kalon.patients import queries as patients
from kalon.people import queries as people
from kalon.people.models import Organization, User
from kalon.people.rules import PATIENT_PERMISSIONS, WORKS_AT

ACTING_FOR = "acting_for"  # in the session, or the `X-Acting-For` header: the patient a guardian acts for


def actor_for(request: HttpRequest, *, as_patient: bool) -> tuple[Actor, str]:
    """The actor and how they proved it ("token", "session" or "")."""
    user, via = _user(request)
    if user is None or user.organization_id is None:
        organization_id = people.public_organization_id(request.get_host().split(":")[0])
        return (actors.public(organization_id) if organization_id else Actor(Kind.PUBLIC, "a visitor")), ""
    acting_for = request.headers.get("X-Acting-For") or (request.session.get(ACTING_FOR) if via == "session" else None)
    works_at = _id(request.session.get(WORKS_AT)) if via == "session" else None
    with acting_as(actors.system("sign-in", user.organization_id)):
        finders: tuple[Callable[[], Actor | None], ...] = (
            lambda: people.staff_actor(user, branch_id=works_at),
            lambda: _patient(user, acting_for),
        )
        for find in reversed(finders) if as_patient else finders:
            if actor := find():
                return actor, via
    return actors.public(user.organization_id), ""


def house_of(request: HttpRequest) -> Organization | None:
    """The clinic whose pages these are, on pages that come before knowing who asks."""
    organization_id = getattr(request.user, "organization_id", None) or people.public_organization_id(
        request.get_host().split(":")[0]
    )
    if organization_id is None:
        return None
    visitor = actors.public(organization_id)
    with acting_as(visitor):
        return people.organization(seen_by=visitor)


def _id(text: str | None) -> UUID | None:
    return UUID(text) if text else None


def _user(request: HttpRequest) -> tuple[User | None, str]:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        user = people.user_for_token(token.strip())
        if user is None:
            raise SignInNeeded("This token is unknown, expired or revoked. Make a new one in Settings.")
        return user, "token"
    if request.user.is_authenticated:
        return request.user, "session"
    return None, ""


def _patient(user: User, acting_for: str | None) -> Actor | None:
    patient = patients.patient_for_user(user, acting_for=acting_for)
    if patient is None:
        return None
    return Actor(
        kind=Kind.PATIENT,
        name=user.name,
        organization_id=patient.organization_id,
        user_id=user.pk,
        patient_id=patient.pk,
        role_label="Patient",
        grants={EVERYWHERE: PATIENT_PERMISSIONS},
    )
