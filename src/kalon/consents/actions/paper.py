"""The consent on paper: the words as they were shown, every signature, sealed by the clinic, with a code."""

from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.html import format_html

from kalon.consents import queries, rules
from kalon.consents.lifecycles import WAS_SIGNED, Status
from kalon.consents.models import Consent, Signature
from kalon.consents.rules.signing import HIGH, WIDE
from kalon.kernel import outbox
from kalon.kernel.actors import Actor
from kalon.kernel.tenancy import verb
from kalon.papers import actions as papers
from kalon.papers import queries as paper_queries
from kalon.papers.queries import Kind

TEMPLATE = Path(__file__).parent.parent / "templates" / "consents" / "paper" / "consent.typ"
ENDED = {
    Status.REVOKED: "The patient withdrew this consent.",
    Status.EXPIRED: "The time of this consent is over.",
}


@verb
def keep_paper(pk: UUID, *, by: Actor) -> None:
    """Keep the signed paper of a consent, once; withdraw it when the consent has ended."""
    consent = queries.consent(pk, seen_by=by, lock=True)
    if consent.status not in WAS_SIGNED:
        return
    papers_of_it = paper_queries.papers(seen_by=by).filter(source_id=consent.pk, kind=Kind.CONSENT)
    kept = papers_of_it.first()
    if kept is None:
        kept = _make(consent, by)
    if (why := ENDED.get(Status(consent.status))) and kept.withdrawn_at is None:
        papers.withdraw(kept.pk, why, by=by)


def paper_later(consent: Consent) -> None:
    """Have the paper brought in step with its consent, by the worker: a patient's own unit of work signs no papers."""
    from kalon.consents import tasks

    outbox.defer(tasks.keep_paper, organization_id=consent.organization_id, consent_id=consent.pk)


def _make(consent: Consent, by: Actor) -> Any:
    return papers.seal(
        TEMPLATE,
        data_of(consent),
        kind=Kind.CONSENT,
        title=consent.title[:120],
        number=consent.number,
        patient_id=consent.patient_id,
        branch_id=consent.branch_id,
        source_id=consent.pk,
        by=by,
    )


def data_of(consent: Consent) -> dict[str, Any]:
    """What stands on the paper, as plain data."""
    shown, reading = queries.shown(consent), queries.reading(consent)
    zone = ZoneInfo(consent.branch.timezone)
    assert consent.signed_at is not None
    until = consent.valid_until
    return {
        "title": "Consent",
        "heading": shown.title,
        "number": consent.number,
        "language": consent.language,
        "date": _on(consent.signed_at.astimezone(zone)),
        "version": f"Version {consent.content['version']}, {rules.LANGUAGES.get(consent.language, consent.language)}",
        "valid": f"Holds until {_on(until.astimezone(zone))}, unless withdrawn before"
        if until
        else "Holds until it is withdrawn",
        "sections": [
            {
                "heading": section.heading,
                "blocks": [{"kind": kind, "words": words} for kind, words in section.blocks],
                "sources": section.sources,
            }
            for section in shown.sections
        ],
        "parts": [
            {
                "heading": part.section.heading,
                "read": f"read in {part.read.seconds} s" if part.read and part.read.read_at else "",
                "initials": (part.read.initials or "") if part.read else "",
            }
            for part in reading.parts
        ],
        "questions": [{"words": str(one.words), "answer": str(one.answer)} for one in reading.questions],
        "guardianship": consent.guardianship or "",
        "ticks": shown.ticks,
        "signatures": [_signature(one, zone) for one in shown.signatures],
        "words_sha256": consent.content_sha256,
        "seal_sha256": consent.seal_sha256,
    }


def _signature(one: Signature, zone: ZoneInfo) -> dict[str, str]:
    at = one.signed_at.astimezone(zone)
    return {
        "role": str(one.get_role_display()),
        "name": one.name,
        "relation": one.beside,
        "method": one.how,
        "at": f"{_on(at)}, {at:%H:%M}",
        "account": f"Account: {one.account}. {one.place}.",
        "drawing": _drawing(one),
    }


def _drawing(one: Signature) -> str:
    if not one.path:
        return ""
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} {}"><path d="{}" fill="none" stroke="#20302d" '
        'stroke-width="5" stroke-linecap="round" stroke-linejoin="round"/></svg>',
        WIDE,
        HIGH,
        one.path,
    )


def _on(day: Any) -> str:
    return f"{day.day} {day:%B %Y}"
