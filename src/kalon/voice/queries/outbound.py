"""Reads of what was to leave the clinic, of what is taken out besides, and of what was destroyed."""

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from kalon.kernel.actors import Actor
from kalon.kernel.errors import NotFound
from kalon.kernel.models.keys import ErasedKey
from kalon.voice.lifecycles import KEEP, VIEW
from kalon.voice.models import Draft, Mapping, Outbound, OwnPattern, Policy, Verified, VoiceSession
from kalon.voice.queries.sessions import policy, session

TABLES = {
    "voice_voicesession": "Sound of a recording",
    "voice_transcript": "Words of a recording",
    "voice_mapping": "Who stood behind the tokens",
    "voice_draft": "Draft of a note",
    "voice_verified": "What was verified of a draft",
    "voice_outbound": "Text for an engine outside",
}


def own_patterns(*, seen_by: Actor) -> "QuerySet[OwnPattern]":
    """What the clinic takes out besides what is built in, those in use first."""
    seen_by.must(KEEP, do="see what is taken out of texts")
    rows = OwnPattern.objects.filter(organization_id=seen_by.organization_id, ended_at=None)
    return rows.order_by("-is_active", "name", "id")


def own_pattern(pk: UUID, *, seen_by: Actor, lock: bool = False) -> OwnPattern:
    """One pattern of the clinic."""
    rows = own_patterns(seen_by=seen_by).filter(pk=pk)
    found = (rows.select_for_update() if lock else rows).first()
    if found is None:
        raise NotFound("There is no such pattern.")
    return found


def earlier_wordings(pattern: OwnPattern, *, seen_by: Actor) -> list[OwnPattern]:
    """How a pattern was worded before, the latest first."""
    seen_by.must(KEEP, do="see what is taken out of texts")
    rows = OwnPattern.objects.filter(organization_id=seen_by.organization_id, ended_at__isnull=False)
    ended = {row.pk: row for row in rows}
    made: list[OwnPattern] = []
    at = pattern.replaces_id
    while at is not None:
        made.append(ended[at])
        at = made[-1].replaces_id
    return made


def sent_list(session_id: UUID | None = None, *, seen_by: Actor) -> "QuerySet[Outbound]":
    """What was to go to an outside engine, of one recording or of all, newest first, what did not leave included."""
    seen_by.must(VIEW, do="read what was sent")
    rows = Outbound.objects.filter(organization_id=seen_by.organization_id)
    if session_id is not None:
        rows = rows.filter(mapping__session=session(session_id, seen_by=seen_by))
    return rows.select_related("patient", "mapping").order_by("-id")


def sent_one(pk: UUID, *, seen_by: Actor) -> Outbound:
    """One text that was to leave, with what came back."""
    found = sent_list(seen_by=seen_by).filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such text.")
    return found


def destroyed(*, seen_by: Actor) -> "QuerySet[ErasedKey]":
    """The proof of deletion: which keys of recordings were destroyed, when, with their fingerprints; newest first."""
    seen_by.must(KEEP, do="see what was deleted")
    rows = ErasedKey.objects.filter(organization_id=seen_by.organization_id, table_name__in=TABLES)
    return rows.order_by("-destroyed_at", "-id")


def destroyed_of(found: VoiceSession, *, seen_by: Actor) -> list[dict[str, Any]]:
    """What of one recording was destroyed: what it was, when, by whom, and the fingerprint of the key."""
    seen_by.must(VIEW, do="see recordings")
    its = Q(row_id__in=[found.pk, found.transcript.pk])
    for made in (
        Draft.objects.filter(session=found.pk), Verified.objects.filter(draft__session=found.pk),
        Mapping.objects.filter(session=found.pk), Outbound.objects.filter(mapping__session=found.pk),
    ):  # fmt: skip
        its |= Q(row_id__in=made.order_by().values("pk"))
    rows = ErasedKey.objects.filter(its, organization_id=found.organization_id, table_name__in=TABLES)
    return [proof(row) for row in rows.order_by("destroyed_at", "id")]


def proof(row: ErasedKey) -> dict[str, Any]:
    """One destroyed key as it is shown."""
    by = row.also.get("sound_deleted_by") or row.also.get("deleted_by") or ""
    return {
        "what": TABLES[row.table_name],
        "at": row.destroyed_at,
        "by": by,
        "row": row.row_id,
        "fingerprint": bytes(row.key_sha256).hex(),
    }


def keeping(*, seen_by: Actor) -> Policy:
    """For how many days the clinic keeps sound and words."""
    seen_by.must(KEEP, do="see how long recordings are kept")
    return policy(seen_by=seen_by)


def held(*, seen_by: Actor) -> "QuerySet[VoiceSession]":
    """Recordings that a legal matter holds, the longest first."""
    seen_by.must(KEEP, do="see what is held")
    rows = VoiceSession.objects.filter(organization_id=seen_by.organization_id, held_at__isnull=False)
    return rows.select_related("patient", "consultation").order_by("held_at", "id")
