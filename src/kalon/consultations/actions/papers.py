"""Papers of a visit, signed by the doctor: the summary, the letter of referral, the medical certificate."""

from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from kalon.consultations import queries
from kalon.consultations.lifecycles import Outcome, Status
from kalon.consultations.models import Consultation
from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.errors import IllegalMove, Invalid, NotReady
from kalon.kernel.tenancy import verb
from kalon.papers import actions as papers
from kalon.papers import queries as signed
from kalon.papers.queries import Kind

PAPER = Path(__file__).parent.parent / "templates" / "consultations" / "paper"
LONGEST = 2000
MOST_DAYS = 90


@verb
def sign_summary(pk: UUID, *, by: Actor) -> Any:
    """The summary of a signed visit, as the patient takes it home."""
    consultation = _signed(pk, by=by)
    data = {
        **_about(consultation),
        "title": "Summary of your visit",
        "parts": [part for part in queries.summary_parts(consultation, seen_by=by) if part["lines"]],
    }
    return _sign("summary.typ", data, consultation, Kind.SUMMARY, by=by)


@verb
def sign_referral(pk: UUID, *, words: str, by: Actor) -> Any:
    """The letter to the doctor to whom the patient is referred; `words` are what is asked of them."""
    consultation = _signed(pk, by=by)
    if consultation.outcome != Outcome.REFERRED or not str(consultation.referred_to).strip():
        raise NotReady("A letter of referral follows the outcome “Referred to another doctor”, which names them.")
    data = {
        **_about(consultation),
        "title": "Referral",
        "to": consultation.referred_to,
        "words": _words(words, "Write what you ask of the other doctor."),
        "parts": [part for part in queries.clinical_parts(consultation, seen_by=by) if part["lines"]],
    }
    return _sign("referral.typ", data, consultation, Kind.REFERRAL, by=by)


@verb
def sign_certificate(pk: UUID, *, first_day: date, last_day: date, words: str, by: Actor) -> Any:
    """The medical certificate that a patient shows at work: unfit from a first to a last day; no diagnosis is named.

    The first day is at most one week before the visit and the span at most 90 days.
    """
    consultation = _seen(pk, by=by)
    if last_day < first_day:
        raise Invalid("The last day comes before the first.", field="last_day")
    if (last_day - first_day).days >= MOST_DAYS:
        raise Invalid(f"A certificate covers at most {MOST_DAYS} days.", field="last_day")
    if (_day(consultation) - first_day).days > 7:
        raise Invalid("A certificate begins at most a week before the visit.", field="first_day")
    data = {
        **_about(consultation),
        "title": "Medical certificate",
        "first_day": _long(first_day),
        "last_day": _long(last_day),
        "days": (last_day - first_day).days + 1,
        "words": _words(words, "", needed=False),
    }
    return _sign("certificate.typ", data, consultation, Kind.SICK_NOTE, by=by)


def _sign(template: str, data: dict[str, Any], of: Consultation, kind: Kind, *, by: Actor) -> Any:
    """Of a visit one paper of a kind holds; whoever looks at the code of the one before reads that it was replaced."""
    if held := signed.holding(of.pk, kind, seen_by=by):
        papers.withdraw(held.pk, "Replaced by a newer one.", by=by)
    return papers.sign(
        PAPER / template,
        data,
        kind=kind,
        title=data["title"],
        number=data["number"],
        patient_id=of.patient_id,
        branch_id=of.branch_id,
        source_id=of.pk,
        by=by,
    )


def _signed(pk: UUID, *, by: Actor) -> Consultation:
    consultation = queries.consultation(pk, seen_by=by, lock=True)
    if consultation.status != Status.CLOSED:
        raise IllegalMove("Sign the consultation first: a paper says what the signed note says.")
    return consultation


def _seen(pk: UUID, *, by: Actor) -> Consultation:
    consultation = queries.consultation(pk, seen_by=by, lock=True)
    if consultation.status not in (Status.IN_CONSULTATION, Status.PLAN_CREATED, Status.CLOSED):
        raise IllegalMove("A certificate follows the examination: start the consultation first.")
    return consultation


def _about(of: Consultation) -> dict[str, Any]:
    patient, on = of.patient, _day(of)
    return {
        "number": of.appointment.number if of.appointment else "",
        "date": _long(on),
        "patient": patient.name,
        "mrn": patient.mrn,
        "born": _long(patient.born) if patient.born else "",
        "doctor": of.doctor.name if of.doctor else "",
        "registration": of.doctor.registration_number if of.doctor else "",
    }


def _words(text: str, sentence: str, *, needed: bool = True) -> str:
    text = text.strip()
    if needed and not text:
        raise Invalid(sentence, field="words")
    if len(text) > LONGEST:
        raise Invalid(f"A letter has at most {LONGEST} letters here.", field="words")
    return text


def _day(of: Consultation) -> date:
    """The day of the visit, as the branch's calendar shows it."""
    zone = ZoneInfo(of.branch.timezone)
    return of.appointment.local_start.date() if of.appointment else clock.today(zone)


def _long(on: date) -> str:
    return f"{on.day} {on:%B %Y}"
