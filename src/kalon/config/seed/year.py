"""A year of visits, a full today and the weeks ahead, lived through the verbs."""

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from kalon.billing import actions as billing
from kalon.billing import queries as bills
from kalon.config.seed import (
    absences,
    agreed,
    charts,
    consents,
    documents,
    doubles,
    installments,
    medicines,
    orders,
    packages,
    photos,
    prices,
    quotes,
    satisfied,
    series,
    sessions,
    spoken,
    theatre,
    tills,
    waiting,
    wishes,
)
from kalon.config.seed.clinic import PASSWORD, Place
from kalon.config.seed.names import complaints, patients
from kalon.consultations import actions as consultations
from kalon.consultations import queries as encounters
from kalon.kernel import actors, clock, events
from kalon.kernel.actors import Actor
from kalon.kernel.errors import DomainError
from kalon.kernel.tenancy import acting_as
from kalon.patients import actions as people
from kalon.patients.events import RegistrationStarted
from kalon.patients.rules import AllergyAnswer, AllergyDetails, PatientDetails
from kalon.scheduling import actions as scheduling
from kalon.scheduling.actions import BookingRequest
from kalon.scheduling.lifecycles import Status

Progress = Callable[[int, int, str], None]

PATIENTS = 60
PAST_VISITS = 70
TODAY_VISITS = 20
AHEAD_DAYS = 12
OUTCOMES = ("NO_ACTION", "NO_ACTION", "FOLLOW_UP", "CONSERVATIVE", "PROCEDURE_PLANNED", "REFERRED")
DIAGNOSES = {
    "NO_ACTION": ("Mild photo-ageing, within normal for age.", "No procedure is needed now. Sunscreen every morning."),
    "FOLLOW_UP": ("Acne vulgaris, moderate.", "Keep to the gel at night. We look again together."),
    "CONSERVATIVE": ("Melasma, epidermal.", "Cream at night, sunscreen by day, no laser for now."),
    "PROCEDURE_PLANNED": ("Dorsal hump with tip droop.", "An operation can help. We talk about it at the next visit."),
    "REFERRED": ("Thyroid nodule felt at examination.", "Please see the physician we wrote to."),
}


def live(place: Place, *, progress: Progress) -> None:
    """Register the patients and live through their visits."""
    dice = random.Random(20260101)  # noqa: S311  (the same clinic every time)
    zone = ZoneInfo(place.branch.timezone)
    today = clock.today(zone)
    total = PATIENTS + PAST_VISITS + TODAY_VISITS + AHEAD_DAYS * 3
    done = 0
    known: list[Any] = []
    first_day = datetime.combine(today - timedelta(days=365), time(9), zone)
    for index, details in enumerate(patients(dice, PATIENTS, today)):
        with clock.at(first_day + timedelta(minutes=37 * index)):
            known.append(_register(place, details, dice))
        done += 1
        progress(done, total, "registering patients")
    meera = _self_registered(place, first_day + timedelta(days=300))
    absences.plan(place, today)
    for day, count in _past_days(dice, today):
        for _ in range(count):
            _past_visit(place, dice.choice(known), day, dice, zone)
            done += 1
            progress(done, total, f"living through {day:%B %Y}")
    medicines.settle(place, before=today - timedelta(days=7))
    kept = theatre.keep(place, today, zone)
    for start in _times(today, TODAY_VISITS, zone):
        _visit_of_today(place, known, start, dice)
        done += 1
        progress(done, total, "filling today")
    for offset in range(1, AHEAD_DAYS + 1):
        for start in _times(today + timedelta(days=offset), 3, zone):
            _book(place, dice.choice(known), start, dice)
            done += 1
            progress(done, total, "booking ahead")
    sessions.treat(place, known, today, zone)
    _visits_of(meera, place, today, zone, dice)
    _sign_summaries(place)
    waiting.line_up(place, known[20:22], known[22:25], today, zone)
    documents.bring(place, [meera, *known[:2]], today, zone)
    orders.order(place, [meera, *known[:6]])
    consents.ask(place, meera, known[:4], today, zone)
    spoken.record(
        place, known[30:60], today, zone, come=partial(_comes, place, dice), end=partial(_finish, place, dice=dice)
    )
    photos.take(place, meera, today, zone)
    packages.sell(place, [meera, *known[:2]])
    packages.give(place, [meera, *known[:1]])
    packages.enrol(place, [meera, *known[2:4]])
    installments.agree(place, meera, today, zone)
    quotes.offer(place, meera, today, zone)
    series.hold(place, today, zone)
    agreed.agree(place, meera, today, zone)
    theatre.operate(place, kept, today, zone)
    satisfied.say(place, today, zone, _came)
    wishes.say(place, meera, known[:2], today, zone)
    doubles.join(place, known[7])
    prices.fill(place.branch, known[9], by=place.by["owner"], desk=place.by["frontdesk"])
    tills.keep(place, today)
    progress(total, total, "the clinic is open")


def _register(place: Place, details: PatientDetails, dice: random.Random) -> Any:
    patient = people.register(replace(details, confirmed_not_duplicate=True), by=place.by["frontdesk"])
    answer = dice.random()
    if answer < 0.7:
        people.record_allergies(patient.pk, "NONE_KNOWN", by=place.by["nurse"])
    elif answer < 0.9:
        people.record_allergies(
            patient.pk,
            "KNOWN",
            [AllergyDetails(substance="Penicillin", reaction="rash", since_year=2019)],
            by=place.by["nurse"],
        )
    return patient


def _visits_of(patient: Any, place: Place, today: date, zone: ZoneInfo, dice: random.Random) -> None:
    """What the patient's login of the demonstration finds: a visit that is over, and one in two days."""
    over = datetime.combine(today - timedelta(days=6), time(12, 0), zone)
    with clock.at(over - timedelta(days=1)):
        before = _book(place, patient, over, dice)
        if before is not None:
            _paid(place, before, dice)
    if before is not None:
        _attend(place, before, over, dice, outcome="PROCEDURE_PLANNED")
    for minute in (30, 45, 0, 15):
        ahead = datetime.combine(today + timedelta(days=2), time(10, minute), zone)
        if (visit := _book(place, patient, ahead, dice)) is not None:
            _paid(place, visit, dice)
            return


def _self_registered(place: Place, at: datetime, details: PatientDetails | None = None) -> Any:
    """The patient login of the demonstration registers like any patient: with a code; so does whoever else does."""
    codes: dict[str, str] = {}

    def hear(fact: RegistrationStarted) -> None:
        codes[str(fact.registration_id)] = fact.code

    events.on(RegistrationStarted, hear)
    visitor = actors.public(place.organization_id)
    details = details or PatientDetails(
        given_name="Meera", family_name="Nair", birth_date=date(1994, 3, 14), gender="female",
        email="patient@kalon.test",
        phone="+919847055218", language="ml", referral_source="A friend",
        allergies=AllergyAnswer(state="KNOWN", allergies=(AllergyDetails(substance="Latex", reaction="contact rash"),)),
    )  # fmt: skip
    with clock.at(at):
        registration = people.start_registration(details, PASSWORD, by=visitor)
        return people.confirm_registration(registration.pk, codes[str(registration.pk)], by=visitor)


def _past_days(dice: random.Random, today: date) -> Iterator[tuple[date, int]]:
    left = PAST_VISITS
    days = sorted(dice.sample(range(1, 360), 60), reverse=True)
    for index, back in enumerate(days):
        count = max(1, round(left / (len(days) - index)))
        left -= count
        yield today - timedelta(days=back), count


def _times(day: date, count: int, zone: ZoneInfo) -> list[datetime]:
    """Quarter hours spread over the day, none in the lunch break."""
    quarters = [time(9 + n // 4, n % 4 * 15) for n in range(0, 34, 2) if 9 + n // 4 != 13]
    chosen = (quarters * 2)[:count] if count > 5 else quarters[1 : 3 * count : 3]
    return [datetime.combine(day, at, zone) for at in sorted(chosen)]


def _book(place: Place, patient: Any, start: datetime, dice: random.Random) -> Any | None:
    doctors = list(place.doctors)
    dice.shuffle(doctors)
    for doctor in doctors:
        try:
            return scheduling.book(
                BookingRequest(
                    patient_id=patient.pk,
                    doctor_id=doctor.pk,
                    branch_id=place.branch.pk,
                    service_id=place.services["CONSULT"].pk,
                    start=start,
                    source="PHONE",
                    chief_complaint=dice.choice(complaints),
                ),
                by=place.by["frontdesk"],
            )
        except DomainError:
            continue  # that doctor is taken then: the other one, or nobody
    return None


def _paid(place: Place, visit: Any, dice: random.Random) -> None:
    desk = place.by["frontdesk"]
    with acting_as(desk):
        bill = bills.bill_for_appointment(visit.pk, seen_by=desk)
    if bill and bill.owed:
        billing.take_payment(bill.pk, dice.choice(("CASH", "CARD", "UPI")), bill.owed, by=desk)


def _came(place: Place, details: PatientDetails, start: datetime, outcome: str) -> Any | None:
    """Somebody registers on their phone, comes to one visit, and has its consultation; None where no time was free."""
    dice = random.Random(start.day)  # noqa: S311  (beside the year's own, which goes on as it was)
    patient = _self_registered(place, start - timedelta(days=4), details)
    with clock.at(start - timedelta(days=3)):
        visit = _book(place, patient, start, dice)
        if visit is None:
            return None
        _paid(place, visit, dice)
    _attend(place, visit, start, dice, outcome)
    return _encounter(place, visit)


def _comes(place: Place, dice: random.Random, patient: Any, start: datetime) -> Any | None:
    """Somebody comes to a visit and is with the doctor; None where no time was free."""
    with clock.at(start - timedelta(days=3)):
        visit = _book(place, patient, start, dice)
        if visit is None:
            return None
        _paid(place, visit, dice)
    _arrives(place, visit, start, dice)
    return visit


def _arrives(place: Place, visit: Any, start: datetime, dice: random.Random) -> None:
    with clock.at(start - timedelta(minutes=5)):
        scheduling.check_in(visit.pk, by=place.by["frontdesk"])
    with clock.at(start):
        _triage(place, visit, dice)
    with clock.at(start + timedelta(minutes=8)):
        _begin(place, visit)


def _past_visit(place: Place, patient: Any, day: date, dice: random.Random, zone: ZoneInfo) -> None:
    start = datetime.combine(day, time(9 + dice.randrange(4), dice.choice((0, 15, 30, 45))), zone)
    with clock.at(start - timedelta(days=3)):
        visit = _book(place, patient, start, dice)
        if visit is None:
            return
        _paid(place, visit, dice)
    if dice.random() < 0.06:
        with clock.at(start + timedelta(minutes=40)):
            scheduling.no_show(visit.pk, by=place.by["frontdesk"])
            billing.charge_fee(visit.pk, by=place.system)  # on that day; the job that runs later finds it charged
        return
    _attend(place, visit, start, dice)


def _attend(place: Place, visit: Any, start: datetime, dice: random.Random, outcome: str = "") -> None:
    _arrives(place, visit, start, dice)
    with clock.at(start + timedelta(minutes=15)):
        medicines.prescribe(place, _encounter(place, visit), _doctor(place, visit))
    with clock.at(start + timedelta(minutes=24)):
        _finish(place, visit, dice, outcome)


def _encounter(place: Place, visit: Any) -> Any:
    nurse = place.by["nurse"]
    with acting_as(nurse):
        found = encounters.of_appointment(visit.pk, seen_by=nurse)
    assert found is not None
    return found


def _triage(place: Place, visit: Any, dice: random.Random) -> None:
    encounter = _encounter(place, visit)
    if encounter.patient.allergy_state == "NOT_RECORDED":
        people.record_allergies(encounter.patient_id, "NONE_KNOWN", by=place.by["nurse"])
    consultations.start_triage(encounter.pk, by=place.by["nurse"])
    measured = {
        "systolic": dice.randrange(108, 146),
        "diastolic": dice.randrange(64, 92),
        "pulse": dice.randrange(58, 96),
        "oxygen": dice.randrange(96, 100),
        "weight": dice.randrange(48, 92),
        "height": dice.randrange(150, 186),
    }
    consultations.record_vitals(encounter.pk, measured=measured, by=place.by["nurse"])


def _doctor(place: Place, visit: Any) -> Any:
    return place.by["doctor"] if visit.doctor_id == place.doctors[0].pk else place.by["surgeon"]


def _begin(place: Place, visit: Any) -> None:
    consultations.begin(_encounter(place, visit).pk, by=_doctor(place, visit))
    if clock.is_set() is None:
        charts.drawing(place, _encounter(place, visit), _doctor(place, visit))


def _finish(place: Place, visit: Any, dice: random.Random, decided: str = "NO_ACTION") -> None:
    outcome = decided or dice.choice(OUTCOMES)
    diagnosis, advice = DIAGNOSES[outcome]
    by, encounter = _doctor(place, visit), _encounter(place, visit)
    charts.treated(place, encounter, by, dice)
    note = {
        "examination": "Skin examined under magnification; standard views taken.",
        "assessment": diagnosis,
        "advice": advice,
        "referred_to": "Dr Anil Joseph, physician" if outcome == "REFERRED" else "",
    }
    with acting_as(by):
        abnormal = [vitals for vitals in encounters.vitals_of(encounter) if vitals.abnormal]
    for vitals in abnormal:
        consultations.see_alerts(encounter.pk, vitals_id=vitals.pk, by=by)
    consultations.record_outcome(
        encounter.pk,
        outcome=outcome,
        note={name: text for name, text in note.items() if name == "referred_to" or not encounter.text_of(name)},
        follow_up_on=clock.now().date() + timedelta(days=30) if outcome == "FOLLOW_UP" else None,
        by=by,
    )
    consultations.close(encounter.pk, by=by if clock.is_set() is None else _without_papers(by))


def _without_papers(by: Actor) -> Actor:
    """Papers are signed from today on: a certificate that was issued today vouches for nothing of last year."""
    return replace(by, grants={place: held - {"papers.sign"} for place, held in by.grants.items()})


def _sign_summaries(place: Place) -> None:
    """The summaries of the last weeks are signed, but for each doctor's latest two."""
    for doctor in (place.by["doctor"], place.by["surgeon"]):
        with acting_as(doctor):
            unsigned = [row.pk for row in encounters.without_summary(seen_by=doctor)[2:]]
        for pk in unsigned:
            consultations.sign_summary(pk, by=doctor)


def _visit_of_today(place: Place, known: list[Any], start: datetime, dice: random.Random) -> None:
    now = clock.now()
    with clock.at(min(now, start) - timedelta(days=2)):
        visit = _book(place, dice.choice(known), start, dice)
        if visit is None:
            return
        if start < now + timedelta(hours=5) or dice.random() < 0.6:
            _paid(place, visit, dice)
    with acting_as(place.by["frontdesk"]):
        visit.refresh_from_db()
    if visit.status != Status.CONFIRMED:
        return
    waited = now - start
    if waited > timedelta(minutes=50):
        if dice.random() < 0.1:
            scheduling.no_show(visit.pk, by=place.by["frontdesk"])
        else:
            _attend(place, visit, start, dice)
    elif waited > timedelta(minutes=10):
        with clock.at(start):
            scheduling.check_in(visit.pk, by=place.by["frontdesk"])
            _triage(place, visit, dice)
        _begin(place, visit)
    elif waited > timedelta(minutes=-20):
        scheduling.check_in(visit.pk, by=place.by["frontdesk"])
