"""Reading messages, wordings, answers, and what each patient wishes."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from kalon.kernel import actors, clock
from kalon.kernel.actors import Actor, Kind
from kalon.kernel.errors import NotFound
from kalon.kernel.lookup import one
from kalon.kernel.tenancy import acting_as, organization_ids
from kalon.messaging import rules
from kalon.messaging.lifecycles import VIEW, Status
from kalon.messaging.models import (
    Answer,
    Channel,
    DeliveryEvent,
    Message,
    Preference,
    PushKey,
    PushSubscription,
    QuietHours,
    Template,
)
from kalon.messaging.models.messages import address_hash
from kalon.messaging.rules.timing import Quiet
from kalon.patients import queries as patients

# How somebody who never said anything is reached. WhatsApp and notifications only reach who asked for them.
USUAL = (Channel.EMAIL, Channel.SMS)


def messages(*, seen_by: Actor, patient_id: UUID | None = None) -> "QuerySet[Message]":
    """What was told, the latest first: all of it for staff who may read it, a patient's own for the patient."""
    if seen_by.kind is not Kind.PATIENT:
        seen_by.must(VIEW, do="read messages")
    rows = Message.objects.filter(organization_id=seen_by.organization_id).select_related("patient").order_by("-id")
    if seen_by.kind is Kind.PATIENT:
        rows = rows.filter(patient_id__person=seen_by.own_patient_id)
    return rows.filter(patient_id__person=patient_id) if patient_id else rows


def message(pk: UUID, *, seen_by: Actor) -> Message:
    """One message."""
    found = one(messages(seen_by=seen_by).filter(pk=pk))
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


def due(*, seen_by: Actor, limit: int) -> "QuerySet[Message]":
    """Messages whose time has come and that nobody was asked to carry yet."""
    rows = messages(seen_by=seen_by).select_related(None)
    return rows.filter(status=Status.QUEUED, released_at=None, due_at__lte=clock.now()).order_by("due_at")[:limit]


def told(codes: Iterable[str], about: Iterable[UUID], *, seen_by: Actor) -> set[str]:
    """What was told already by these codes about any of these: the `once` of each message."""
    rows = messages(seen_by=seen_by).filter(template_code__in=list(codes), about_id__in=list(about)).order_by()
    return set(rows.values_list("once", flat=True))


def answers(*, seen_by: Actor, patient_id: UUID | None = None) -> "QuerySet[Answer]":
    """What people wrote back, the latest first."""
    if seen_by.kind is not Kind.PATIENT:
        seen_by.must(VIEW, do="read what patients answered")
    rows = Answer.objects.filter(organization_id=seen_by.organization_id).select_related("patient").order_by("-id")
    if seen_by.kind is Kind.PATIENT:
        assert seen_by.patient_id is not None
        rows = rows.filter(patient_id__person=seen_by.patient_id)
    return rows.filter(patient_id__person=patient_id) if patient_id else rows


def preference(patient_id: UUID, *, seen_by: Actor) -> Preference:
    """How a patient wishes to be reached; who never said anything wishes the usual (a row that is not saved)."""
    rows = Preference.objects.filter(organization_id=seen_by.organization_id, patient_id__person=patient_id)
    said = sorted(rows, key=lambda wish: wish.patient_id != patient_id)  # of two joined records the one asked for
    return said[0] if said else unsaid(seen_by.organization_id, patient_id)


def unsaid(organization_id: UUID, patient_id: UUID) -> Preference:
    """The wishes of somebody who never said any: news and offers only reach who asks for them."""
    return Preference(organization_id=organization_id, patient_id=patient_id, declined=[rules.Purpose.MARKETING])


def ways(wish: Preference) -> list[str]:
    """The channels to try, the patient's own order first, then the usual ones."""
    return list(dict.fromkeys([*wish.channels, *USUAL]))


def quiet(branch_id: UUID, *, seen_by: Actor) -> Quiet:
    """When a branch writes to nobody."""
    own = QuietHours.objects.filter(organization_id=seen_by.organization_id, branch_id=branch_id).first()
    return Quiet(own.starts_at, own.ends_at) if own else Quiet()


def devices(patient_id: UUID, *, seen_by: Actor) -> "QuerySet[PushSubscription]":
    """The browsers that ask for notifications about a patient."""
    rows = PushSubscription.objects.filter(organization_id=seen_by.organization_id, patient_id__person=patient_id)
    return rows.filter(ended_at=None).select_related("patient")


def push_public_key(*, seen_by: Actor) -> str:
    """What a browser must know to ask for notifications of this clinic; nothing before they are set up."""
    keys = PushKey.objects.filter(organization_id=seen_by.organization_id)
    return keys.values_list("public_key", flat=True).first() or ""


def reachable_patient(patient_id: UUID, *, seen_by: Actor) -> object:
    """The patient whose wishes are shown or changed: any for staff who may read messages, their own for a patient."""
    if seen_by.kind is Kind.PATIENT:
        if seen_by.patient_id != patient_id:
            raise NotFound("There is no such patient.")
        return patients.patient(patient_id, seen_by=seen_by)
    seen_by.must(VIEW, do="see how patients are reached")
    return patients.patient(patient_id, seen_by=seen_by)


def organization_written_to(channel: str, address: str) -> UUID | None:
    """Whose patient writes from an address: the organisation that wrote there last; None when none ever did."""
    latest: list[tuple[datetime, UUID]] = []
    for organization_id in organization_ids():
        with acting_as(actors.system("messaging", organization_id)):
            rows = Message.objects.filter(recipient_hash=address_hash(organization_id, channel, address))
            if at := rows.order_by("-id").values_list("created_at", flat=True).first():
                latest.append((at, organization_id))
    return max(latest)[1] if latest else None


def message_of_provider(provider_id: str, channel: str) -> tuple[UUID, UUID] | None:
    """The organisation and the message that a provider calls by this id."""
    for organization_id in organization_ids():
        with acting_as(actors.system("messaging", organization_id)):
            rows = Message.objects.filter(organization_id=organization_id, channel=channel, provider_id=provider_id)
            if found := rows.values_list("pk", flat=True).first():
                return organization_id, found
    return None
