"""Asking for the consent to a recording where there is none: the form in use is put before the patient at once."""

from uuid import UUID

from kalon.consents import actions as consents
from kalon.consents import queries as held
from kalon.consents.lifecycles import UNFINISHED
from kalon.consultations import queries as consultations
from kalon.kernel.actors import Actor
from kalon.kernel.errors import NotReady
from kalon.kernel.tenancy import verb
from kalon.voice.actions.sessions import must_stand
from kalon.voice.lifecycles import RECORD

NO_FORM = "This clinic has no form for consents to recordings in use. Publish one under Consent forms first."
KIND = "RECORDING"


@verb
def ask_to_record(consultation_id: UUID, *, by: Actor) -> UUID:
    """The consent to recordings that the patient of a visit is to give now: the one that is open, or a new one."""
    visit = consultations.consultation(consultation_id, seen_by=by)
    by.must(RECORD, at=visit.branch_id, do="record a consultation")
    must_stand(visit.patient)
    rows = held.of_patient(visit.patient_id, seen_by=by).filter(kind=KIND, status__in=UNFINISHED)
    consent = rows.first()
    if consent is None:
        version = held.usable(seen_by=by).filter(kind=KIND).first()
        if version is None:
            raise NotReady(NO_FORM, obstacles=[NO_FORM])
        consent = consents.prepare(visit.patient_id, consents.Wish(version.pk, visit.branch_id), by=by)
    if not consent.is_open:
        consents.present(consent.pk, by=by)
    return consent.pk
