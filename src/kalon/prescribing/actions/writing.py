"""Writing a draft: its medicines, advice, and the reasons for passing a hard stop."""

from dataclasses import asdict, dataclass
from datetime import date
from uuid import UUID

from kalon.consultations import queries as consultations
from kalon.consultations.lifecycles import Status as Encounter
from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import IllegalMove, Invalid, NotFound, NotPermitted
from kalon.kernel.tenancy import verb
from kalon.patients import queries as patients
from kalon.people import queries as people
from kalon.prescribing import queries
from kalon.prescribing.lifecycles import IN_FORCE, PRESCRIPTION, WRITE
from kalon.prescribing.models import KeptFinding, Prescription, PrescriptionItem
from kalon.prescribing.rules import LineDetails

DO = "write prescriptions"
MOST_ITEMS = 30
LONGEST_ADVICE = 4000
MOST_REFILLS = 12
PREGNANCY = {"": "Nobody asked", "NO": "Not pregnant", "YES": "Pregnant", "BREASTFEEDING": "Breastfeeding"}
KIDNEYS = {"": "Not known", "NORMAL": "Normal", "REDUCED": "Reduced (eGFR below 60)"}
NOT_YOURS = "This is another doctor's consultation. Open a consultation of your own to prescribe."


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What goes with the medicines: what is known of the patient, words to read, and how often it may be repeated."""

    pregnancy: str = ""
    kidneys: str = ""
    advice: str = ""
    diet: str = ""
    follow_up: str = ""
    refills: int = 0
    refills_until: date | None = None


@verb
def start(consultation_id: UUID, *, by: Actor) -> Prescription:
    """Begin a prescription in one's own open consultation; several may hang from one."""
    by.must(WRITE, do=DO)
    encounter = consultations.consultation(consultation_id, seen_by=by, lock=True)
    me = people.staff_of(by)
    if me is None or (encounter.doctor_id is not None and encounter.doctor_id != me.pk):
        raise NotPermitted(NOT_YOURS, permission=WRITE)
    closed = IllegalMove(
        "Prescriptions are written while the consultation is open. Start it first.", status_is=encounter.status
    )
    if encounter.status not in (Encounter.IN_CONSULTATION, Encounter.PLAN_CREATED):
        raise closed
    made = Prescription(
        organization_id=encounter.organization_id,
        patient=encounter.patient,
        branch_id=encounter.branch_id,
        consultation_id=encounter.pk,
        doctor=me,
    )
    mine = NotPermitted(NOT_YOURS, permission=WRITE)
    with refusing({"prescribing_of_its_doctor": mine, "prescribing_while_open": closed}):
        return PRESCRIPTION.born(made, name="start")  # type: ignore[no-any-return]


@verb
def add_item(pk: UUID, details: LineDetails, *, by: Actor) -> PrescriptionItem:
    """Put one more medicine on a draft."""
    prescription = own_draft(pk, by=by)
    held = list(prescription.items.all())
    if len(held) >= MOST_ITEMS:
        raise Invalid(f"At most {MOST_ITEMS} medicines fit on one prescription. Begin another one.")
    return _write(PrescriptionItem(position=held[-1].position + 1 if held else 1), prescription, details)


@verb
def save_item(pk: UUID, item_id: UUID, details: LineDetails, *, by: Actor) -> PrescriptionItem:
    """Change one medicine of a draft."""
    prescription = own_draft(pk, by=by)
    return _write(_item(prescription, item_id), prescription, details)


@verb
def remove_item(pk: UUID, item_id: UUID, *, by: Actor) -> Prescription:
    """Take one medicine off a draft."""
    prescription = own_draft(pk, by=by)
    _item(prescription, item_id).delete()
    return queries.prescription(pk, seen_by=by)


@verb
def repeat(pk: UUID, earlier_id: UUID, *, by: Actor) -> Prescription:
    """Put the medicines of an earlier prescription of the same patient on a draft, as they were."""
    prescription = own_draft(pk, by=by)
    earlier = queries.prescription(earlier_id, seen_by=by)
    theirs = patients.joining.records_of(prescription.patient_id)
    if earlier.patient_id not in theirs or earlier.status not in IN_FORCE:
        raise Invalid("Only a finalised prescription of the same patient can be repeated.", field="earlier")
    for item in earlier.items.all():
        add_item(pk, details_of(item), by=by)
    if earlier.patient_id == prescription.patient_id:  # the link stays within one record; the medicines need not
        prescription.repeats = earlier
        prescription.save(update_fields=["repeats"])
    return queries.prescription(pk, seen_by=by)


@verb
def write_advice(pk: UUID, given: Advice, *, by: Actor) -> Prescription:
    """Save what goes with the medicines of a draft."""
    prescription = own_draft(pk, by=by)
    _check_advice(given, today=clock.today(prescription.branch.timezone))
    for name, value in asdict(given).items():
        setattr(prescription, name, value.strip() if isinstance(value, str) else value)
    prescription.save(update_fields=list(asdict(given)))
    return prescription


@verb
def answer(pk: UUID, key: str, reason: str, *, by: Actor) -> Prescription:
    """Say why a hard stop is passed; the reason is kept with the prescription. An empty one takes it back."""
    prescription = own_draft(pk, by=by)
    me = people.staff_of(by)
    reason = " ".join(reason.split())
    if len(reason) > 500:
        raise Invalid("Keep the reason under 500 characters.", field="reason")
    found = next((one.finding for one in queries.judged(prescription, seen_by=by) if one.finding.key == key), None)
    if found is None or not found.is_stop:
        raise NotFound("This stop is not there any more. Look at the list again.")
    for row in KeptFinding.objects.filter(prescription=prescription).select_related("patient"):
        if row.key == key:
            row.delete()
    if reason:
        KeptFinding.objects.create(
            organization_id=prescription.organization_id, patient=prescription.patient, prescription=prescription,
            severity=found.severity, key=found.key, title=found.title, mechanism=found.mechanism, action=found.action,
            source=found.source, reason=reason, answered_by=me, answered_at=clock.now(),
        )  # fmt: skip
    return prescription


def own_draft(pk: UUID, *, by: Actor) -> Prescription:
    """The draft, held until the transaction ends; refused to everybody but its doctor."""
    by.must(WRITE, do=DO)
    prescription = queries.prescription(pk, seen_by=by, lock=True)
    me = people.staff_of(by)
    if me is None or me.pk != prescription.doctor_id:
        raise NotPermitted("Only the doctor who began this prescription changes it.", permission=WRITE)
    if not prescription.is_draft:
        raise IllegalMove(
            f"Prescription {prescription} is sealed. Cancel it and write a new one.", status_is=prescription.status
        )
    return prescription


def details_of(item: PrescriptionItem) -> LineDetails:
    """A medicine as it can be written again elsewhere."""
    return LineDetails(
        medicine=item.medicine, name=item.name, form=item.form, strength=item.strength, route=item.route,
        dose=item.dose, dose_unit=item.dose_unit, frequency=item.frequency, every_hours=item.every_hours,
        most_a_day=item.most_a_day, days=item.days, steps=tuple(item.steps), timing=item.timing,
        is_in_house=item.is_in_house, stock_item=item.stock_item, instructions=item.instructions,
        quantity=item.quantity,
    )  # fmt: skip


def _write(item: PrescriptionItem, prescription: Prescription, details: LineDetails) -> PrescriptionItem:
    kept = details.checked()
    if item._state.adding:
        item.organization_id, item.patient = prescription.organization_id, prescription.patient
        item.prescription = prescription
    item.medicine, item.name, item.form, item.strength = kept.medicine, kept.name, kept.form, kept.strength
    item.route, item.dose, item.dose_unit, item.frequency = kept.route, kept.dose, kept.dose_unit, kept.frequency
    item.every_hours = kept.every_hours if kept.frequency == "EVERY" else None
    item.most_a_day = kept.most_a_day if kept.frequency == "SOS" else None
    item.days, item.steps, item.timing = kept.days, list(kept.steps), kept.timing
    item.quantity, item.instructions = kept.quantity, kept.instructions
    item.is_in_house, item.stock_item = kept.is_in_house, kept.stock_item
    item.save()
    return item


def _item(prescription: Prescription, item_id: UUID) -> PrescriptionItem:
    for item in prescription.items.all():
        if item.pk == item_id:
            return item
    raise NotFound("This medicine is not on the prescription any more. Look at it again.")


def _check_advice(given: Advice, *, today: date) -> None:
    if given.pregnancy not in PREGNANCY:
        raise Invalid("Choose what is known of a pregnancy.", field="pregnancy")
    if given.kidneys not in KIDNEYS:
        raise Invalid("Choose what is known of the kidneys.", field="kidneys")
    for name in ("advice", "diet", "follow_up"):
        if len(getattr(given, name)) > LONGEST_ADVICE:
            raise Invalid(f"This is too long; keep it under {LONGEST_ADVICE:,} characters.", field=name)
    if not 0 <= given.refills <= MOST_REFILLS:
        raise Invalid(f"A prescription may be repeated up to {MOST_REFILLS} times.", field="refills")
    if (given.refills > 0) != (given.refills_until is not None):
        raise Invalid("Say how often it may be repeated and until when, or neither.", field="refills_until")
    if given.refills_until and not today < given.refills_until <= today.replace(
        year=today.year + 1, day=min(today.day, 28)
    ):
        raise Invalid("Choose a day after today and within a year.", field="refills_until")
