"""The operation note: written from its template by whoever operated, signed, corrected by a further note."""

from collections.abc import Mapping
from uuid import UUID

from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.errors import IllegalMove, Invalid
from kalon.kernel.tenancy import verb
from kalon.theatre import queries, rules
from kalon.theatre.actions.naming import clinician
from kalon.theatre.actions.papers import sign_paper
from kalon.theatre.lifecycles import SIGN_NOTE, CaseStatus
from kalon.theatre.models import OperationNote
from kalon.theatre.rules.notes import PARTS

WRITTEN_IN = (CaseStatus.IN_PROGRESS, CaseStatus.COMPLETED, CaseStatus.ABORTED)


@verb
def write_note(case_id: UUID, content: Mapping[str, str], *, by: Actor) -> OperationNote:
    """Keep the note of an operation as far as it is written; what is signed is corrected by a note of its own."""
    by.must(SIGN_NOTE, do="write the note of an operation")
    case = queries.case(case_id, seen_by=by, lock=True)
    if case.status not in WRITTEN_IN:
        raise IllegalMove("The note is written once the case is in theatre.", status_is=case.status)
    staff = clinician(by, "write the note")
    parts = {name: str(content.get(name, "")).strip() for name, _, _ in PARTS}
    if long := next((name for name, words in parts.items() if len(words) > rules.LONGEST), None):
        raise Invalid(f"This is too long; keep it under {rules.LONGEST:,} characters.", field=long)
    latest = queries.note_of(case)
    if latest is not None and latest.signed_at is None:
        latest.content, latest.written_by = parts, staff
        latest.save(update_fields=["content", "written_by"])
        return latest
    made = OperationNote(
        organization_id=case.organization_id, patient=case.patient, case=case, content=parts, written_by=staff,
        corrects=latest,
    )  # fmt: skip
    made.save(force_insert=True)
    return made


@verb
def sign_note(case_id: UUID, *, by: Actor) -> OperationNote:
    """Sign the note under one's own name: it stays as it is from then on, and so does its paper."""
    by.must(SIGN_NOTE, do="sign the note of an operation")
    case = queries.case(case_id, seen_by=by, lock=True)
    note = queries.note_of(case)
    if note is None or note.signed_at is not None:
        raise IllegalMove("Write the note first, then sign it.")
    for name, title, needed in PARTS:
        if needed and not note.content.get(name):
            raise Invalid(f"Write “{title}” first.", field=name)
    note.written_by, note.signed_at = clinician(by, "sign the note"), clock.now()
    note.save(update_fields=["written_by", "signed_at"])
    sign_paper(note, case, by=by)
    return note
