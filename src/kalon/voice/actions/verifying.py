"""A doctor verifies a draft: only then does any of it enter the record, all of it at once or nothing."""

import secrets
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from kalon.consultations import actions as notes
from kalon.consultations import queries as consultations
from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import IllegalMove, Invalid, NotPermitted, NotReady, Stale
from kalon.kernel.tenancy import verb
from kalon.patients import actions as patients
from kalon.patients import queries as patient_queries
from kalon.people import queries as people
from kalon.plans import queries as plans
from kalon.prescribing import actions as prescribing
from kalon.voice import queries
from kalon.voice.lifecycles import NOT_AGREED, RECORD, SESSION, Status
from kalon.voice.models import Draft, Verified, VoiceSession
from kalon.voice.rules.deciding import (
    ITEMS,
    LONGEST,
    LONGEST_REASON,
    SECTIONS,
    SHORTEST_REASON,
    Decision,
    Decisions,
    Part,
    Taken,
    flagged_of,
    is_prescribable,
    kept_words,
    text_of,
)

CONDUCT = "consultations.conduct"
INTO = {"subjective": "subjective", "objective": "examination", "assessment": "assessment", "plan": "plan"}
NOT_YOURS = "This is another doctor's consultation. Its doctor verifies what was drafted of it."
NOT_OPEN = "A note is verified while the patient is with the doctor. Start the consultation, or take its outcome back."
LATER = "A later draft is there. Read that one, and decide again."


@verb
def verify(session_id: UUID, decided: Decisions, *, by: Actor) -> Verified:
    """Write what the doctor let stand into the note, with diagnoses, a prescription draft and the follow-up.

    Every section that says something is decided. What is flagged is taken only with a reason. One unit of work:
    where any part is refused, nothing is written.
    """
    found, draft, body = _held(session_id, decided, by)
    checked = _checked(body, decided)
    visit_id = found.consultation_id
    versions = [version for name in SECTIONS if (version := _noted(visit_id, name, checked[name], by))]
    for one in decided.diagnoses:
        _diagnosed(visit_id, body["diagnoses"][one.number], by)
    _allergic(found, [body["allergies"][one.number] for one in decided.allergies], by)
    prescription = _prescribed(visit_id, body["medicines"], decided.medicines, by)
    follow_up = _followed_up(found, body, decided.follow_up, by)
    made = _kept(found, draft, body, decided, checked, by)
    made.note_versions = versions
    made.prescription_id, made.follow_up_id = prescription, follow_up
    refusals = {"voice_verified_latest": Stale(LATER), "voice_verified_open": IllegalMove(NOT_OPEN)}
    with refusing(refusals):
        made.save(force_insert=True)
    SESSION.move(found, "verify", by=by)
    return made


def may_verify(found: VoiceSession, by: Actor) -> bool:
    """Whether somebody is the consultation's doctor, or a doctor where it has none yet."""
    me, doctor = people.staff_of(by), found.consultation.doctor_id
    may = by.may(RECORD, at=found.branch_id) and by.may(CONDUCT, at=found.branch_id)
    return may and me is not None and doctor in (None, me.pk)


def why_not_now(found: VoiceSession) -> str:
    """What stands in the way of verifying a draft this moment, in a sentence; nothing where nothing does."""
    if found.consultation.status != "IN_CONSULTATION":
        return NOT_OPEN
    return "" if found.consent_holds() else NOT_AGREED


def must_verify(found: VoiceSession, by: Actor) -> None:
    """Refused to everybody but the consultation's doctor."""
    by.must(CONDUCT, at=found.branch_id, do="verify a note")
    if not may_verify(found, by):
        raise NotPermitted(NOT_YOURS, permission=CONDUCT)


def _held(session_id: UUID, decided: Decisions, by: Actor) -> tuple[VoiceSession, Draft, dict[str, Any]]:
    found = queries.session(session_id, seen_by=by, lock=True)
    must_verify(found, by)
    if found.status != Status.DRAFTED:
        SESSION.guard(found, "verify", by=by)
    visit = consultations.consultation(found.consultation_id, seen_by=by)
    if visit.status != "IN_CONSULTATION":
        raise NotReady(NOT_OPEN, obstacles=[NOT_OPEN])
    draft = queries.latest_draft(session_id, seen_by=by)
    if draft is None or draft.number != decided.draft_number:
        raise Stale(LATER)
    body = queries.draft_body(draft, seen_by=by)
    if not body:
        raise IllegalMove("This draft is deleted. Write the note by hand.")
    return found, draft, body


def _checked(body: Mapping[str, Any], decided: Decisions) -> dict[str, Part]:
    """Each section with the words that are written; a section of which nothing was drafted needs no decision."""
    made: dict[str, Part] = {}
    for name in SECTIONS:
        drafted, part = text_of(body, name), decided.sections.get(name)
        if part is None:
            if body["sections"].get(name):
                raise Invalid("Accept, edit or reject each section first.", field=name)
            part = Part(Decision.REJECTED)
        if part.decision not in Decision.values:
            raise Invalid("Accept, edit or reject each section first.", field=name)
        text = {"ACCEPTED": drafted, "REJECTED": ""}.get(part.decision, part.text.strip())
        if part.decision == Decision.EDITED and not text:
            raise Invalid("Write what this section says, or reject it.", field=name)
        if len(text) > LONGEST:
            raise Invalid(f"This is too long; keep it under {LONGEST:,} characters.", field=name)
        made[name] = Part(part.decision, text)
    for kind in ITEMS:
        _items_checked(kind, body[kind], getattr(decided, kind))
    if decided.follow_up is not None:
        if body["follow_up"] is None:
            raise Invalid("No follow-up was drafted.", field="follow_up")
        _reasoned("follow_up", body["follow_up"], decided.follow_up)
    return made


def _items_checked(kind: str, drafted: list[dict[str, Any]], taken: Any) -> None:
    numbers = [one.number for one in taken]
    if len(set(numbers)) != len(numbers) or not all(0 <= number < len(drafted) for number in numbers):
        raise Invalid("This is not in the draft any more. Read it again.", field=kind)
    for one in taken:
        item = drafted[one.number]
        field = f"{kind}_{one.number}"
        if item.get("negated") or (kind == "medicines" and not is_prescribable(item)):
            raise Invalid("This was denied, stopped, or is taken already: it is not written down as new.", field=field)
        _reasoned(field, item, one)


def _reasoned(field: str, item: Mapping[str, Any], one: Taken) -> None:
    if item["flags"] and not SHORTEST_REASON <= len(one.reason.strip()) <= LONGEST_REASON:
        raise Invalid("This is flagged. Write why you mean it, or leave it.", field=field)


def _noted(visit_id: UUID, name: str, part: Part, by: Actor) -> str:
    """Add the words to a section of the note, behind what stands there; the id of the version."""
    if not part.text:
        return ""
    visit = consultations.consultation(visit_id, seen_by=by, lock=True)
    section = INTO[name]
    standing = visit.text_of(section)
    text = f"{standing}\n\n{part.text}" if standing.strip() else part.text
    saved = notes.save_section(visit_id, section=section, text=text, edition=visit.edition_of(section), by=by)
    return str(saved.kept.pk) if saved.kept else ""


def _diagnosed(visit_id: UUID, item: Mapping[str, Any], by: Actor) -> None:
    code = str(item.get("code") or "")
    notes.add_diagnosis(visit_id, code=code, words="" if code else str(item["text"]), by=by)


def _allergic(found: VoiceSession, items: list[dict[str, Any]], by: Actor) -> None:
    """Add what the patient reacts to, to what is known already."""
    if not items:
        return
    known = [
        patients.AllergyDetails(substance=one.substance)
        for one in patient_queries.allergies(found.patient_id, seen_by=by)
    ]
    there = {one.substance.casefold() for one in known}
    new = [
        patients.AllergyDetails(substance=str(one["substance"]), reaction=str(one.get("reaction") or ""))
        for one in items
        if str(one["substance"]).casefold() not in there
    ]
    if new:
        patients.record_allergies(found.patient_id, "KNOWN", [*known, *new], by=by)


def _prescribed(visit_id: UUID, drafted: list[dict[str, Any]], taken: Any, by: Actor) -> UUID | None:
    """A prescription draft with what was taken; how it is taken was said, or chosen by the doctor."""
    if not taken:
        return None
    prescription = prescribing.start(visit_id, by=by)
    for one in taken:
        item = drafted[one.number]
        if one.dose is None or not one.dose_unit or not one.frequency:
            raise Invalid("Say how much, and how often.", field=f"medicines_{one.number}")
        details = prescribing.LineDetails(
            medicine=str(item.get("code") or ""), name=str(item["name"]), strength=one.strength, route=one.route,
            dose=one.dose, dose_unit=one.dose_unit, frequency=one.frequency, every_hours=one.every_hours,
            most_a_day=one.most_a_day, days=one.days, instructions=one.instructions,
        )  # fmt: skip
        try:
            prescribing.add_item(prescription.pk, details, by=by)
        except Invalid as wrong:
            raise Invalid(f"{item['name']}: {wrong.detail}", field=f"medicines_{one.number}") from wrong
    return UUID(str(prescription.pk))


def _followed_up(found: VoiceSession, body: Mapping[str, Any], taken: Taken | None, by: Actor) -> UUID | None:
    """The follow-up as the outcome of the visit, on the day that was agreed."""
    if taken is None:
        return None
    days = taken.days or body["follow_up"]["in_days"]
    if not days:
        raise Invalid("Say in how many days.", field="follow_up")
    notes.record_outcome(found.consultation_id, outcome="FOLLOW_UP", note={}, follow_up_on=due(found, int(days)), by=by)
    planned = plans.follow_ups_of_consultation(found.consultation_id, seen_by=by).order_by("-id").first()
    return UUID(str(planned.pk)) if planned else None


def due(found: VoiceSession, days: int) -> date:
    """The day so many days after today, at the branch."""
    today: date = clock.today(found.branch.timezone)
    return today + timedelta(days=days)


def _kept(
    found: VoiceSession,
    draft: Draft,
    body: Mapping[str, Any],
    decided: Decisions,
    checked: Mapping[str, Part],
    by: Actor,
) -> Verified:
    """What was decided, sealed, with the numbers that name nobody."""
    counts = [part.decision for name, part in checked.items() if body["sections"].get(name)]
    drafted = {name: text_of(body, name) for name in SECTIONS}
    items = sum(len(body[kind]) for kind in ITEMS) + (body["follow_up"] is not None)
    took = {(kind, one.number) for kind in ITEMS for one in getattr(decided, kind)}
    took |= {("follow_up", 0)} if decided.follow_up is not None else set()
    flagged = flagged_of(body)
    made = Verified(
        organization_id=found.organization_id, patient_id=found.patient_id, draft=draft, verified_by=by.name,
        verified_at=clock.now(), accepted=counts.count("ACCEPTED"), edited=counts.count("EDITED"),
        rejected=counts.count("REJECTED"), items_taken=len(took), items_left=items - len(took), flagged=len(flagged),
        flagged_taken=len(took.intersection(flagged)),
        words_drafted=sum(len(text.split()) for text in drafted.values()),
        words_kept=sum(kept_words(drafted[name], checked[name].text) for name in SECTIONS),
    )  # fmt: skip
    made.half = secrets.token_bytes(32).hex()
    kept = {
        "sections": {name: asdict(part) for name, part in checked.items()},
        **{kind: [_told(one) for one in getattr(decided, kind)] for kind in ITEMS},
        "follow_up": _told(decided.follow_up) if decided.follow_up else None,
    }
    made.body = queries.sealed_body(kept, made)
    return made


def _told(one: Taken) -> dict[str, Any]:
    return {name: str(value) if value is not None else None for name, value in asdict(one).items()}
