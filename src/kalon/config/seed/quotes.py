"""What was planned at past visits, and what its quotes came to: drafts, sent, read, asked about, decided, over."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import cycle
from typing import Any
from zoneinfo import ZoneInfo

from kalon.billing import actions as billing
from kalon.config.seed.clinic import Place
from kalon.config.seed.consents import written
from kalon.consultations import queries as encounters
from kalon.kernel import clock
from kalon.kernel.errors import DomainError
from kalon.kernel.tenancy import acting_as
from kalon.plans import actions as plans
from kalon.plans.actions import LineDetails, PlanDetails
from kalon.quotes import actions
from kalon.quotes.actions import Signing
from kalon.scheduling import actions as scheduling
from kalon.scheduling.actions import BookingRequest

SERIES: dict[str, Any] = {"plan_type": "SERIES", "session_count": 4, "interval_days": 28, "consent": "NOT_REQUIRED"}
ONCE: dict[str, Any] = {"plan_type": "NON_SURGICAL", "consent": "NOT_REQUIRED"}
SURGERY: dict[str, Any] = {"plan_type": "SURGICAL"}

# What comes with an operation on its quote: part of the price, words, rupees before tax.
WITH_SURGERY = (("FACILITY", "Theatre and one day", 18000), ("ANAESTHESIA", "Anaesthetist and monitoring", 14000))
AFTERCARE = ("Scar care, three sessions", 13500)
HOME_CARE = ("Sunscreen and serum for home", 5500)


def offer(place: Place, meera: Any, today: date, zone: ZoneInfo) -> None:
    """Plans in many states, and quotes that wait, were signed for, declined and forgotten."""
    _usual(place)
    together = _bundle(place)
    visits = _decided(place, datetime.combine(today - timedelta(days=45), time(0), zone))
    if visits:
        decided = cycle(visits)
        _surgeries(place, next(decided), today, zone)
        _planned_together(place, next(decided), together, today, zone)
        _asked(place, decided, today, zone)
        _answered(place, decided, today, zone)
    of_meera = own_visit(place, meera)
    if of_meera is not None:
        with clock.at(_at(today, 2, zone)):
            _sent(place, planned(place, of_meera, "LASER-PIGMENT", **SERIES, title="Laser for pigment"))


def own_visit(place: Place, patient: Any) -> Any | None:
    """The visit at which something was decided for the patient of the demonstration."""
    with acting_as(place.system):
        rows = encounters.consultations(seen_by=place.system).filter(patient=patient, outcome="PROCEDURE_PLANNED")
        return rows.order_by("created_at").first()


def planned(place: Place, encounter: Any, code: str, *, until: str = "approved", **details: Any) -> Any:
    """A plan by the doctor who saw the patient, as far as it has come: written, submitted or approved."""
    doctor = place.by["doctor"] if encounter.doctor_id == place.doctors[0].pk else place.by["surgeon"]
    surgical = details["plan_type"] == "SURGICAL"
    line = LineDetails(
        service_id=place.services[code].pk,
        side="MIDLINE" if surgical else "",
        technique="Open approach" if surgical else "",
    )
    made = plans.plan_procedure(encounter.pk, PlanDetails(lines=(line,), **details), by=doctor)
    if until == "written":
        return made
    made = plans.submit(made.pk, by=doctor)
    return made if until == "submitted" else plans.approve(made.pk, by=doctor)


def accepted(place: Place, sent: Any, position: int = 1) -> Any:
    """Signed for on the desk's screen."""
    desk = place.by["frontdesk"]
    with acting_as(desk):
        option = sent.options.get(position=position)
    hand = Signing(option_id=option.pk, strokes=written(sent.patient.name), words=sent.content_sha256)
    return actions.accept(sent.pk, hand, by=desk)


def quoted(place: Place, plan: Any) -> Any:
    """A quote with one option, sent."""
    desk = place.by["frontdesk"]
    return actions.send(actions.draft_quote(plan.pk, by=desk).pk, by=desk)


def _usual(place: Place) -> None:
    """What usually comes with an operation is put on its quote by itself."""
    parts = [
        actions.DefaultLine(section=section, description=words, unit_price=Decimal(price), tax_code="GST-18")
        for section, words, price in WITH_SURGERY
    ]
    for code in ("RHINOPLASTY", "LIPOSUCTION"):
        actions.set_defaults(place.services[code].pk, parts, by=place.by["owner"])


def _bundle(place: Place) -> Any:
    """Two operations that are often done together, for less than each by itself."""
    parts = [
        actions.PartDetails(service_id=place.services[code].pk, side=side, technique=technique)
        for code, side, technique in (
            ("ABDOMINOPLASTY", "MIDLINE", "Low transverse incision"),
            ("LIPOSUCTION", "BOTH", "Tumescent, both flanks"),
        )
    ]
    details = actions.BundleDetails(name="Mommy makeover", percent=Decimal(8), parts=parts)
    return actions.add_bundle(details, by=place.by["owner"])


def _planned_together(place: Place, encounter: Any, bundle: Any, today: date, zone: ZoneInfo) -> None:
    """One quote over both operations, at the patient's."""
    doctor = place.by["doctor"] if encounter.doctor_id == place.doctors[0].pk else place.by["surgeon"]
    with clock.at(_at(today, 3, zone)):
        actions.send(actions.plan_bundle(encounter.pk, bundle.pk, by=doctor).pk, by=place.by["frontdesk"])


def _surgeries(place: Place, encounter: Any, today: date, zone: ZoneInfo) -> None:
    """An operation in three steps of its planning, one on hold and one that was given up."""
    doctor = place.by["surgeon"]
    with clock.at(_at(today, 6, zone)):
        planned(place, encounter, "BLEPHAROPLASTY", **SURGERY, until="written")
        planned(place, encounter, "LIPOSUCTION", **SURGERY, until="submitted")
        waiting = planned(place, encounter, "ABDOMINOPLASTY", **SURGERY)
        dropped = planned(place, encounter, "HIFU-FACE", **ONCE)
    with clock.at(_at(today, 4, zone)):
        plans.hold(waiting.pk, reason="Wishes to lose weight first", by=doctor)
        plans.cancel(dropped.pk, reason="Prefers to wait a year", by=doctor)


def _asked(place: Place, decided: Iterator[Any], today: date, zone: ZoneInfo) -> None:
    """Before the decision: a draft, one just sent, one that was read, one with a question."""
    with clock.at(_at(today, 1, zone)):
        _two_ways(place, planned(place, next(decided), "PRP-HAIR", **SERIES))
        _sent(place, planned(place, next(decided), "MICRONEEDLING", **SERIES))
        nose = _sent(place, planned(place, next(decided), "RHINOPLASTY", **SURGERY))
    with clock.at(_at(today, 5, zone)):
        peel = _sent(place, planned(place, next(decided), "PEEL", **SERIES))
    reader, asker = place.patient(nose.patient), place.patient(peel.patient)
    actions.open_quote(nose.pk, by=reader)
    with clock.at(_at(today, 4, zone)):
        actions.open_quote(peel.pk, by=asker)
        actions.ask(peel.pk, "Can I go to a wedding three days after a session?", by=asker)


def _answered(place: Place, decided: Iterator[Any], today: date, zone: ZoneInfo) -> None:
    """After it: accepted without and with its deposit (and booked), declined, run out."""
    with clock.at(_at(today, 40, zone)):
        _sent(place, planned(place, next(decided), "HIFU-FACE", **ONCE))
    with clock.at(_at(today, 9, zone)):
        declined = _sent(place, planned(place, next(decided), "LIPOSUCTION", **SURGERY))
        accepted(place, _sent(place, planned(place, next(decided), "RHINOPLASTY", **SURGERY)), position=2)
        agreed = accepted(place, _sent(place, planned(place, next(decided), "FILLER-1ML", **ONCE)))
        paid_deposit(place, agreed)
        _book(place, agreed, today + timedelta(days=6), zone)
    with clock.at(_at(today, 7, zone)):
        why = "More than we can spend this year; we would like to hear of it again in spring"
        actions.reject(declined.pk, why, by=place.patient(declined.patient))
    actions.expire_due(by=place.system)


def _two_ways(place: Place, plan: Any) -> Any:
    """A draft that offers the treatment, and the treatment with what helps after it."""
    desk = place.by["frontdesk"]
    draft = actions.draft_quote(plan.pk, by=desk)
    with acting_as(desk):
        first = draft.options.select_related("patient").get()
        name, price = AFTERCARE if plan.plan_type == "SURGICAL" else HOME_CARE
        title = f"{first.title} with {name.split(',')[0].split(' and ')[0].lower()}"
    second = actions.add_option(draft.pk, title=title, words=name, like=first.pk, by=desk)
    more = actions.LineDetails(section="OTHER", description=name, unit_price=Decimal(price), tax_code="GST-18")
    actions.add_line(second.pk, more, by=desk)
    return draft


def _sent(place: Place, plan: Any) -> Any:
    return actions.send(_two_ways(place, plan).pk, by=place.by["frontdesk"])


def paid_deposit(place: Place, quote: Any) -> None:
    billing.receive_advance(
        quote.patient_id, quote.branch_id, "UPI", quote.deposit_due, plan_id=quote.plan_id,
        reference="UPI 4180", by=place.by["frontdesk"],
    )  # fmt: skip


def _book(place: Place, quote: Any, day: date, zone: ZoneInfo) -> None:
    """Signed and paid for: it is booked, at the first of some hours that is free."""
    for hour in (11, 12, 14, 15, 16):
        wish = BookingRequest(
            patient_id=quote.patient_id,
            doctor_id=quote.plan.doctor_id,
            branch_id=quote.branch_id,
            service_id=place.services["FILLER-1ML"].pk,
            kind="SESSION",
            occasion_id=quote.plan_id,
            start=datetime.combine(day, time(hour, 15), zone),
        )
        try:
            scheduling.book(wish, by=place.by["frontdesk"])
        except DomainError:
            continue  # somebody else has that hour
        return


def _decided(place: Place, before: datetime) -> list[Any]:
    """Visits at which a procedure was decided and nothing is planned yet, one of each patient, the latest first."""
    with acting_as(place.system):
        rows = encounters.consultations(seen_by=place.system).filter(
            outcome="PROCEDURE_PLANNED", created_at__lt=before, plans=None
        )
        found: dict[Any, Any] = {}
        for one in rows.order_by("-created_at")[:60]:
            found.setdefault(one.patient_id, one)
    return list(found.values())


def _at(today: date, days: int, zone: ZoneInfo) -> datetime:
    return datetime.combine(today - timedelta(days=days), time(11, 20), zone)
