"""Reads of drafts and of what doctors made of them."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from kalon.kernel.actors import Actor
from kalon.voice.lifecycles import VIEW
from kalon.voice.models import Draft, Outbound, Verified
from kalon.voice.queries.places import is_gone, opened, sealed
from kalon.voice.queries.usage import CLAUDE, usage_of

HOUSE = "house"
KEPT_HERE = "It would still have named somebody, so nothing was sent."


@dataclass(frozen=True, slots=True)
class Asked:
    """What became of the wish for a draft by an engine outside: a further draft, a failure, or neither yet."""

    further: Draft | None = None
    failure: str = ""


def draft_place(pk: UUID) -> str:
    return f"voice_draft.body:{pk}"


def verified_place(pk: UUID) -> str:
    return f"voice_verified.body:{pk}"


def written_body(body: dict[str, Any]) -> bytes:
    """A body as it is sealed."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def sealed_body(body: dict[str, Any], of: Draft | Verified) -> bytes:
    """A body under the row's own key and its half; set both before."""
    place = draft_place(of.pk) if isinstance(of, Draft) else verified_place(of.pk)
    return sealed(written_body(body), of, place)


def latest_draft(session_id: UUID, *, seen_by: Actor) -> Draft | None:
    """The draft of a recording that counts."""
    seen_by.must(VIEW, do="read drafted notes")
    rows = Draft.objects.filter(organization_id=seen_by.organization_id, session_id=session_id)
    return rows.select_related("patient").order_by("-number").first()


def asked_outside(session_id: UUID, *, shown: int, since: datetime, seen_by: Actor) -> Asked:
    """What became of a draft that was wished for since then, where the draft of that number is shown."""
    latest = latest_draft(session_id, seen_by=seen_by)
    if latest is not None and latest.number > shown:
        return Asked(further=latest)
    used = usage_of(session_id, seen_by=seen_by).filter(engine=CLAUDE, created_at__gte=since).exclude(failure="")
    if (failed := used.first()) is not None:
        return Asked(failure=failed.failure)
    sent = Outbound.objects.filter(organization_id=seen_by.organization_id, mapping__session_id=session_id)
    refused = sent.filter(created_at__gte=since, usage=None).exists()
    return Asked(failure=KEPT_HERE if refused else "")


def draft_body(draft: Draft, *, seen_by: Actor) -> dict[str, Any]:
    """What was drafted; empty once its key is destroyed."""
    seen_by.must(VIEW, do="read drafted notes")
    if is_gone(draft):
        return {}
    return dict(json.loads(opened(bytes(draft.body), draft, draft_place(draft.pk))))


def verified_of(session_id: UUID, *, seen_by: Actor) -> Verified | None:
    """What a doctor made of the draft of a recording."""
    seen_by.must(VIEW, do="read drafted notes")
    rows = Verified.objects.filter(organization_id=seen_by.organization_id, draft__session_id=session_id)
    return rows.select_related("patient", "draft").first()


def verified_body(found: Verified, *, seen_by: Actor) -> dict[str, Any]:
    """What a doctor let stand and took; empty once its key is destroyed."""
    seen_by.must(VIEW, do="read drafted notes")
    if is_gone(found):
        return {}
    return dict(json.loads(opened(bytes(found.body), found, verified_place(found.pk))))
