"""Operations that patients are asked to agree to: half read, asked about, signed, waiting, withdrawn, run out."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from kalon.catalog import queries as catalog
from kalon.config.seed.clinic import Place
from kalon.config.seed.consents import written
from kalon.config.seed.quotes import own_visit
from kalon.consents import actions, queries
from kalon.consents.actions import Role, Signing
from kalon.consultations import queries as encounters
from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.tenancy import acting_as
from kalon.plans import actions as plans
from kalon.plans.actions import LineDetails, PlanDetails

LIDS = {"code": "BLEPHAROPLASTY", "side": "BOTH", "technique": "Skin and a strip of muscle"}
NOSE = {"code": "RHINOPLASTY", "side": "MIDLINE", "technique": "Open approach"}
FAT = {"code": "LIPOSUCTION", "side": "BOTH", "technique": "Tumescent, three millimetre tube"}
LONG_AGO = 195  # days: a consent to an operation holds six months


def agree(place: Place, meera: Any, today: date, zone: ZoneInfo) -> None:
    """One consent in each state; the patient of the demonstration is in the middle of reading hers."""

    def on(days: int, hour: int = 11) -> datetime:
        return datetime.combine(today - timedelta(days=days), time(hour, 25), zone)

    visits = decided(place, before=on(4))
    old = next((one for one in visits if one.created_at < on(LONG_AGO)), None)
    others = [one for one in visits if one != old and one.patient_id != meera.pk]
    if old is not None:
        with clock.at(on(LONG_AGO)):
            _signed(place, old, FAT)
        actions.expire_due(by=place.system)
    own = own_visit(place, meera)
    if own is not None:
        with clock.at(on(1, 17)):
            _read(_asked(place, own, LIDS), by=place.by["nurse"], parts=2)
    for visit, state in zip(others, (_signed, _waiting, _questioned, _withdrawn, _presented), strict=False):
        with clock.at(on(3)):
            state(place, visit, NOSE if state is _signed else LIDS)


def decided(place: Place, before: datetime) -> list[Any]:
    """Visits of adults at which a procedure was decided, one of each, the oldest first."""
    with acting_as(place.system):
        rows = encounters.consultations(seen_by=place.system).filter(outcome="PROCEDURE_PLANNED")
        found: dict[Any, Any] = {}
        for one in rows.filter(created_at__lt=before).select_related("patient").order_by("created_at"):
            if one.patient.born is not None and one.patient.born.year < before.year - 19:
                found.setdefault(one.patient_id, one)
    return list(found.values())


def doctor_of(place: Place, visit: Any) -> Actor:
    return place.by["doctor"] if visit.doctor_id == place.doctors[0].pk else place.by["surgeon"]


def operation(place: Place, visit: Any, what: dict[str, str]) -> Any:
    """An operation of the catalogue is planned and approved by who saw the patient."""
    doctor = doctor_of(place, visit)
    with acting_as(doctor):
        entry = catalog.procedures(seen_by=doctor).get(code=what["code"])
    line = LineDetails(
        entry_id=entry.pk, side=what["side"], technique=what["technique"],
        implant_choice=what.get("implant_choice", ""),
    )  # fmt: skip
    made = plans.plan_procedure(visit.pk, PlanDetails(plan_type="SURGICAL", lines=(line,)), by=doctor)
    return plans.approve(plans.submit(made.pk, by=doctor).pk, by=doctor)


def _asked(place: Place, visit: Any, what: dict[str, str]) -> Any:
    """An operation is planned and its consent put before the patient."""
    return _put_before(place, operation(place, visit, what))


def _put_before(place: Place, plan: Any) -> Any:
    nurse = place.by["nurse"]
    with acting_as(nurse):
        form = queries.forms_for(plan, seen_by=nurse)[0]
    return actions.open_to_sign(actions.ask_of_plan(plan.pk, form.pk, by=nurse).pk, by=nurse)


def _read(consent: Any, *, by: Actor, parts: int | None = None) -> Any:
    """Part after part, at the pace of somebody who reads."""
    initials = "".join(name[0] for name in consent.patient.name.split())[:4]
    begun = clock.now()
    for number in range(1, (parts or consent.parts) + 1):
        with clock.at(begun + timedelta(seconds=40 * number - 25)):
            actions.show_part(consent.pk, number, by=by)
        with clock.at(begun + timedelta(seconds=40 * number)):
            actions.read_part(consent.pk, number, words=consent.content_sha256, initials=initials, by=by)
    return consent


def _waiting(place: Place, visit: Any, what: dict[str, str]) -> Any:
    """The patient has signed; the doctor has not."""
    return _signed_by_patient(place, _asked(place, visit, what))


def _signed_by_patient(place: Place, asked: Any) -> Any:
    nurse = place.by["nurse"]
    consent = _read(asked, by=nurse)
    hand = Signing(Role.PATIENT, "", written(consent.patient.name), "", 9, consent.content_sha256)
    with clock.at(clock.now() + timedelta(minutes=6)):
        return actions.sign(consent.pk, hand, by=nurse)


def _signed(place: Place, visit: Any, what: dict[str, str]) -> Any:
    return consented(place, operation(place, visit, what), doctor_of(place, visit))


def consented(place: Place, plan: Any, doctor: Actor) -> Any:
    """The consent to a plan is read, signed by the patient and by the doctor."""
    consent = _signed_by_patient(place, _put_before(place, plan))
    with clock.at(clock.now() + timedelta(minutes=20)):
        return actions.sign(consent.pk, Signing(Role.SURGEON, "", words=consent.content_sha256), by=doctor)


def _questioned(place: Place, visit: Any, what: dict[str, str]) -> None:
    """Somebody read on, and asked about what could go wrong."""
    nurse = place.by["nurse"]
    consent = _read(_asked(place, visit, what), by=nurse, parts=3)
    actions.ask_about(consent.pk, 3, "How long must I stay away from my desk?", by=nurse)


def _withdrawn(place: Place, visit: Any, what: dict[str, str]) -> None:
    consent = _signed(place, visit, what)
    with clock.at(clock.now() + timedelta(hours=20)):
        actions.revoke(consent.pk, "Wants to wait until after a wedding", by=place.by["nurse"])


def _presented(place: Place, visit: Any, what: dict[str, str]) -> None:
    _asked(place, visit, what)
