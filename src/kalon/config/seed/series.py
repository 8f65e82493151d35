"""A series half way: six peels a fortnight apart, three of them done, each with its consent, record and supplies."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from kalon.catalog import queries as catalog
from kalon.config.seed import photos, quotes
from kalon.config.seed.clinic import Place
from kalon.config.seed.consents import written
from kalon.consents import actions as consents
from kalon.consents import queries as agreed
from kalon.consents.actions import Role, Signing
from kalon.consultations import queries as encounters
from kalon.inventory import actions as inventory
from kalon.inventory import queries as stock
from kalon.kernel import clock
from kalon.kernel.tenancy import acting_as
from kalon.plans import actions as plans
from kalon.plans import queries as planned
from kalon.plans.actions import LineDetails, Parameter, PlanDetails, RecordDetails, SessionTime
from kalon.scheduling import actions as scheduling

CODE, COUNT, APART, DONE = "PEEL", 6, 14, 3
USED = (("Gauze swabs, sterile", 4), ("Sterile gloves, 7", 2))
STRENGTHS = ("20", "25", "30")
FOUND = ("Melasma of both cheeks, even skin otherwise.", "No peeling left, slightly lighter.", "Lighter, no redness.")
AFTER = ("Light redness for an hour. Sunscreen explained.", "As last time.", "No redness. She is content.")


def hold(place: Place, today: date, zone: ZoneInfo) -> None:
    """The plan of a visit of last month, sold, booked in one go and followed up to its third session."""
    first = today - timedelta(days=APART * DONE)
    encounter = _decided(place, datetime.combine(first - timedelta(days=4), time(0), zone))
    if encounter is None:
        return
    with acting_as(place.by["owner"]):
        entry = catalog.procedures(seen_by=place.by["owner"]).get(code=CODE)
    with clock.at(datetime.combine(first - timedelta(days=3), time(11, 20), zone)):
        form = _form(place, entry)
        plan = _agreed(place, encounter, entry)
        _consented(place, plan)
        _booked(place, plan, first)
    for number in range(1, DONE + 1):
        _held(place, plan, number, form, today)


def _decided(place: Place, before: datetime) -> Any | None:
    """The latest visit before the series at which a grown patient and their doctor decided on something."""
    with acting_as(place.system):
        rows = encounters.consultations(seen_by=place.system).filter(outcome="PROCEDURE_PLANNED", created_at__lt=before)
        return next((one for one in rows.order_by("-created_at")[:20] if _is_grown(one.patient, before)), None)


def _is_grown(patient: Any, on: datetime) -> bool:
    return bool(patient.born) and patient.born.year < on.year - 18


def _form(place: Place, entry: Any) -> Any:
    """Each peel is agreed to by itself: the words that come with Kalon, for this procedure."""
    owner = place.by["owner"]
    terms = consents.Terms(1)
    made = consents.add_template("SESSION", "Before each chemical peel", terms, procedure_ids=[entry.pk], by=owner)
    for text in consents.built_in_texts("SESSION"):
        consents.write_text(made.pk, text, by=owner)
    return consents.publish(made.pk, by=owner)


def _agreed(place: Place, encounter: Any, entry: Any) -> Any:
    """Planned and approved by the doctor, its quote signed and its deposit paid."""
    doctor = place.by["doctor"] if encounter.doctor_id == place.doctors[0].pk else place.by["surgeon"]
    details = PlanDetails(
        lines=(LineDetails(entry_id=entry.pk),), title="Chemical peels", plan_type="SERIES", session_count=COUNT,
        interval_days=APART, review_after_days=30, goal="Even tone, without redness.",
    )  # fmt: skip
    written_plan = plans.plan_procedure(encounter.pk, details, by=doctor)
    plans.submit(written_plan.pk, by=doctor)
    approved = plans.approve(written_plan.pk, by=doctor)
    quotes.paid_deposit(place, quotes.accepted(place, quotes.quoted(place, approved)))
    return approved


def _consented(place: Place, plan: Any) -> None:
    """The treatment as a whole is consented to once, and countersigned by the doctor."""
    nurse = place.by["nurse"]
    doctor = place.by["doctor"] if plan.doctor_id == place.doctors[0].pk else place.by["surgeon"]
    with acting_as(nurse):
        form = next(iter(agreed.forms_for(plan, seen_by=nurse)))
    signed = _signed(consents.ask_of_plan(plan.pk, form.pk, by=nurse), nurse)
    consents.sign(signed.pk, Signing(Role.SURGEON, "", None, "", 0, signed.content_sha256), by=doctor)


def _booked(place: Place, plan: Any, first: date) -> None:
    desk = place.by["frontdesk"]
    with acting_as(desk):
        wish = planned.DatesWish(first=first, at=time(10, 30))
        found = planned.dates(planned.plan(plan.pk, seen_by=desk), wish, seen_by=desk)
    times = [
        SessionTime(number=one.session.number, start=one.times.offer.start, doctor_id=one.times.offer.slot.doctor_id)
        for one in found.days
        if one.times.offer is not None
    ]
    plans.arrange_sessions(plan.pk, times, by=desk)


def _held(place: Place, plan: Any, number: int, form: Any, today: date) -> None:
    """The patient comes, signs on the nurse's tablet, is treated, and it is written down."""
    nurse, treats = place.by["nurse"], place.by["therapist"]
    with acting_as(nurse):
        session = planned.sessions_of_plan(planned.plan(plan.pk, seen_by=nurse), seen_by=nurse)[number - 1]
    visit = session.appointment
    if visit is None or visit.local_start.date() >= today:
        return
    with clock.at(visit.period.lower):
        scheduling.check_in(visit.pk, by=place.by["frontdesk"])
        _signed(consents.ask_of_session(session.pk, form.pk, by=nurse), nurse)
        photos.in_session(place, session, number - 1, by=nurse)
        plans.start_session(session.pk, by=treats)
        _use(place, session, number, treats)
    with clock.at(visit.period.lower + timedelta(minutes=35)):
        settings = (
            Parameter(name="Glycolic acid", value=STRENGTHS[number - 1], unit="%"),
            Parameter(name="Contact time", value=str(2 + number), unit="min"),
        )
        record = RecordDetails(
            before=FOUND[number - 1], procedure="Cleansed, applied in two passes, neutralised.",
            after=AFTER[number - 1], parameters=settings,
        )  # fmt: skip
        plans.write_record(session.pk, record, edition=0, by=treats)
        plans.complete_session(session.pk, by=treats)


def _use(place: Place, session: Any, number: int, by: Any) -> None:
    if number > 1:
        inventory.use_as_last_time(session.pk, by=by)
        return
    with acting_as(by):
        found = {item.name: item.pk for item in stock.items(seen_by=by)}
    for name, quantity in USED:
        inventory.use_in_session(session.pk, item_id=found[name], quantity=Decimal(quantity), by=by)


def _signed(asked: Any, nurse: Any) -> Any:
    """Read part by part and signed by the patient on the clinic's tablet."""
    words = consents.open_to_sign(asked.pk, by=nurse)
    for part in range(1, words.parts + 1):
        consents.show_part(words.pk, part, by=nurse)
        initials = "".join(name[0] for name in words.patient.name.split()) if part in words.initialled else ""
        consents.read_part(words.pk, part, words=words.content_sha256, initials=initials, by=nurse)
    name = words.patient.name
    hand = Signing(Role(words.signers[0]), name, written(name), "", 9, words.content_sha256)
    return consents.sign(words.pk, hand, by=nurse)
