"""Consents to one session: whether one is asked for, which there is, and what is still to be signed."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from kalon.consents.lifecycles import LIVE, OPEN, Kind, Status, VersionStatus
from kalon.consents.models import Consent, Template
from kalon.consents.queries.consents import consents
from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.plans import queries as plans
from kalon.plans.lifecycles import SESSION, ConsentNeed
from kalon.plans.queries import session_consents

ASK = "The consent to this session is not signed yet. Ask for it here; the patient signs on a phone or this tablet."
PLAN_ENDED = "The consent to this plan does not hold any more. Ask for it anew on the page of the plan first."
WAITS = "The patient has the consent to this session before them. It begins once it is signed."


def of_session(session_id: UUID, *, seen_by: Actor) -> QuerySet[Consent]:
    """Every consent to a session, newest first."""
    return consents(seen_by=seen_by).filter(session_id=session_id)


def is_asked_each(plan_id: UUID) -> bool:
    """Whether each session of a plan is consented to: a form for sessions in use is about what it does."""
    forms = Template.objects.filter(kind=Kind.SESSION, procedures__procedure__in=plans.entries_of(plan_id))
    return forms.filter(versions__status=VersionStatus.PUBLISHED).exists()


def session_missing(session: Any, by: Actor) -> str | None:
    """What is still to be signed before a session, in a sentence; None where nothing is asked, or it holds."""
    if not plan_holds(session.plan):
        return PLAN_ENDED
    live = Consent.objects.filter(session_id=session.pk, status__in=LIVE).first()
    if live is not None and live.holds_at(clock.now()):
        return None
    if live is not None and live.status in OPEN:
        return WAITS
    return ASK if is_asked_each(session.plan_id) else None


def plan_holds(plan: Any) -> bool:
    """Whether the consent to a plan that asks for one is signed, not withdrawn and not run out."""
    if plan.consent != ConsentNeed.REQUIRED:
        return True
    signed = Consent.objects.filter(plan_id=plan.pk, kind=Kind.PROCEDURE, status=Status.SIGNED).first()
    return signed is not None and signed.holds_at(clock.now())


def guard_sessions() -> None:
    """Have a session wait for its consent; the database asks again."""
    session_consents.add(session_missing)
    SESSION.also_requires("start", _consented)


def _consented(session: Any) -> str | None:
    if not plan_holds(session.plan):
        return PLAN_ENDED
    if not is_asked_each(session.plan_id):
        return None
    signed = Consent.objects.filter(session_id=session.pk, status=Status.SIGNED).first()
    return None if signed is not None and signed.holds_at(clock.now()) else ASK
