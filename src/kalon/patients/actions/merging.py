"""Two records of one person: joined by one verb, separated again by another within a day; no row ever moves."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import Clash, Invalid, NotReady
from kalon.kernel.events import announce
from kalon.kernel.tenancy import verb
from kalon.patients.actions import writing
from kalon.patients.actions.corrections import CORRECTABLE
from kalon.patients.events import PatientCorrected, RecordsJoined, RecordsSeparated
from kalon.patients.lifecycles import JOIN, MERGE
from kalon.patients.models import Allergy, AllergyState, HistoryItem, Merge, Patient
from kalon.patients.queries import joining
from kalon.patients.queries.finding import search_tokens
from kalon.patients.rules.values import line
from kalon.people import queries as people

# What was answered about allergies, and to whom: one answer, which stands or falls together.
ANSWER = ("allergy_state", "allergies_asked_at", "allergies_asked_by")
READ: dict[str, Callable[[str], date]] = {
    "birth_date": date.fromisoformat,
    "allergies_asked_at": datetime.fromisoformat,
}

CHAIN = Clash(
    "One of the two records is part of another join already. Open its page: join into the record that was kept there."
)


@verb
def join_records(survivor_id: UUID, absorbed_id: UUID, take: Sequence[str], reason: str, *, by: Actor) -> Merge:
    """Read `absorbed` as part of `survivor` from now on, and take over some of its details (`take`, of `CORRECTABLE`).

    Refuses with `NotReady` while the absorbed record has something going on; `obstacles` lists each.
    """
    by.must(JOIN, do="join two records")
    if survivor_id == absorbed_id:
        raise Invalid("These are the same record. Choose another one to join into it.", field="absorbed_id")
    if strange := sorted(set(take) - set(CORRECTABLE)):
        raise Invalid("This cannot be taken over.", field=strange[0])
    reason = line(reason, most=300)
    if not reason:
        raise Invalid("Write how you know that both are the same person.", field="reason")
    survivor, absorbed = joining.both_held(survivor_id, absorbed_id, seen_by=by)
    if found := joining.obstacles(absorbed.pk, seen_by=by):
        texts = [one.text for one in found]
        raise NotReady(f"{absorbed.mrn} still has something going on. {' '.join(texts)}", obstacles=texts)
    merge = Merge(
        organization_id=survivor.organization_id,
        survivor=survivor,
        absorbed=absorbed,
        reason=reason,
        joined_by=by.name,
    )
    taken = dict.fromkeys((*take, *(ANSWER if _knows_more(absorbed, survivor) else ())))
    merge.changes = {name: [_held(survivor, name), _held(absorbed, name)] for name in taken}
    with refusing({"patients_merge_chain": CHAIN, "patients_merge_absorbed_once": CHAIN}):
        MERGE.born(merge, name="join", reason=reason)
    if merge.changes:
        _put(survivor, {name: after for name, (_, after) in merge.changes.items()}, beside=absorbed, by=by)
    for one, other in ((survivor, absorbed), (absorbed, survivor)):
        writing.noted_change(one, "joined with another record", by=by, reason=reason, other=str(other.pk))
    announce(RecordsJoined(merge.pk, survivor.pk, absorbed.pk, survivor.organization_id, by))
    return merge


@verb
def undo_merge(pk: UUID, reason: str, *, by: Actor) -> Merge:
    """Separate two joined records again, within 24 hours: details and ended lines are put back as they were.

    What somebody corrected since, and what was newly written on the kept record, stays there.
    """
    by.must(JOIN, do="separate two records")
    found = joining.merge(pk, seen_by=by)
    survivor, absorbed = joining.both_held(found.survivor_id, found.absorbed_id, seen_by=by)
    merge = joining.merge(pk, seen_by=by, locked=True)
    MERGE.move(merge, "undo", by=by, reason=line(reason, most=300))
    back = {name: before for name, (before, after) in merge.changes.items() if _held(survivor, name) == after}
    if not back.keys() >= set(ANSWER):  # asked again since: that answer stays whole
        back = {name: before for name, before in back.items() if name not in ANSWER}
    if back:
        _put(survivor, back, beside=absorbed, by=by)
    for rows in (Allergy.objects.all(), HistoryItem.objects.select_related("patient")):
        for row in rows.filter(patient=absorbed, ended_at__gte=merge.created_at):
            writing.reopen(row)
    for one, other in ((survivor, absorbed), (absorbed, survivor)):
        writing.noted_change(one, "separated from another record", by=by, reason=reason, other=str(other.pk))
    announce(RecordsSeparated(merge.pk, survivor.pk, absorbed.pk, survivor.organization_id, by))
    return merge


def _put(survivor: Patient, details: dict[str, Any], *, beside: Patient, by: Actor) -> None:
    """Give the kept record these details. An ABHA number stands once: with whoever holds it now."""
    here = people.organization(seen_by=by)
    for name, value in details.items():
        setattr(survivor, name, READ[name](value) if name in READ and value else value)
    columns = [*details, "search_tokens", "version"]
    if "abha_number" in details:
        own = writing.abha_hash(here.pk, survivor.abha_number)
        theirs = writing.abha_hash(here.pk, beside.abha_number)
        survivor.abha_hash, beside.abha_hash = own, "" if own == theirs else theirs
        columns.append("abha_hash")
        Patient.objects.filter(pk__in=(survivor.pk, beside.pk)).update(abha_hash="")
        beside.save(update_fields=["abha_hash"])
    survivor.search_tokens = search_tokens(survivor, region=here.country)
    survivor.version += 1
    with refusing({"patients_patient_abha": writing.ABHA_TAKEN}):
        survivor.save(update_fields=columns)
    if details.keys() - set(ANSWER):
        announce(PatientCorrected(survivor.pk, here.pk, tuple(sorted(details.keys() - set(ANSWER))), by))


def _knows_more(absorbed: Patient, survivor: Patient) -> bool:
    """Whether what the absorbed record answers about allergies is to stand: known before none, then what is newer."""
    theirs, ours = absorbed.allergies_asked_at, survivor.allergies_asked_at
    if theirs is None or ours is None:
        return theirs is not None
    known = [one.allergy_state == AllergyState.KNOWN for one in (absorbed, survivor)]
    return known[0] > known[1] or (known[0] == known[1] and theirs > ours)


def _held(patient: Patient, name: str) -> Any:
    """A detail as it can be kept in a box and compared later."""
    value = patient.born if name == "birth_date" else getattr(patient, name)
    return value.isoformat() if isinstance(value, date) else value
