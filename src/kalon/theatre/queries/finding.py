"""How the evidence of the kinds that Kalon brings itself is found: the newest row that answers, or none."""

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import F

from kalon.consents import queries as consents
from kalon.kernel.actors import system
from kalon.orders import queries as orders
from kalon.quotes import queries as quotes
from kalon.theatre.lifecycles import Moment
from kalon.theatre.models import Policy
from kalon.theatre.queries.requirements import Asked, Found, Kind, add

CHILDBEARING = range(12, 56)  # years; who is asked on the day. After NICE NG45. Review before clinical use.
LAB_DAYS = 90


def consent_of(line: Any, clearance: Any) -> Found | None:
    """The signed consent to this plan, while it holds."""
    held = consents.for_plan(clearance.plan_id, seen_by=_finder(clearance))
    return ("consents.consent", held.pk) if held is not None else None


def money_of(line: Any, clearance: Any) -> Found | None:
    """The accepted quote, a waiver of money, or the plan where nothing is asked."""
    by = _finder(clearance)
    if quotes.missing(clearance.plan_id):
        return None
    if (waiver := quotes.waiver_of(clearance.plan_id, seen_by=by)) is not None:
        return "quotes.moneywaiver", waiver.pk
    if (accepted := quotes.accepted_for(clearance.plan_id, seen_by=by)) is not None:
        return "quotes.quote", accepted.pk
    return "plans.procedureplan", clearance.plan_id


def labs_of(line: Any, clearance: Any) -> Found | None:
    """The latest order with every test that is asked, looked at, of samples young enough on the day."""
    oldest = clearance.surgery_date - timedelta(days=_lab_days(clearance.organization_id))
    return _order(line, clearance, oldest)


def pregnancy_test_of(line: Any, clearance: Any) -> Found | None:
    """A negative laboratory test of the day itself; a test at the bedside is said."""
    return _order(line, clearance, clearance.surgery_date, is_negative=True)


def _order(line: Any, clearance: Any, oldest: date, *, is_negative: bool = False) -> Found | None:
    by, wanted = _finder(clearance), set(line.subject.split())
    since = datetime.combine(oldest, time.min, ZoneInfo(clearance.branch.timezone))
    rows = orders.with_lines(orders.orders_of(clearance.patient_id, seen_by=by)).filter(
        status="REVIEWED", answered_at__lte=F("reviewed_at"), collected_at__gte=since
    )
    for order in rows.order_by("-collected_at")[:20]:
        found = {one.test.code: one.result for one in orders.lines(order) if one.result is not None}
        if wanted <= found.keys():
            bad = is_negative and any(found[code].is_abnormal for code in wanted)
            return None if bad else ("orders.order", order.pk)
    return None


def _lab_days(organization_id: UUID) -> int:
    held = Policy.objects.filter(organization_id=organization_id).values_list("lab_days", flat=True).first()
    return held or LAB_DAYS


def _finder(clearance: Any) -> Any:
    return system("clearance", clearance.organization_id)


def _labs(asked: Asked) -> str | None:
    return " ".join(asked.lab_codes) or None


def _may_be_pregnant(asked: Asked) -> str | None:
    """Whoever may be with child: not a man, and of an age, or of an age that nobody knows."""
    if asked.patient.gender == "male":
        return None
    born, on = asked.patient.born, asked.surgery_date
    if born is None:
        return "HCG"
    years = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
    return "HCG" if years in CHILDBEARING else None


def register() -> None:
    """The kinds that a clinic begins with, in the order of a clearance."""
    add(
        Kind(
            code="CONSENT",
            title="Consent signed",
            move="Patient and surgeon",
            position=10,
            find=consent_of,
            is_waivable=False,
            to_do="Have the consent for this plan read and signed.",
        )
    )
    add(
        Kind(
            code="LABS",
            title="Laboratory results",
            move="Doctor",
            position=20,
            asks=_labs,
            find=labs_of,
            to_do="Order the tests, and look at the results when they are here.",
        )
    )
    add(
        Kind(
            code="FITNESS",
            title="Fit for anaesthesia",
            move="Anaesthetist",
            position=30,
            is_said=True,
            by_clinician=True,
            to_do="See the patient and write the fitness note: class, airway, plan.",
        )
    )
    add(
        Kind(
            code="MEDICINES",
            title="Medicines reviewed",
            move="Doctor or nurse",
            position=40,
            is_said=True,
            to_do="Write which medicines were stopped, from when, and which go on.",
        )
    )
    add(
        Kind(
            code="MONEY",
            title="Money in order",
            move="Front desk",
            position=50,
            find=money_of,
            is_waivable=False,
            to_do="Have the quote accepted and take the deposit.",
        )
    )
    add(
        Kind(
            code="INSTRUCTIONS",
            title="Instructions understood",
            move="Nurse",
            position=80,
            is_said=True,
            to_do="Go through what to do before surgery with the patient, and write what they said.",
        )
    )
    add(
        Kind(
            code="FASTING",
            title="Fasting",
            move="Nurse",
            position=110,
            moment=Moment.DAY_OF,
            is_said=True,
            to_do="Ask when the patient last ate and drank, and write the times.",
        )
    )
    add(
        Kind(
            code="PREGNANCY",
            title="Pregnancy test",
            move="Nurse",
            position=120,
            moment=Moment.DAY_OF,
            is_said=True,
            asks=_may_be_pregnant,
            find=pregnancy_test_of,
            to_do="Test today, and write the result.",
        )
    )
    add(
        Kind(
            code="ESCORT",
            title="Escort home",
            move="Nurse",
            position=130,
            moment=Moment.DAY_OF,
            is_said=True,
            to_do="Write who takes the patient home, and their telephone number.",
        )
    )
