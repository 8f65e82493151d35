"""Reading messages and wordings."""

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from kalon.kernel.actors import Actor, Kind
from kalon.kernel.errors import NotFound
from kalon.messaging import rules
from kalon.messaging.lifecycles import VIEW, Status
from kalon.messaging.models import DeliveryEvent, Message, Template


def messages(*, seen_by: Actor, patient_id: UUID | None = None) -> "QuerySet[Message]":
    """What was told, the latest first: all of it for staff who may read it, a patient's own for the patient."""
    if seen_by.kind is not Kind.PATIENT:
        seen_by.must(VIEW, do="read messages")
    rows = Message.objects.filter(organization_id=seen_by.organization_id).select_related("patient").order_by("-id")
    if seen_by.kind is Kind.PATIENT:
        rows = rows.filter(patient_id=seen_by.own_patient_id)
    return rows.filter(patient_id=patient_id) if patient_id else rows


def message(pk: UUID, *, seen_by: Actor) -> Message:
    """One message."""
    found = messages(seen_by=seen_by).filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such message. It may belong to another clinic.")
    return found


def log(message: Message, *, seen_by: Actor) -> "QuerySet[DeliveryEvent]":
    """Each attempt to carry it out, the earliest first."""
    seen_by.must(VIEW, do="read messages")
    return message.log.order_by("id")


def lost(*, since: datetime, seen_by: Actor) -> list[UUID]:
    """Messages lost from sight since an instant, to be asked after."""
    rows = messages(seen_by=seen_by).filter(status=Status.UNKNOWN, status_at__gte=since)
    return list(rows.values_list("pk", flat=True))


def templates(*, seen_by: Actor) -> "QuerySet[Template]":
    """The clinic's own wordings."""
    return Template.objects.filter(organization_id=seen_by.organization_id)


def wording(code: str, channel: str, language: str, *, seen_by: Actor) -> rules.Wording:
    """How this is said: the clinic's own words in the language, else what comes with Kalon in it, else English."""
    wanted = (language or rules.FALLBACK).lower().split("-")[0]
    languages = {wanted, rules.FALLBACK}
    rows = templates(seen_by=seen_by).filter(code=code, channel=channel, language__in=languages, is_active=True)
    own = {row.language: rules.Wording(row.subject, row.body, row.language) for row in rows}
    if wanted in own:
        return own[wanted]
    provided = rules.built_in(code, channel, wanted)
    if provided.language == wanted:
        return provided
    return own.get(rules.FALLBACK, provided)
